package io.voice2face.media;

import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.javacpp.IntPointer;
import org.opencv.core.Core;
import org.opencv.core.Mat;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;

/**
 * How coded pictures are turned for showing.
 *
 * @param mirrored flipped left to right before turning
 * @param quarterTurns clockwise turns by 90°, 0–3
 */
record Orientation(boolean mirrored, int quarterTurns) {

    static final Orientation UPRIGHT = new Orientation(false, 0);

    /** From the display matrix of the container; angles between quarter turns are rounded. */
    static Orientation of(AVCodecParameters codec) {
        if (codec.nb_coded_side_data() == 0) {
            return UPRIGHT;
        }
        AVPacketSideData side =
                av_packet_side_data_get(codec.coded_side_data(), codec.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        if (side == null || side.isNull() || side.size() < 36) {
            return UPRIGHT;
        }
        IntPointer matrix = new IntPointer(side.data());
        // (x, y) is shown at (a·x + c·y, b·x + d·y), y pointing down
        double a = matrix.get(0);
        double b = matrix.get(1);
        double c = matrix.get(3);
        double d = matrix.get(4);
        boolean mirrored = a * d - b * c < 0;
        // where the mirrored picture's x axis goes tells the turn
        double angle = mirrored ? Math.atan2(-b, -a) : Math.atan2(b, a);
        return new Orientation(mirrored, Math.floorMod(Math.round(angle / (Math.PI / 2)), 4));
    }

    boolean isUpright() {
        return !mirrored && quarterTurns == 0;
    }

    boolean swapsSides() {
        return quarterTurns % 2 == 1;
    }

    void apply(Mat coded, Mat shown) {
        Mat turned = coded;
        if (mirrored) {
            turned = new Mat();
            Core.flip(coded, turned, 1);
        }
        switch (quarterTurns) {
            case 1 -> Core.rotate(turned, shown, Core.ROTATE_90_CLOCKWISE);
            case 2 -> Core.rotate(turned, shown, Core.ROTATE_180);
            case 3 -> Core.rotate(turned, shown, Core.ROTATE_90_COUNTERCLOCKWISE);
            default -> turned.copyTo(shown);
        }
        if (turned != coded) {
            turned.release();
        }
    }
}
