package io.voice2face.media;

import java.nio.file.Path;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

/**
 * Writes BGR Mats as H.264 (yuv420p, no reordered pictures) into an mp4 with its index in front.
 *
 * <p>yuv420p is coded in even sizes only: an odd width or height gets its last column or row repeated once, and the
 * container says that it is not to be shown. Players that do not read this show it. Not thread-safe.
 * Without {@link #finish} the file is not a clip.
 */
public final class VideoWriter implements AutoCloseable {
    /** In FFmpeg's LGPL build. */
    private static final String OPENH264 = "libopenh264";
    /** In its GPL build, where it is preferred. */
    private static final String X264 = "libx264";
    /** Half the time of OpenH264; with this quality smaller, and no worse in the worst picture. */
    private static final String X264_PRESET = "superfast";
    /** Constant rate factor, 0 best to 51 worst. */
    private static final String X264_QUALITY = "19";

    /** An upper bound: the quantisers below decide, and most pictures need a quarter of it. */
    private static final double BITS_PER_PIXEL = 0.35;
    /**
     * H.264's quantiser, 1 best to 51 worst. Between these a 720p portrait keeps 40 dB at 2 Mbit/s, and 38 dB under
     * sensor noise of σ = 2; going below 16 doubles the size for 1 dB.
     */
    private static final int BEST_QUANTISER = 16;

    private static final int WORST_QUANTISER = 21;
    private static final double SECONDS_PER_KEY_PICTURE = 2;

    private final Settings settings;
    private final MediaOutput output;
    private final AVCodecContext encoder;
    private final AVStream stream;
    private final AVFrame frame = av_frame_alloc();
    private final AVPacket packet = av_packet_alloc();
    private final YuvPlanes planes;
    private final Mat even = new Mat();
    private long lastPts = Long.MIN_VALUE;
    private long lastDuration;
    private boolean closed;

    /**
     * @param width of the Mats, pixels
     * @param height of the Mats, pixels
     * @param timeBase of the timestamps given to {@link #write}
     * @param framesPerSecond the average; for the encoder's rate control only, the timestamps decide
     * @param colours how colours are to be coded
     */
    public record Settings(int width, int height, TimeBase timeBase, double framesPerSecond, ColourSpace colours) {
        /** For a clip that comes from no other: constant rate, usual colours. */
        public static Settings constantRate(int width, int height, int framesPerSecond) {
            return new Settings(
                    width, height, new TimeBase(1, framesPerSecond), framesPerSecond, ColourSpace.assumedFor(height));
        }

        long bitsPerSecond() {
            // half the rate does not halve what a picture needs: distances grow with it
            double rate = Math.max(15, Math.min(60, framesPerSecond));
            return Math.max(1_000_000, Math.round(BITS_PER_PIXEL * width * height * rate));
        }
    }

    private VideoWriter(Path file, Settings settings) {
        this.settings = settings;
        this.planes = new YuvPlanes(settings.colours());
        this.output = new MediaOutput(file, "mp4");
        AVCodec x264 = avcodec_find_encoder_by_name(X264);
        AVCodec codec = x264 != null ? x264 : avcodec_find_encoder_by_name(OPENH264);
        this.encoder = avcodec_alloc_context3(codec);
        configure();
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.set(options, "profile", "high");
        if (x264 != null) {
            configureX264(options);
        } else {
            configureOpenH264(options);
        }
        int opened = avcodec_open2(encoder, codec, options);
        av_dict_free(options);
        Ffmpeg.require(opened, "opening the H.264 encoder");
        this.stream = avformat_new_stream(output.context(), null);
        avcodec_parameters_from_context(stream.codecpar(), encoder);
        Cropping cropping =
                new Cropping(0, encoder.height() - settings.height(), 0, encoder.width() - settings.width());
        if (!cropping.isNone()) {
            cropping.putInto(stream.codecpar());
        }
        stream.time_base(encoder.time_base());
        stream.avg_frame_rate(encoder.framerate());
        output.begin();
        frame.format(encoder.pix_fmt());
        frame.width(encoder.width());
        frame.height(encoder.height());
        Ffmpeg.require(av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
    }

    /** Opens a file for writing; what is there is overwritten. */
    public static VideoWriter open(Path file, Settings settings) {
        OpenCv.load();
        Ffmpeg.load();
        return new VideoWriter(file, settings);
    }

    private void configure() {
        encoder.width(settings.width() + settings.width() % 2);
        encoder.height(settings.height() + settings.height() % 2);
        encoder.pix_fmt(AV_PIX_FMT_YUV420P);
        encoder.time_base(
                av_make_q(settings.timeBase().numerator(), settings.timeBase().denominator()));
        encoder.framerate(av_make_q((int) Math.round(settings.framesPerSecond() * 1000), 1000));
        encoder.gop_size((int) Math.max(1, Math.round(settings.framesPerSecond() * SECONDS_PER_KEY_PICTURE)));
        encoder.max_b_frames(0);
        encoder.thread_count(1);
        encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        settings.colours().putInto(encoder);
    }

    private void configureOpenH264(AVDictionary options) {
        encoder.bit_rate(settings.bitsPerSecond());
        encoder.qmin(BEST_QUANTISER);
        encoder.qmax(WORST_QUANTISER);
        Ffmpeg.set(options, "allow_skip_frames", "0");
        Ffmpeg.set(options, "rc_mode", "quality");
    }

    private static void configureX264(AVDictionary options) {
        Ffmpeg.set(options, "preset", X264_PRESET);
        Ffmpeg.set(options, "crf", X264_QUALITY);
    }

    /**
     * Encodes one picture.
     *
     * @param bgr 8-bit BGR of the settings' size; not kept
     * @param pts time of the picture in ticks; must increase strictly
     * @param duration ticks it is shown; 0 if the next picture's time tells
     */
    public void write(Mat bgr, long pts, long duration) {
        begin(bgr, pts, duration);
        planes.put(evenSided(bgr), frame);
        encode();
    }

    /**
     * Encodes one picture that was read and changed in a part.
     *
     * @param bgr as for {@link #write(Mat, long, long)}
     * @param coded the picture as it was read: what was not changed is taken from it, if it holds anything
     * @param changed part of {@code bgr}; of no size for none
     */
    public void write(Mat bgr, CodedPicture coded, Rect changed, long pts, long duration) {
        begin(bgr, pts, duration);
        if (coded.copyTo(frame, settings.colours())) {
            planes.put(bgr, evenPart(changed), frame);
        } else {
            planes.put(evenSided(bgr), frame);
        }
        encode();
    }

    /** Chroma belongs to two by two pixels. The frame's sides are even where there is something to copy. */
    private static Rect evenPart(Rect part) {
        int left = part.x & ~1;
        int top = part.y & ~1;
        int right = part.x + part.width + 1 & ~1;
        int bottom = part.y + part.height + 1 & ~1;
        return new Rect(left, top, right - left, bottom - top);
    }

    private void begin(Mat bgr, long pts, long duration) {
        if (bgr.cols() != settings.width() || bgr.rows() != settings.height() || bgr.type() != CvType.CV_8UC3) {
            throw new IllegalArgumentException("a picture of %d × %d, type %s, for a clip of %d × %d"
                    .formatted(
                            bgr.cols(),
                            bgr.rows(),
                            CvType.typeToString(bgr.type()),
                            settings.width(),
                            settings.height()));
        }
        if (pts <= lastPts) {
            throw new IllegalArgumentException("picture times must increase: " + pts + " after " + lastPts);
        }
        lastPts = pts;
        lastDuration = duration;
        Ffmpeg.require(av_frame_make_writable(frame), "av_frame_make_writable");
        frame.pts(pts);
        frame.duration(duration);
    }

    private void encode() {
        Ffmpeg.require(avcodec_send_frame(encoder, frame), "avcodec_send_frame");
        drain();
    }

    private Mat evenSided(Mat bgr) {
        int right = encoder.width() - bgr.cols();
        int bottom = encoder.height() - bgr.rows();
        if (right == 0 && bottom == 0) {
            return bgr;
        }
        Core.copyMakeBorder(bgr, even, 0, bottom, 0, right, Core.BORDER_REPLICATE);
        return even;
    }

    private void drain() {
        while (true) {
            int received = avcodec_receive_packet(encoder, packet);
            if (received == AVERROR_EAGAIN() || received == AVERROR_EOF) {
                return;
            }
            Ffmpeg.require(received, "avcodec_receive_packet");
            if (packet.duration() <= 0 && packet.pts() == lastPts) {
                packet.duration(lastDuration);
            }
            packet.stream_index(stream.index());
            av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            Ffmpeg.require(av_interleaved_write_frame(output.context(), packet), "writing a packet");
        }
    }

    /** Writes what the encoder still holds and the index. */
    public void finish() {
        Ffmpeg.require(avcodec_send_frame(encoder, null), "avcodec_send_frame");
        drain();
        output.end();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        planes.close();
        even.release();
        av_packet_free(packet);
        av_frame_free(frame);
        avcodec_free_context(encoder);
        output.close();
    }
}
