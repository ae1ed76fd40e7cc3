/**
 * Objects and their life: presigned uploads and downloads, verification, the register, erasure and retention. The only
 * service that holds S3 credentials.
 *
 * <ul>
 *   <li>{@code domain}: what an object is, the register in PostgreSQL, and {@link io.voice2face.storage.domain.Depot},
 *       which keeps the register and the object store together
 *   <li>{@code objectstore}: S3 through the MinIO client, on its own threads
 *   <li>{@code api}: the HTTP API for the other services; {@code messaging}: the events
 *   <li>{@code maintenance}: retention, orphans, audit
 * </ul>
 */
package io.voice2face.storage;
