/**
 * Kafka, PostgreSQL and S3 out of Maven artifacts, for tests and the local run: no Docker, no installation, as root or as
 * an ordinary user. Each server keeps its data in a folder and finds them again when it is started there once more.
 */
package io.voice2face.embedded;
