package io.voice2face.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

/**
 * Converts between FFmpeg frames and BGR Mats with the coefficients of the clip's colour space.
 *
 * <p>The flags ask for exact rounding and interpolated chroma. At 720p that reads in 3 ms instead of 0.3, and a picture
 * that is only read and written comes back with 57 dB instead of 46, which an encoder at 42 dB would show.
 */
final class PictureConverter implements AutoCloseable {
    private static final int TO_BGR = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
    private static final int FROM_BGR = SWS_BICUBIC | SWS_ACCURATE_RND;
    /** swscale's vector code may write past the end of a row that is not a multiple of this many pixels. */
    private static final int SAFE_WIDTH = 32;

    private static final int ONE = 1 << 16;

    private SwsContext context;
    private long key = -1;
    private final PointerPointer<NativeBytes> matRows = new PointerPointer<>(4);
    private final IntPointer matStride = new IntPointer(4L);
    private Mat padded;

    /** Converts (and scales, should the frame's size differ) into {@code bgr}, which gets the size asked for. */
    void toBgr(AVFrame frame, ColourSpace colours, int width, int height, Mat bgr) {
        prepare(frame.width(), frame.height(), frame.format(), width, height, AV_PIX_FMT_BGR24, colours, false);
        bgr.create(height, width, CvType.CV_8UC3);
        Mat target = bgr;
        if (width % SAFE_WIDTH != 0 || !bgr.isContinuous()) {
            target = paddedRows(width, height);
        }
        point(target);
        sws_scale(context, frame.data(), frame.linesize(), 0, frame.height(), matRows, matStride);
        if (target != bgr) {
            Mat visible = target.colRange(0, width);
            visible.copyTo(bgr);
            visible.release();
        }
    }

    /** Converts {@code bgr} into the frame's format; both have the same size. */
    void fromBgr(Mat bgr, ColourSpace colours, AVFrame frame) {
        prepare(bgr.cols(), bgr.rows(), AV_PIX_FMT_BGR24, frame.width(), frame.height(), frame.format(), colours, true);
        point(bgr);
        sws_scale(context, matRows, matStride, 0, bgr.rows(), frame.data(), frame.linesize());
    }

    private Mat paddedRows(int width, int height) {
        int wide = (width + SAFE_WIDTH - 1) / SAFE_WIDTH * SAFE_WIDTH + SAFE_WIDTH;
        if (padded == null) {
            padded = new Mat();
        }
        padded.create(height, wide, CvType.CV_8UC3);
        return padded;
    }

    private void point(Mat mat) {
        matRows.put(0, new NativeBytes(mat.dataAddr()));
        matStride.put(0, (int) mat.step1(0));
    }

    private void prepare(
            int w, int h, int format, int toW, int toH, int toFormat, ColourSpace colours, boolean encode) {
        long wanted = java.util.Objects.hash(w, h, format, toW, toH, toFormat, colours);
        if (context != null && wanted == key) {
            return;
        }
        release();
        context = sws_getContext(
                w, h, format, toW, toH, toFormat, encode ? FROM_BGR : TO_BGR, null, null, (DoublePointer) null);
        if (context == null || context.isNull()) {
            throw new IllegalStateException("swscale cannot convert pixel format " + format + " to " + toFormat);
        }
        IntPointer matrix = sws_getCoefficients(colours.swscaleMatrix());
        int range = colours.fullRange() ? 1 : 0;
        int rgb = 1;
        sws_setColorspaceDetails(context, matrix, encode ? rgb : range, matrix, encode ? range : rgb, 0, ONE, ONE);
        key = wanted;
    }

    private void release() {
        if (context != null) {
            sws_freeContext(context);
            context = null;
        }
    }

    @Override
    public void close() {
        release();
        matRows.close();
        matStride.close();
        if (padded != null) {
            padded.release();
        }
    }
}
