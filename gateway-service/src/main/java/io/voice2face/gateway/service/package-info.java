/** What the gateway does: takes requests in, moves jobs on, tells of progress, keeps accounts. */
package io.voice2face.gateway.service;
