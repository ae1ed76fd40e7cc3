package io.voice2face.inference;

import java.util.Optional;

/**
 * What was asked for and what a session really runs on, found by running it.
 *
 * @param used {@link ExecutionProvider#CPU} or {@link ExecutionProvider#CUDA}
 * @param reason why CUDA is not used although it was wanted
 */
public record ProviderUse(ExecutionProvider asked, ExecutionProvider used, Optional<String> reason) {}
