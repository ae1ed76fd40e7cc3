package io.voice2face.contracts;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Finds components that JSON left out and that are not optional. */
final class RecordCompleteness {
    private RecordCompleteness() {}

    /** Path of the first component that is null, for example {@code target.object}. */
    static Optional<String> missing(Record value) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object held = valueOf(component, value);
            Optional<String> missing = held == null ? Optional.of("") : missingIn(held);
            if (missing.isPresent()) {
                return missing.map(path -> path.isEmpty() ? component.getName() : component.getName() + "." + path);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> missingIn(Object held) {
        if (held instanceof Record inner) {
            return missing(inner);
        }
        if (held instanceof Optional<?> optional) {
            return optional.flatMap(RecordCompleteness::missingIn);
        }
        if (held instanceof Map) {
            return Optional.empty();
        }
        if (held instanceof Collection<?> elements) {
            for (Object element : elements) {
                Optional<String> missing = element == null ? Optional.of("") : missingIn(element);
                if (missing.isPresent()) {
                    return missing.map(path -> path.isEmpty() ? "[]" : "[]." + path);
                }
            }
        }
        return Optional.empty();
    }

    private static Object valueOf(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a public record's accessor must be callable", e);
        }
    }
}
