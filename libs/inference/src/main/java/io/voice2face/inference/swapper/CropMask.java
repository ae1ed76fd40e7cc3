package io.voice2face.inference.swapper;

import org.opencv.core.Mat;

/** A network that says which pixels of a crop belong to the face. Belongs to one worker. */
public interface CropMask extends AutoCloseable {
    /**
     * Lowers {@code mask} where the face is not to be seen.
     *
     * @param crop 8-bit BGR, square
     * @param mask 32-bit float of the crop's side, changed in place
     */
    void restrict(Mat crop, Mat mask);

    @Override
    void close();
}
