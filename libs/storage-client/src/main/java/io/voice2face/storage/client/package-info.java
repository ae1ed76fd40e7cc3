/**
 * Reactive client of storage-service: {@link io.voice2face.storage.client.StorageClient} puts files through presigned
 * URLs, fetches objects into files and checks them, and asks for links. Memory use does not depend on the size of a
 * file.
 *
 * <pre>{@code
 * StorageClient storage = StorageClient.create(vertx, settings.storage().url(), settings.serviceToken(), Duration.ofMinutes(1));
 * Uni<ObjectRef> face = storage.upload(key, MediaKind.FACE, Optional.of(requestId), "image/png", file);
 * Uni<Path> clip = storage.download(target.object(), workFolder);
 * }</pre>
 */
package io.voice2face.storage.client;
