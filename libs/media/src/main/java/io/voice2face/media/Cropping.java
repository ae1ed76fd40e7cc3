package io.voice2face.media;

import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.opencv.core.Mat;
import org.opencv.core.Rect;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_FRAME_CROPPING;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_new;

/**
 * Rows and columns of the coded pictures that are not shown: an mp4's clean aperture (ISO/IEC 14496-12, {@code clap}).
 * H.264 itself crops 4:2:0 pictures in steps of two, so an odd size can only be told by the container.
 */
record Cropping(int top, int bottom, int left, int right) {
    static final Cropping NONE = new Cropping(0, 0, 0, 0);
    private static final int BYTES = 16;

    /** What a container says; nothing where it makes no sense. */
    static Cropping of(AVCodecParameters codec) {
        if (codec.nb_coded_side_data() == 0) {
            return NONE;
        }
        AVPacketSideData side = av_packet_side_data_get(
                codec.coded_side_data(), codec.nb_coded_side_data(), AV_PKT_DATA_FRAME_CROPPING);
        if (side == null || side.isNull() || side.size() < BYTES) {
            return NONE;
        }
        IntPointer values = new IntPointer(side.data());
        Cropping found = new Cropping(values.get(0), values.get(1), values.get(2), values.get(3));
        return found.fits(codec.width(), codec.height()) ? found : NONE;
    }

    private boolean fits(int width, int height) {
        return Math.min(Math.min(top, bottom), Math.min(left, right)) >= 0
                && (long) top + bottom < height
                && (long) left + right < width;
    }

    boolean isNone() {
        return equals(NONE);
    }

    /** Tells it to a container; the stream must have no side data yet. */
    void putInto(AVCodecParameters codec) {
        try (PointerPointer<AVPacketSideData> sets = new PointerPointer<>(1L);
                IntPointer count = new IntPointer(1L)) {
            sets.put(0, (AVPacketSideData) null);
            count.put(0, 0);
            AVPacketSideData side = av_packet_side_data_new(sets, count, AV_PKT_DATA_FRAME_CROPPING, BYTES, 0);
            if (side == null || side.isNull()) {
                throw new OutOfMemoryError("av_packet_side_data_new");
            }
            new IntPointer(side.data()).put(top, bottom, left, right);
            codec.coded_side_data(sets.get(AVPacketSideData.class, 0));
            codec.nb_coded_side_data(count.get(0));
        }
    }

    /** Copies the part that is shown. */
    void apply(Mat coded, Mat shown) {
        Mat part = coded.submat(new Rect(left, top, coded.cols() - left - right, coded.rows() - top - bottom));
        part.copyTo(shown);
        part.release();
    }
}
