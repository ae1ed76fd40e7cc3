package io.voice2face.hostile;

import java.net.URI;

/**
 * What hostile input names in the hope that a server goes there.
 *
 * @param address of a listener that nobody may call, for example {@code http://127.0.0.1:12345}
 * @param file of a file that nobody may read
 * @param marker word that occurs in the names of files which hostile input asks to be made
 */
public record Bait(URI address, URI file, String marker) {}
