package io.voice2face.media;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_GIF;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_make_writable;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_OPT_SEARCH_CHILDREN;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGRA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_PAL8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_int;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

/**
 * Writes BGR Mats as a GIF. Each picture gets a palette of its own: a common one would need all pictures in memory
 * first. Times are in hundredths of a second. Not thread-safe; without {@link #finish} the file is not a GIF.
 */
public final class GifWriter implements AutoCloseable {
    private static final String FINEST = "split[a][b];"
            + "[a]palettegen=stats_mode=single:reserve_transparent=1[p];"
            + "[b][p]paletteuse=new=1:dither=bayer:bayer_scale=4";
    /** One palette for all pictures, found on a fifteenth of the pixels; they wait in memory for it. */
    private static final String QUICKEST = "split[a][b];"
            + "[a]scale=96:-1:flags=neighbor,palettegen=stats_mode=full:reserve_transparent=1[p];"
            + "[b][p]paletteuse=dither=bayer:bayer_scale=4";

    private static final int COMMENT_LABEL = 0xFE;
    private static final int GRAPHIC_CONTROL_LABEL = 0xF9;
    /** Bits of a graphic control extension that say what becomes of the picture when its time is over. */
    private static final int DISPOSAL = 0x1C;

    private static final int CLEAR = 2 << 2;
    private static final int HAS_TRANSPARENT = 1;

    private final Path file;
    private final Path unmarked;
    private final int width;
    private final int height;
    private final MediaOutput output;
    private final AVCodecContext encoder;
    private final AVStream stream;
    private final AVFilterGraph graph = avfilter_graph_alloc();
    private final AVFilterContext source = new AVFilterContext(null);
    private final AVFilterContext sink = new AVFilterContext(null);
    private final AVFrame frame = av_frame_alloc();
    private final AVFrame paletted = av_frame_alloc();
    private final AVPacket packet = av_packet_alloc();
    /** The picture before: whether it is to be cleared shows when the next one is known. */
    private final AVPacket held = av_packet_alloc();

    private final Mat opaque = new Mat();
    private byte background;
    private long lastPts = Long.MIN_VALUE;
    private long lastDuration = 10;
    private boolean closed;

    private GifWriter(Path file, int width, int height, int loops, String palettes, boolean mayBeTransparent) {
        this.file = file;
        this.unmarked = file.resolveSibling(file.getFileName() + ".unmarked");
        this.width = width;
        this.height = height;
        this.output = new MediaOutput(unmarked, "gif");
        AVCodec codec = avcodec_find_encoder(AV_CODEC_ID_GIF);
        this.encoder = avcodec_alloc_context3(codec);
        encoder.width(width);
        encoder.height(height);
        encoder.pix_fmt(AV_PIX_FMT_PAL8);
        encoder.time_base(av_make_q(1, 100));
        encoder.thread_count(1);
        if (mayBeTransparent) {
            // a picture stored as what differs from the one before could not be cleared as a whole
            Ffmpeg.require(av_opt_set_int(encoder, "gifflags", 0, AV_OPT_SEARCH_CHILDREN), "setting the GIF's flags");
        }
        Ffmpeg.require(
                avcodec_open2(encoder, codec, (org.bytedeco.ffmpeg.avutil.AVDictionary) null),
                "opening the GIF encoder");
        this.stream = avformat_new_stream(output.context(), null);
        avcodec_parameters_from_context(stream.codecpar(), encoder);
        stream.time_base(encoder.time_base());
        setMuxer("loop", loops == 0 ? 0 : loops == 1 ? -1 : loops - 1);
        output.begin();
        buildGraph(palettes);
        frame.format(AV_PIX_FMT_BGRA);
        frame.width(width);
        frame.height(height);
        Ffmpeg.require(av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
    }

    /** @param loops how often the animation plays: 0 for ever, 1 once */
    public static GifWriter open(Path file, int width, int height, int loops) {
        OpenCv.load();
        Ffmpeg.load();
        return new GifWriter(file, width, height, loops, FINEST, true);
    }

    /** For a short small preview that plays for ever: one palette for all, and all pictures in memory until the end. */
    public static GifWriter preview(Path file, int width, int height) {
        OpenCv.load();
        Ffmpeg.load();
        return new GifWriter(file, width, height, 0, QUICKEST, false);
    }

    private void setMuxer(String option, long value) {
        Ffmpeg.require(
                av_opt_set_int(output.context(), option, value, AV_OPT_SEARCH_CHILDREN), "setting the GIF's " + option);
    }

    private void buildGraph(String palettes) {
        String arguments = "video_size=%dx%d:pix_fmt=%d:time_base=1/100:pixel_aspect=1/1"
                .formatted(width, height, AV_PIX_FMT_BGRA);
        Ffmpeg.require(
                avfilter_graph_create_filter(source, avfilter_get_by_name("buffer"), "in", arguments, null, graph),
                "filter buffer");
        Ffmpeg.require(
                avfilter_graph_create_filter(sink, avfilter_get_by_name("buffersink"), "out", null, null, graph),
                "filter buffersink");
        AVFilterInOut outputs = avfilter_inout_alloc();
        outputs.name(av_strdup(new BytePointer("in")));
        outputs.filter_ctx(source);
        outputs.pad_idx(0);
        outputs.next(null);
        AVFilterInOut inputs = avfilter_inout_alloc();
        inputs.name(av_strdup(new BytePointer("out")));
        inputs.filter_ctx(sink);
        inputs.pad_idx(0);
        inputs.next(null);
        graph.nb_threads(1);
        int parsed = avfilter_graph_parse_ptr(graph, "[in]" + palettes + "[out]", inputs, outputs, null);
        avfilter_inout_free(inputs);
        avfilter_inout_free(outputs);
        Ffmpeg.require(parsed, "the palette filters");
        Ffmpeg.require(avfilter_graph_config(graph, null), "the palette filters");
    }

    /**
     * @param bgr 8-bit BGR of the GIF's size; not kept
     * @param pts time in hundredths of a second; must increase strictly
     * @param duration hundredths of a second it is shown; counts for the last picture, the others last until the next
     */
    public void write(Mat bgr, long pts, long duration) {
        write(bgr, opaque, pts, duration);
    }

    /**
     * As {@link #write(Mat, long, long)} for a picture that is transparent in places; not for a preview.
     *
     * @param alpha 8 bits of one channel of the picture's size, below 128 transparent; empty for an opaque picture
     */
    public void write(Mat bgr, Mat alpha, long pts, long duration) {
        if (bgr.cols() != width || bgr.rows() != height || bgr.type() != CvType.CV_8UC3) {
            throw new IllegalArgumentException("a picture of %d × %d, type %s, for a GIF of %d × %d"
                    .formatted(bgr.cols(), bgr.rows(), CvType.typeToString(bgr.type()), width, height));
        }
        if (pts <= lastPts) {
            throw new IllegalArgumentException("picture times must increase: " + pts + " after " + lastPts);
        }
        lastPts = pts;
        lastDuration = Math.max(2, duration);
        Ffmpeg.require(av_frame_make_writable(frame), "av_frame_make_writable");
        copyRows(bgr, alpha);
        frame.pts(pts);
        frame.duration(lastDuration);
        Ffmpeg.require(
                av_buffersrc_add_frame_flags(source, frame, AV_BUFFERSRC_FLAG_KEEP_REF), "av_buffersrc_add_frame");
        drainGraph();
    }

    private void copyRows(Mat bgr, Mat alpha) {
        Mat rows = new Mat(
                height,
                width,
                CvType.CV_8UC4,
                frame.data(0).capacity((long) frame.linesize(0) * height).asByteBuffer(),
                frame.linesize(0));
        Imgproc.cvtColor(bgr, rows, Imgproc.COLOR_BGR2BGRA);
        if (!alpha.empty()) {
            Core.insertChannel(alpha, rows, 3);
        }
        rows.release();
    }

    private void drainGraph() {
        while (true) {
            int got = av_buffersink_get_frame(sink, paletted);
            if (got == AVERROR_EAGAIN() || got == AVERROR_EOF) {
                return;
            }
            Ffmpeg.require(got, "av_buffersink_get_frame");
            Ffmpeg.require(avcodec_send_frame(encoder, paletted), "avcodec_send_frame");
            av_frame_unref(paletted);
            drainEncoder();
        }
    }

    private void drainEncoder() {
        while (true) {
            int got = avcodec_receive_packet(encoder, packet);
            if (got == AVERROR_EAGAIN() || got == AVERROR_EOF) {
                return;
            }
            Ffmpeg.require(got, "avcodec_receive_packet");
            packet.stream_index(stream.index());
            av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            if (held.size() > 0) {
                clearBeforeTransparent();
                writeHeld();
            }
            if (packet.data().get(0) == 'G') {
                background = packet.data().get(11);
            }
            av_packet_move_ref(held, packet);
        }
    }

    private void writeHeld() {
        Ffmpeg.require(av_interleaved_write_frame(output.context(), held), "writing a packet");
    }

    /** The encoder clears after transparent pictures only: an opaque one would shine through the holes of the next. */
    private void clearBeforeTransparent() {
        int next = disposalAt(packet);
        if (next >= 0 && (packet.data().get(next) & DISPOSAL) == CLEAR) {
            Ffmpeg.require(av_packet_make_writable(held), "av_packet_make_writable");
            int at = disposalAt(held);
            if (at >= 0 && (held.data().get(at) & HAS_TRANSPARENT) == 0) {
                // FFmpeg's reader clears to the background's colour unless that is the transparent one, which the
                // palettes keep free
                held.data().put(at, (byte) (held.data().get(at) & ~DISPOSAL | CLEAR | HAS_TRANSPARENT));
                held.data().put(at + 3, background);
            }
        }
    }

    /** Where the packet of a picture says what becomes of it; −1 where it does not. The first has the file's head before. */
    private static int disposalAt(AVPacket packet) {
        BytePointer data = packet.data();
        int at = 0;
        if (data.get(0) == 'G') {
            int flags = data.get(10);
            at = 13 + ((flags & 0x80) != 0 ? 3 << (flags & 7) + 1 : 0);
        }
        boolean says =
                at + 4 < packet.size() && data.get(at) == 0x21 && (data.get(at + 1) & 255) == GRAPHIC_CONTROL_LABEL;
        return says ? at + 3 : -1;
    }

    /** Writes what is still held, the end and the synthetic mark. */
    public void finish() {
        Ffmpeg.require(av_buffersrc_add_frame_flags(source, null, 0), "av_buffersrc_add_frame");
        drainGraph();
        Ffmpeg.require(avcodec_send_frame(encoder, null), "avcodec_send_frame");
        drainEncoder();
        if (held.size() > 0) {
            writeHeld();
        }
        setMuxer("final_delay", lastDuration);
        output.end();
        output.close();
        try {
            mark();
            Files.delete(unmarked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** FFmpeg's GIF muxer writes no metadata: the comment extension goes in front of the first block. */
    private void mark() throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(unmarked));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            byte[] screen = in.readNBytes(13);
            out.write(screen);
            if ((screen[10] & 0x80) != 0) {
                out.write(in.readNBytes(3 << (screen[10] & 7) + 1));
            }
            byte[] text = SyntheticMark.TEXT.getBytes(StandardCharsets.US_ASCII);
            out.write(new byte[] {0x21, (byte) COMMENT_LABEL, (byte) text.length});
            out.write(text);
            out.write(0);
            in.transferTo(out);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        opaque.release();
        avfilter_graph_free(graph);
        av_packet_free(packet);
        av_packet_free(held);
        av_frame_free(paletted);
        av_frame_free(frame);
        avcodec_free_context(encoder);
        output.close();
    }
}
