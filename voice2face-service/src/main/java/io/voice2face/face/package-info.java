/**
 * voice2face-service: from a recording to two faces.
 *
 * <ul>
 *   <li>{@link io.voice2face.face.job}: the job, from {@code voice-submitted} to {@code face-generated}
 *   <li>{@link io.voice2face.face.voice}: what is heard in a recording
 *   <li>{@link io.voice2face.face.features}: the measurements behind it
 *   <li>{@link io.voice2face.face.generation}: pictures of faces from gender, age and identity
 * </ul>
 */
package io.voice2face.face;
