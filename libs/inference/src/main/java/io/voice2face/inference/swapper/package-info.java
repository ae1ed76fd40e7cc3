/**
 * Learned face models that operators bring as packs: swappers, identity encoders, embedding converters, masks,
 * enhancers, detectors and landmarkers, by the contracts that are widely used (facefusion 3.8.1, insightface, SimSwap).
 * None of their weights come with the product.
 *
 * <p>Sessions are shared; everything called a worker, and everything with tensors of its own, belongs to one thread.
 * Pictures are 8-bit BGR; coordinates are pixels, the first pixel's centre at (0, 0).
 */
package io.voice2face.inference.swapper;
