package io.voice2face.media;

import java.util.List;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

/**
 * Converts FFmpeg frames to BGR Mats with the coefficients of the clip's colour space.
 *
 * <p>The flags ask for exact rounding and interpolated chroma, without which a picture that is only read and written
 * comes back with 46 dB, which an encoder at 42 dB would show. swscale has vector code for that only where the colours
 * go into planes: with the planes put together afterwards, the very same pixels come in half the time.
 */
final class PictureConverter implements AutoCloseable {
    private static final int FLAGS = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT;
    /** swscale's vector code may write past the end of a row that is not a multiple of this many pixels. */
    private static final int SAFE_WIDTH = 32;

    private static final int ONE = 1 << 16;

    private SwsContext context;
    private long key = -1;
    private final PointerPointer<NativeBytes> matRows = new PointerPointer<>(4);
    private final IntPointer matStride = new IntPointer(4L);
    private final Mat padded = new Mat();
    private final Mat blue = new Mat();
    private final Mat green = new Mat();
    private final Mat red = new Mat();

    /** Converts (and scales, should the frame's size differ) into {@code bgr}, which gets the size asked for. */
    void toBgr(AVFrame frame, ColourSpace colours, int width, int height, Mat bgr) {
        boolean planes = (av_pix_fmt_desc_get(frame.format()).flags() & AV_PIX_FMT_FLAG_RGB) == 0;
        prepare(frame, width, height, planes ? AV_PIX_FMT_GBRP : AV_PIX_FMT_BGR24, colours);
        int wide = (width + SAFE_WIDTH - 1) / SAFE_WIDTH * SAFE_WIDTH + SAFE_WIDTH;
        if (planes) {
            throughPlanes(frame, width, height, wide, bgr);
        } else {
            padded.create(height, wide, CvType.CV_8UC3);
            point(0, padded);
            scale(frame);
            Mat visible = padded.colRange(0, width);
            visible.copyTo(bgr);
            visible.release();
        }
    }

    private void throughPlanes(AVFrame frame, int width, int height, int wide, Mat bgr) {
        green.create(height, wide, CvType.CV_8U);
        blue.create(height, wide, CvType.CV_8U);
        red.create(height, wide, CvType.CV_8U);
        point(0, green);
        point(1, blue);
        point(2, red);
        scale(frame);
        List<Mat> visible = List.of(blue.colRange(0, width), green.colRange(0, width), red.colRange(0, width));
        Core.merge(visible, bgr);
        visible.forEach(Mat::release);
    }

    private void scale(AVFrame frame) {
        sws_scale(context, frame.data(), frame.linesize(), 0, frame.height(), matRows, matStride);
    }

    private void point(int plane, Mat mat) {
        matRows.put(plane, new NativeBytes(mat.dataAddr()));
        matStride.put(plane, (int) mat.step1(0));
    }

    private void prepare(AVFrame frame, int width, int height, int format, ColourSpace colours) {
        long wanted =
                java.util.Objects.hash(frame.width(), frame.height(), frame.format(), width, height, format, colours);
        if (context != null && wanted == key) {
            return;
        }
        release();
        context = sws_getContext(
                frame.width(), frame.height(), frame.format(), width, height, format, FLAGS, null, null, (DoublePointer)
                        null);
        if (context == null || context.isNull()) {
            throw new IllegalStateException("swscale cannot convert pixel format " + frame.format() + " to " + format);
        }
        IntPointer matrix = sws_getCoefficients(colours.swscaleMatrix());
        sws_setColorspaceDetails(context, matrix, colours.fullRange() ? 1 : 0, matrix, 1, 0, ONE, ONE);
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
        List.of(padded, blue, green, red).forEach(Mat::release);
    }
}
