/**
 * How every service of the mesh consumes and publishes events.
 *
 * <pre>{@code
 * @Incoming("face-generated")
 * Uni<Void> onFace(Message<byte[]> message) {
 *     return consumer.consume(message, FaceGenerated.class, (face, delivery) -> swap(face));
 * }
 * }</pre>
 *
 * <ul>
 *   <li>{@link io.voice2face.messaging.EventConsumer} parses the record, runs the handler, retries what is transient,
 *       dead-letters what is poison or does not get better, and acknowledges only when all of that is over.
 *   <li>{@link io.voice2face.messaging.EventPublisher} writes CloudEvents in binary mode and completes when the broker
 *       has them on all in-sync replicas.
 *   <li>{@link io.voice2face.messaging.WorkerPool} runs long or blocking work off the event loop, with the trace and
 *       the log context of the event that asked for it.
 *   <li>{@link io.voice2face.messaging.MeshMetrics} holds the names of all metrics that services share.
 * </ul>
 *
 * <p>The connector's defaults (byte values, offsets from the earliest, short session time-outs, commits without an age
 * limit) come from this library's {@code META-INF/microprofile-config.properties}; a service only declares
 * {@code @Incoming} methods, with the topic's name as the channel's name.
 */
package io.voice2face.messaging;
