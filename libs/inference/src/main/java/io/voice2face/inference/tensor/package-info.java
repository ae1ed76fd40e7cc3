/**
 * Pictures into tensors and back, without allocating per frame: direct buffers that ONNX Runtime reads and that OpenCV
 * sees as Mats.
 */
package io.voice2face.inference.tensor;
