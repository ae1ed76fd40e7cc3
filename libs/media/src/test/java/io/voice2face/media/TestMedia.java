package io.voice2face.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/** Sound and pictures made on the spot: a tone, and a soft pattern with a disc that moves. */
final class TestMedia {
    private TestMedia() {}

    static float[] tone(double hertz, int sampleRate, double seconds) {
        float[] samples = new float[(int) Math.round(sampleRate * seconds)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / sampleRate));
        }
        return samples;
    }

    static Path wav(Path file, float[] samples, int sampleRate, int channels) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(44 + samples.length * 2 * channels).order(ByteOrder.LITTLE_ENDIAN);
        int dataBytes = samples.length * 2 * channels;
        bytes.put("RIFF".getBytes()).putInt(36 + dataBytes).put("WAVEfmt ".getBytes());
        bytes.putInt(16).putShort((short) 1).putShort((short) channels).putInt(sampleRate);
        bytes.putInt(sampleRate * 2 * channels).putShort((short) (2 * channels)).putShort((short) 16);
        bytes.put("data".getBytes()).putInt(dataBytes);
        for (float sample : samples) {
            for (int c = 0; c < channels; c++) {
                bytes.putShort((short) Math.round(sample * 32767));
            }
        }
        return Files.write(file, bytes.array());
    }

    /**
     * Encodes sound with one of FFmpeg's encoders.
     *
     * @param seekable false leaves the container without length and index, as a browser's recorder does
     */
    static Path sound(Path file, String muxer, String encoderName, float[] samples, int sampleRate, boolean seekable) {
        Ffmpeg.load();
        AVFormatContext container = new AVFormatContext(null);
        Ffmpeg.require(avformat.avformat_alloc_output_context2(container, null, muxer, file.toString()), "alloc");
        AVCodec codec = avcodec.avcodec_find_encoder_by_name(encoderName);
        if (codec == null || codec.isNull()) {
            throw new IllegalStateException("no encoder " + encoderName);
        }
        AVCodecContext encoder = avcodec.avcodec_alloc_context3(codec);
        int format = codec.sample_fmts().get(0);
        for (int i = 0; codec.sample_fmts().get(i) >= 0; i++) {
            if (codec.sample_fmts().get(i) == avutil.AV_SAMPLE_FMT_FLTP) {
                format = avutil.AV_SAMPLE_FMT_FLTP;
            }
        }
        encoder.sample_rate(sampleRate);
        encoder.sample_fmt(format);
        encoder.bit_rate(64_000);
        AVChannelLayout mono = new AVChannelLayout();
        avutil.av_channel_layout_default(mono, 1);
        encoder.ch_layout(mono);
        encoder.time_base(avutil.av_make_q(1, sampleRate));
        encoder.flags(encoder.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        Ffmpeg.require(avcodec.avcodec_open2(encoder, codec, (AVDictionary) null), "open " + encoderName);
        AVStream stream = avformat.avformat_new_stream(container, null);
        avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder);
        stream.time_base(encoder.time_base());
        AVIOContext io = new AVIOContext(null);
        Ffmpeg.require(avformat.avio_open(io, "file:" + file, avformat.AVIO_FLAG_WRITE), "avio_open");
        container.pb(io);
        if (!seekable) {
            io.seekable(0);
        }
        AVDictionary options = new AVDictionary(null);
        if (!seekable && muxer.equals("webm")) {
            Ffmpeg.set(options, "live", "1");
        }
        Ffmpeg.require(avformat.avformat_write_header(container, options), "header");
        AVPacket packet = avcodec.av_packet_alloc();
        int block = encoder.frame_size() > 0 ? encoder.frame_size() : 1024;
        for (int at = 0; at < samples.length; at += block) {
            int count = Math.min(block, samples.length - at);
            AVFrame frame = avutil.av_frame_alloc();
            frame.nb_samples(count);
            frame.format(format);
            frame.ch_layout(mono);
            frame.sample_rate(sampleRate);
            Ffmpeg.require(avutil.av_frame_get_buffer(frame, 0), "buffer");
            fill(frame.data(0), format, samples, at, count);
            frame.pts(at);
            Ffmpeg.require(avcodec.avcodec_send_frame(encoder, frame), "send");
            avutil.av_frame_free(frame);
            drain(container, encoder, stream, packet);
        }
        Ffmpeg.require(avcodec.avcodec_send_frame(encoder, null), "flush");
        drain(container, encoder, stream, packet);
        Ffmpeg.require(avformat.av_write_trailer(container), "trailer");
        avformat.avio_closep(container.pb());
        avcodec.av_packet_free(packet);
        avcodec.avcodec_free_context(encoder);
        avformat.avformat_free_context(container);
        return file;
    }

    private static void fill(BytePointer data, int format, float[] samples, int at, int count) {
        if (format == avutil.AV_SAMPLE_FMT_S16 || format == avutil.AV_SAMPLE_FMT_S16P) {
            ShortPointer shorts = new ShortPointer(data);
            for (int i = 0; i < count; i++) {
                shorts.put(i, (short) Math.round(samples[at + i] * 32767));
            }
        } else if (format == avutil.AV_SAMPLE_FMT_FLT || format == avutil.AV_SAMPLE_FMT_FLTP) {
            new FloatPointer(data).put(samples, at, count);
        } else {
            throw new IllegalStateException("sample format " + format);
        }
    }

    private static void drain(AVFormatContext container, AVCodecContext encoder, AVStream stream, AVPacket packet) {
        while (avcodec.avcodec_receive_packet(encoder, packet) == 0) {
            packet.stream_index(stream.index());
            avcodec.av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            Ffmpeg.require(avformat.av_interleaved_write_frame(container, packet), "write");
        }
    }

    /** A colour gradient with a disc at a place that depends on {@code index}. */
    static Mat picture(int width, int height, int index) {
        OpenCv.load();
        Mat bgr = new Mat(height, width, CvType.CV_8UC3);
        byte[] row = new byte[width * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                row[3 * x] = (byte) (40 + 150 * x / width);
                row[3 * x + 1] = (byte) (60 + 120 * y / height);
                row[3 * x + 2] = (byte) (200 - 100 * x / width);
            }
            bgr.put(y, 0, row);
        }
        Point centre = discCentre(width, height, index);
        Imgproc.circle(bgr, centre, Math.min(width, height) / 6, new Scalar(30, 60, 220), -1, Imgproc.LINE_AA);
        Imgproc.GaussianBlur(bgr, bgr, new Size(0, 0), 1.2);
        return bgr;
    }

    static Point discCentre(int width, int height, int index) {
        return new Point(width * (0.3 + 0.4 * (index % 20) / 20.0), height * 0.35);
    }

    /** A clip of {@code frames} test pictures at a constant rate. */
    static Path clip(Path file, int width, int height, int framesPerSecond, int frames) {
        try (VideoWriter writer =
                VideoWriter.open(file, VideoWriter.Settings.constantRate(width, height, framesPerSecond))) {
            for (int i = 0; i < frames; i++) {
                Mat bgr = picture(width, height, i);
                writer.write(bgr, i, 1);
                bgr.release();
            }
            writer.finish();
        }
        return file;
    }

    static Path truncate(Path file, Path to, double share) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Files.write(to, java.util.Arrays.copyOf(all, (int) (all.length * share)));
    }

    /** A VP8 webm as a browser writes it: no length, no index. */
    static Path browserClip(Path file, int width, int height, int framesPerSecond, int frames) {
        return webm(file, width, height, framesPerSecond, frames, false);
    }

    /** @param finished whether the writer went back to put length and index in, as it does with a file */
    static Path webm(Path file, int width, int height, int framesPerSecond, int frames, boolean finished) {
        Ffmpeg.load();
        AVFormatContext container = new AVFormatContext(null);
        Ffmpeg.require(avformat.avformat_alloc_output_context2(container, null, "webm", file.toString()), "alloc");
        AVCodec codec = avcodec.avcodec_find_encoder_by_name("libvpx");
        AVCodecContext encoder = avcodec.avcodec_alloc_context3(codec);
        encoder.width(width);
        encoder.height(height);
        encoder.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
        encoder.time_base(avutil.av_make_q(1, framesPerSecond));
        encoder.bit_rate(2_000_000);
        encoder.flags(encoder.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        AVDictionary speed = new AVDictionary(null);
        Ffmpeg.set(speed, "deadline", "realtime");
        Ffmpeg.set(speed, "cpu-used", "8");
        Ffmpeg.require(avcodec.avcodec_open2(encoder, codec, speed), "open libvpx");
        AVStream stream = avformat.avformat_new_stream(container, null);
        avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder);
        stream.time_base(encoder.time_base());
        AVIOContext io = new AVIOContext(null);
        Ffmpeg.require(avformat.avio_open(io, "file:" + file, avformat.AVIO_FLAG_WRITE), "avio_open");
        container.pb(io);
        AVDictionary options = new AVDictionary(null);
        if (!finished) {
            io.seekable(0);
            Ffmpeg.set(options, "live", "1");
        }
        Ffmpeg.require(avformat.avformat_write_header(container, options), "header");
        AVPacket packet = avcodec.av_packet_alloc();
        try (YuvPlanes planes = new YuvPlanes(ColourSpace.assumedFor(height))) {
            for (int i = 0; i < frames; i++) {
                AVFrame frame = avutil.av_frame_alloc();
                frame.format(encoder.pix_fmt());
                frame.width(width);
                frame.height(height);
                Ffmpeg.require(avutil.av_frame_get_buffer(frame, 0), "buffer");
                Mat bgr = picture(width, height, i);
                planes.put(bgr, frame);
                bgr.release();
                frame.pts(i);
                Ffmpeg.require(avcodec.avcodec_send_frame(encoder, frame), "send");
                avutil.av_frame_free(frame);
                drain(container, encoder, stream, packet);
            }
        }
        Ffmpeg.require(avcodec.avcodec_send_frame(encoder, null), "flush");
        drain(container, encoder, stream, packet);
        Ffmpeg.require(avformat.av_write_trailer(container), "trailer");
        avformat.avio_closep(container.pb());
        avcodec.av_packet_free(packet);
        avcodec.avcodec_free_context(encoder);
        avformat.avformat_free_context(container);
        return file;
    }

    /** Writes a display matrix into the first track header of an mp4 (ISO/IEC 14496-12, 8.3.2). */
    static Path withMatrix(Path clip, int a, int b, int c, int d) throws IOException {
        byte[] bytes = Files.readAllBytes(clip);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("tkhd") + 4 + 40;
        ByteBuffer matrix = ByteBuffer.wrap(bytes, at, 36);
        for (int value : new int[] {a, b, 0, c, d, 0, 0, 0}) {
            matrix.putInt(value << 16);
        }
        matrix.putInt(1 << 30);
        return Files.write(clip, bytes);
    }
}
