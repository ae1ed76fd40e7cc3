package io.voice2face.inference;

import java.util.List;
import java.util.Optional;

/**
 * An input or output as the manifest promises it.
 *
 * @param type such as {@code float32} or {@code int64}
 * @param shape lengths, −1 where any length will do
 * @param example lengths to warm up with, where the shape leaves some open
 * @param fill the value to warm up with
 */
public record TensorSpec(String name, String type, List<Long> shape, Optional<List<Long>> example, double fill) {
    public TensorSpec {
        shape = List.copyOf(shape);
        example = example.map(List::copyOf);
    }
}
