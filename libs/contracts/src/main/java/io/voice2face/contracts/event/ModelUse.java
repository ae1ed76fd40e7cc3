package io.voice2face.contracts.event;

/**
 * A model that took part in a result.
 *
 * @param kind kind of model pack, for example {@code face-generator}
 * @param id id of the pack
 * @param version version of the pack
 * @param provider execution provider that really ran it: {@code cpu}, {@code cuda} or {@code opencv}
 */
public record ModelUse(String kind, String id, String version, String provider) {}
