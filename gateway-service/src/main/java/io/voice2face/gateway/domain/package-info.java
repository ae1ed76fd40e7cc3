/**
 * What a job is and how events move it on. Pure: nothing in here knows of a database, of Kafka or of HTTP, so that every
 * transition can be tested as a table.
 */
package io.voice2face.gateway.domain;
