package io.voice2face.contracts.event;

import java.util.Optional;

/**
 * Clip or picture that the face is put into.
 *
 * @param object the media itself; templates are objects as well
 * @param templateId id of the built-in template, empty for a person's own upload
 */
public record Target(ObjectRef object, Optional<String> templateId) {}
