/** What the gateway's tests run on: real Kafka, PostgreSQL and S3, the packaged storage-service, and a stand-in for the workers. */
package io.voice2face.gateway.mesh;
