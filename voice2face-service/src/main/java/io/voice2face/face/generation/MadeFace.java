package io.voice2face.face.generation;

import java.util.List;

import io.voice2face.contracts.event.Gender;
import io.voice2face.contracts.event.ModelUse;

/**
 * A face and how it came to be.
 *
 * @param gender gender that it was made for
 * @param age years that it was made for
 * @param models models that made it, beside those that listened
 */
public record MadeFace(FacePicture picture, Gender gender, int age, List<ModelUse> models) {}
