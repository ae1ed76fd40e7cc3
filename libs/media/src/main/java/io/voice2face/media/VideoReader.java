package io.voice2face.media;

import java.nio.file.Path;
import java.util.Optional;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGRA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

/**
 * Pictures of an mp4, mov or webm clip in their order of presentation, as BGR Mats, upright.
 *
 * <p>Memory does not depend on the clip's length. A clip that ends before its container says, or whose pictures stop
 * decoding, fails with {@code broken_target} at that place; the pictures before it must then not be given out as the
 * whole. Not thread-safe; {@link #close} frees native memory.
 */
public final class VideoReader implements AutoCloseable {
    /** What may lack at the end before a clip that does not count its pictures is cut off. */
    private static final double END_TOLERANCE_SECONDS = 0.75;

    private final MediaInput input;
    private final VisualLimits limits;
    private final AVStream stream;
    private final AVCodecContext decoder;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final PictureConverter converter = new PictureConverter();
    private final Orientation orientation;
    private final Cropping cropping;
    private final TimeBase timeBase;
    private final int codedWidth;
    private final int codedHeight;
    private final Mat upright = new Mat();
    private final Mat cropped = new Mat();
    private ColourSpace colours;
    private boolean inputEnded;
    private boolean ended;
    private boolean closed;
    private long packets;
    private long frames;
    private long pts = Long.MIN_VALUE;
    private long duration;
    private long firstPts;
    private double seenSeconds;

    private VideoReader(MediaInput input, VisualLimits limits, AVStream stream) {
        this.input = input;
        this.limits = limits;
        this.stream = stream;
        this.codedWidth = stream.codecpar().width();
        this.codedHeight = stream.codecpar().height();
        this.orientation = Orientation.of(stream.codecpar());
        this.cropping = Cropping.of(stream.codecpar());
        AVRational base = stream.time_base();
        this.timeBase = new TimeBase(base.num(), base.den());
        this.colours = ColourSpace.assumedFor(codedHeight);
        this.decoder = input.decoder(stream, limits.maxPixels());
    }

    /**
     * Opens a clip and checks its headers against the limits.
     *
     * @throws MediaException {@code unreadable_target}, {@code unsupported_target}, {@code broken_target},
     *     {@code target_too_large}, {@code target_too_long}
     */
    public static VideoReader open(Path file, VisualLimits limits) {
        OpenCv.load();
        Ffmpeg.load();
        MediaFile checked = MediaFile.check(file, limits.maxBytes(), Faults.TARGET);
        if (checked.format() != MediaFormat.MP4 && checked.format() != MediaFormat.MATROSKA) {
            throw Faults.TARGET.unsupported(checked.format().contentType() + " is not a clip");
        }
        ContainerStructure.requireWhole(checked);
        return open(checked, limits);
    }

    static VideoReader open(MediaFile checked, VisualLimits limits) {
        MediaInput input = MediaInput.open(checked, limits, Faults.TARGET);
        try {
            AVStream stream = input.best(AVMEDIA_TYPE_VIDEO)
                    .orElseThrow(() -> Faults.TARGET.unsupported("a clip without pictures"));
            if (stream.codecpar().width() <= 0 || stream.codecpar().height() <= 0) {
                throw Faults.TARGET.unreadable("its pictures have no size");
            }
            checkDuration(
                    checked.format() == MediaFormat.GIF
                            ? 0
                            : input.declaredMicros().orElse(0L),
                    limits);
            return new VideoReader(input, limits, stream);
        } catch (RuntimeException e) {
            input.close();
            throw e;
        }
    }

    private static void checkDuration(long micros, VisualLimits limits) {
        long most = limits.maxDuration().toNanos() / 1000;
        // a last frame's length over the limit is no reason to turn anyone away
        if (micros > most + 100_000) {
            throw Faults.TARGET.tooLong(
                    "it lasts %.1f s, at most %.0f s are taken".formatted(micros / 1e6, most / 1e6));
        }
    }

    /** Headers as a {@link MediaInfo.Video}. */
    public MediaInfo.Video info() {
        AVRational rate = stream.avg_frame_rate();
        double fps = rate.num() > 0 && rate.den() > 0 ? (double) rate.num() / rate.den() : 25;
        return new MediaInfo.Video(
                input.file().format() == MediaFormat.MP4 ? "video/mp4" : "video/webm",
                width(),
                height(),
                orientation.quarterTurns(),
                fps,
                input.declaredMicros().map(m -> java.time.Duration.ofNanos(m * 1000)),
                stream.nb_frames() > 0 ? Optional.of(stream.nb_frames()) : Optional.empty(),
                decoder.codec().name().getString(),
                input.count(AVMEDIA_TYPE_AUDIO));
    }

    /** Pixels as shown. */
    public int width() {
        return orientation.swapsSides() ? shownRows() : shownColumns();
    }

    /** Pixels as shown. */
    public int height() {
        return orientation.swapsSides() ? shownColumns() : shownRows();
    }

    private int shownColumns() {
        return codedWidth - cropping.left() - cropping.right();
    }

    private int shownRows() {
        return codedHeight - cropping.top() - cropping.bottom();
    }

    public TimeBase timeBase() {
        return timeBase;
    }

    /** How colours are coded; exact once the first picture was read. */
    public ColourSpace colours() {
        return colours;
    }

    /** Pictures expected in all, for progress; an estimate unless the container counts them. */
    public long expectedFrames() {
        MediaInfo.Video info = info();
        return info.frames().orElseGet(() -> info.duration()
                .map(d -> Math.round(d.toNanos() / 1e9 * info.framesPerSecond()))
                .orElse(0L));
    }

    /** A writer's settings that keep this clip's size, times and colours. */
    public VideoWriter.Settings writerSettings() {
        return new VideoWriter.Settings(width(), height(), timeBase, info().framesPerSecond(), colours);
    }

    /** The next picture in a Mat of its own, or empty at the clip's end. */
    public Optional<VideoFrame> next() {
        Mat bgr = new Mat();
        if (!read(bgr)) {
            bgr.release();
            return Optional.empty();
        }
        return Optional.of(new VideoFrame(bgr, pts, duration, timeBase.toMicros(pts)));
    }

    /**
     * Reads the next picture into {@code bgr}, reusing its memory where the size fits; false at the clip's end.
     *
     * @throws MediaException {@code broken_target} where the clip is cut off or damaged, {@code target_too_long}
     */
    public boolean read(Mat bgr) {
        if (!advance()) {
            return false;
        }
        convert(bgr);
        av_frame_unref(frame);
        return true;
    }

    /**
     * As {@link #read(Mat)}, and the picture as it is coded.
     *
     * @param coded gets the planes, or nothing where a {@link VideoWriter} could not use them
     */
    public boolean read(Mat bgr, CodedPicture coded) {
        coded.clear();
        if (!advance()) {
            return false;
        }
        convert(bgr);
        if (frame.format() == AV_PIX_FMT_YUV420P && orientation.isUpright() && cropping.isNone()) {
            coded.hold(frame, colours);
        }
        av_frame_unref(frame);
        return true;
    }

    /**
     * As {@link #read(Mat)}, and what is transparent.
     *
     * @param alpha gets 8 bits of one channel, 0 transparent to 255 opaque; empty where the picture is opaque
     */
    boolean read(Mat bgr, Mat alpha) {
        if (!advance()) {
            return false;
        }
        convert(bgr);
        alpha.release();
        if (frame.format() == AV_PIX_FMT_BGRA) {
            readAlpha(alpha);
        }
        av_frame_unref(frame);
        return true;
    }

    private boolean advance() {
        ended = ended || !receive();
        return !ended;
    }

    private void readAlpha(Mat alpha) {
        long bytes = (long) frame.linesize(0) * frame.height();
        Mat coded = new Mat(
                frame.height(),
                frame.width(),
                CvType.CV_8UC4,
                frame.data(0).capacity(bytes).asByteBuffer(),
                frame.linesize(0));
        Core.extractChannel(coded, alpha, 3);
        coded.release();
        if (Core.minMaxLoc(alpha).minVal == 255) {
            alpha.release();
        }
    }

    private void convert(Mat bgr) {
        ColourSpace now = ColourSpace.of(frame, codedHeight);
        if (!now.equals(colours)) {
            colours = now;
        }
        if (orientation.isUpright() && cropping.isNone()) {
            converter.toBgr(frame, colours, codedWidth, codedHeight, bgr);
            return;
        }
        converter.toBgr(frame, colours, codedWidth, codedHeight, upright);
        Mat shown = upright;
        if (!cropping.isNone()) {
            shown = orientation.isUpright() ? bgr : cropped;
            cropping.apply(upright, shown);
        }
        if (!orientation.isUpright()) {
            orientation.apply(shown, bgr);
        }
    }

    /** Time of the picture last read, in ticks of {@link #timeBase}; strictly increasing. */
    public long pts() {
        return pts;
    }

    /** Length of the picture last read in ticks; 0 where the container does not say. */
    public long duration() {
        return duration;
    }

    private boolean receive() {
        while (true) {
            int received = avcodec_receive_frame(decoder, frame);
            if (received == 0) {
                accept();
                return true;
            }
            if (received == AVERROR_EOF) {
                checkEnd();
                return false;
            }
            if (received != AVERROR_EAGAIN()) {
                throw Faults.TARGET.broken(
                        "picture %d does not decode (%s)".formatted(frames + 1, Ffmpeg.message(received)));
            }
            send();
        }
    }

    private void send() {
        while (!inputEnded && input.read(packet)) {
            noteEnd();
            if (packet.stream_index() != stream.index()) {
                av_packet_unref(packet);
                continue;
            }
            packets++;
            boolean corrupt = (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0;
            int sent = corrupt ? 0 : avcodec_send_packet(decoder, packet);
            av_packet_unref(packet);
            if (corrupt || sent < 0) {
                throw Faults.TARGET.broken("picture %d is incomplete".formatted(packets));
            }
            return;
        }
        if (!inputEnded) {
            inputEnded = true;
            Ffmpeg.require(avcodec_send_packet(decoder, null), "avcodec_send_packet");
        }
    }

    private void noteEnd() {
        if (packet.pts() != AV_NOPTS_VALUE) {
            AVRational base = input.stream(packet.stream_index()).time_base();
            double end = (double) (packet.pts() + Math.max(0, packet.duration())) * base.num() / base.den();
            seenSeconds = Math.max(seenSeconds, end);
        }
    }

    private void accept() {
        if (frame.decode_error_flags() != 0) {
            throw Faults.TARGET.broken("picture %d is damaged".formatted(frames + 1));
        }
        long stamp = frame.best_effort_timestamp();
        long previous = pts;
        if (stamp == AV_NOPTS_VALUE) {
            stamp = frames == 0 ? 0 : previous + Math.max(1, duration);
        }
        pts = frames == 0 ? stamp : Math.max(stamp, previous + 1);
        duration = Math.max(0, frame.duration());
        if (frames == 0) {
            firstPts = pts;
        }
        frames++;
        checkDuration(timeBase.toMicros(pts - firstPts), limits);
        if (frames > limits.maxFrames()) {
            throw Faults.TARGET.tooLong("it has more than %d pictures".formatted(limits.maxFrames()));
        }
    }

    private void checkEnd() {
        if (frames == 0) {
            throw Faults.TARGET.unreadable("it holds no pictures that decode");
        }
        if (input.file().format() == MediaFormat.GIF) {
            return;
        }
        if (stream.nb_frames() > 0 && packets < stream.nb_frames()) {
            throw Faults.TARGET.broken("it ends after %d of %d pictures".formatted(packets, stream.nb_frames()));
        }
        double declared = input.declaredMicros().orElse(0L) / 1e6;
        if (stream.nb_frames() <= 0 && declared - seenSeconds > END_TOLERANCE_SECONDS) {
            throw Faults.TARGET.broken("it ends after %.1f of %.1f s".formatted(seenSeconds, declared));
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        converter.close();
        upright.release();
        cropped.release();
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(decoder);
        input.close();
    }
}
