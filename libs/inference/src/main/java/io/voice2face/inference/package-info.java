/**
 * Model packs (a manifest and weights), ONNX Runtime sessions over them, and the execution provider that is really used.
 *
 * <p>An ONNX session is shared by all workers ({@link io.voice2face.inference.OnnxModel} is thread-safe); input buffers
 * and OpenCV networks belong to one worker each.
 */
package io.voice2face.inference;
