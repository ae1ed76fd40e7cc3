/**
 * Faces in pictures: where they are, and the 468 points of their mesh, by MediaPipe's networks run by OpenCV.
 *
 * <p>{@code cv::dnn::Net} is not thread-safe: a detector or mesh belongs to one worker. Coordinates are pixels of the
 * picture given, x to the right, y down, the first pixel's centre at (0, 0). "Left" and "right" of a face are the
 * person's.
 */
package io.voice2face.inference.face;
