/** Rows of the gateway's database and the questions that are asked of them. */
package io.voice2face.gateway.persistence;
