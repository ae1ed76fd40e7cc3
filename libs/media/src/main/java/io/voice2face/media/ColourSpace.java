package io.voice2face.media;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVFrame;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_BT2020;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_SMPTE240M;

/**
 * How a clip's luma and chroma stand for colours, in FFmpeg's numbers (ITU-T H.273). A writer that is given the reader's
 * value gives untouched pixels back as they were.
 *
 * @param matrix AVCOL_SPC
 * @param primaries AVCOL_PRI
 * @param transfer AVCOL_TRC
 * @param fullRange luma 0–255 rather than 16–235
 */
public record ColourSpace(int matrix, int primaries, int transfer, boolean fullRange) {

    /** What players assume of a clip that does not say: BT.709 from 720 lines on, BT.601 below. */
    public static ColourSpace assumedFor(int height) {
        return new ColourSpace(
                height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M,
                AVCOL_PRI_UNSPECIFIED,
                AVCOL_TRC_UNSPECIFIED,
                false);
    }

    static ColourSpace of(AVFrame frame, int height) {
        int matrix = frame.colorspace();
        if (matrix == AVCOL_SPC_UNSPECIFIED || matrix == AVCOL_SPC_RGB) {
            matrix = assumedFor(height).matrix();
        }
        return new ColourSpace(
                matrix, frame.color_primaries(), frame.color_trc(), frame.color_range() == AVCOL_RANGE_JPEG);
    }

    /** True where the same luma and chroma are the same colours. */
    boolean codesLike(ColourSpace other) {
        return swscaleMatrix() == other.swscaleMatrix() && fullRange == other.fullRange;
    }

    /** The number under which swscale keeps the matrix's coefficients. */
    int swscaleMatrix() {
        return switch (matrix) {
            case 1 -> SWS_CS_ITU709;
            case 7 -> SWS_CS_SMPTE240M;
            case 9, 10 -> SWS_CS_BT2020;
            default -> SWS_CS_ITU601;
        };
    }

    /**
     * Three rows of four: what blue, green, red (0–255) and 1 add to luma, to blue chroma and to red chroma (ITU-T H.273).
     */
    float[] fromBgr() {
        double red = redShare();
        double blue = blueShare();
        double green = 1 - red - blue;
        double y = fullRange ? 1 : 219 / 255.;
        double c = (fullRange ? 1 : 224 / 255.) / 2;
        double offset = fullRange ? 0 : 16;
        return new float[] {
            (float) (y * blue), (float) (y * green), (float) (y * red), (float) offset,
            (float) c, (float) (-c * green / (1 - blue)), (float) (-c * red / (1 - blue)), 128,
            (float) (-c * blue / (1 - red)), (float) (-c * green / (1 - red)), (float) c, 128
        };
    }

    private double redShare() {
        return switch (swscaleMatrix()) {
            case SWS_CS_ITU709 -> .2126;
            case SWS_CS_SMPTE240M -> .212;
            case SWS_CS_BT2020 -> .2627;
            default -> .299;
        };
    }

    private double blueShare() {
        return switch (swscaleMatrix()) {
            case SWS_CS_ITU709 -> .0722;
            case SWS_CS_SMPTE240M -> .087;
            case SWS_CS_BT2020 -> .0593;
            default -> .114;
        };
    }

    void putInto(AVCodecContext codec) {
        codec.colorspace(matrix);
        codec.color_primaries(primaries);
        codec.color_trc(transfer);
        codec.color_range(fullRange ? AVCOL_RANGE_JPEG : 1);
    }
}
