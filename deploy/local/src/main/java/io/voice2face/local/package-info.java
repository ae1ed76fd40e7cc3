/**
 * The local run behind {@code mvn -Pup}: starts the embedded servers and the four services as processes of their own,
 * sends a voice through the public API, and leaves nothing running when it ends, however it ends.
 */
package io.voice2face.local;
