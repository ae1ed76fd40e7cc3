package io.voice2face.inference.swapper;

import java.util.ArrayList;
import java.util.List;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;

/**
 * Carries a crop of n times the network's side through it as n² pictures: part (i, j) holds the pixels (y·n + i, x·n +
 * j), so that each part shows the whole face.
 */
final class PixelBoost {
    private final int side;
    private final int factor;

    /** @param side of the network, pixels */
    PixelBoost(int side, int factor) {
        if (factor < 1) {
            throw new IllegalArgumentException("pixel boost " + factor);
        }
        this.side = side;
        this.factor = factor;
    }

    int cropSide() {
        return side * factor;
    }

    int parts() {
        return factor * factor;
    }

    /**
     * One part of the crop.
     *
     * @param crop continuous, 8-bit BGR, {@link #cropSide} squared
     */
    void take(Mat crop, int part, Mat into) {
        into.create(side, side, CvType.CV_8UC3);
        Mat strided = stridedView(crop, part / factor);
        MatOfInt map = map(part % factor, true);
        Core.mixChannels(List.of(strided), List.of(into), map);
        map.release();
        strided.release();
    }

    /** Puts a part back. */
    void put(Mat part, int index, Mat crop) {
        Mat strided = stridedView(crop, index / factor);
        MatOfInt map = map(index % factor, false);
        List<Mat> target = new ArrayList<>(List.of(strided));
        Core.mixChannels(List.of(part), target, map);
        map.release();
        strided.release();
    }

    /** side × side pixels of 3n channels: n neighbours of every n-th row, beginning with row {@code row}. */
    private Mat stridedView(Mat crop, int row) {
        Mat wide = crop.reshape(3 * factor, side);
        Mat view = wide.colRange(row * side, (row + 1) * side);
        wide.release();
        return view;
    }

    private static MatOfInt map(int column, boolean taking) {
        int from = 3 * column;
        return taking
                ? new MatOfInt(from, 0, from + 1, 1, from + 2, 2)
                : new MatOfInt(0, from, 1, from + 1, 2, from + 2);
    }
}
