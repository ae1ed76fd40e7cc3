/** The gateway's side of the topics: what it takes in, and the relay of its outbox. */
package io.voice2face.gateway.messaging;
