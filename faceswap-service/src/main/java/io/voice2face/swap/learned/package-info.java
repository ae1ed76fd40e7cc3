/** Swaps by the learned models that an operator brings as packs. */
package io.voice2face.swap.learned;
