package io.voice2face.gateway.domain;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.ObjectRef;

/**
 * A generated face.
 *
 * @param picture PNG 512×512
 * @param age age in years that it was made for
 * @param gender gender that it was made for
 */
public record Face(ObjectRef picture, int age, Gender gender) {}
