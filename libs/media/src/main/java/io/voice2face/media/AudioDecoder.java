package io.voice2face.media;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

/**
 * Decodes wav, mp3, m4a, aac, flac, ogg and webm sound (browser recordings without a duration too, and the sound of a
 * clip) to one channel at 16 kHz.
 */
public final class AudioDecoder implements AutoCloseable {
    /** Hz of what comes out. */
    public static final int SAMPLE_RATE = 16_000;
    /** More broken packets than this share make a recording unreadable; a few are passed over. */
    private static final double BROKEN_SHARE = 0.1;

    private static final VisualLimits CONTAINER =
            new VisualLimits(8192, 8192, 1L << 26, Duration.ofDays(1), Long.MAX_VALUE, 8, Long.MAX_VALUE);

    private final MediaInput input;
    private final AVStream stream;
    private final AVCodecContext decoder;
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final AVChannelLayout mono = new AVChannelLayout();
    private final PointerPointer<FloatPointer> planes = new PointerPointer<>(1);
    private final long maxSamples;
    private SwrContext resampler;
    private int inputRate;
    private int inputChannels;
    private int inputFormat;
    private FloatPointer block = new FloatPointer(8192L);
    private float[] samples = new float[SAMPLE_RATE * 8];
    private int count;
    private long packets;
    private long brokenPackets;

    private AudioDecoder(MediaInput input, AVStream stream, AudioLimits limits) {
        this.input = input;
        this.stream = stream;
        this.maxSamples = limits.maxDuration().toMillis() * SAMPLE_RATE / 1000;
        this.decoder = input.decoder(stream, 1L << 26);
        av_channel_layout_default(mono, 1);
    }

    /**
     * Decodes a whole recording.
     *
     * @throws MediaException {@code unreadable_voice}, {@code voice_too_long}
     */
    public static MonoAudio decodeMono16k(Path file, AudioLimits limits) {
        MediaFile checked = MediaFile.check(file, limits.maxBytes(), Faults.VOICE);
        if (checked.format().demuxer().isEmpty() || checked.format() == MediaFormat.GIF) {
            throw Faults.VOICE.unreadable("it is a picture (" + checked.format().contentType() + ")");
        }
        try (MediaInput input = MediaInput.open(checked, CONTAINER, Faults.VOICE)) {
            AVStream stream =
                    input.best(AVMEDIA_TYPE_AUDIO).orElseThrow(() -> Faults.VOICE.unreadable("it holds no sound"));
            try (AudioDecoder decoder = new AudioDecoder(input, stream, limits)) {
                return decoder.decode(limits);
            }
        }
    }

    private MonoAudio decode(AudioLimits limits) {
        while (input.read(packet)) {
            if (packet.stream_index() == stream.index()) {
                packets++;
                if (avcodec_send_packet(decoder, packet) < 0) {
                    brokenPackets++;
                } else {
                    receive();
                }
            }
            av_packet_unref(packet);
            if (count > maxSamples) {
                throw Faults.VOICE.tooLong(
                        "at most %d s are taken".formatted(limits.maxDuration().toSeconds()));
            }
        }
        avcodec_send_packet(decoder, null);
        receive();
        resample(null);
        if (count == 0 || brokenPackets > packets * BROKEN_SHARE) {
            throw Faults.VOICE.unreadable("its sound does not decode");
        }
        return new MonoAudio(Arrays.copyOf(samples, (int) Math.min(count, maxSamples)), SAMPLE_RATE);
    }

    private void receive() {
        while (true) {
            int received = avcodec_receive_frame(decoder, frame);
            if (received == AVERROR_EAGAIN() || received == AVERROR_EOF) {
                return;
            }
            if (received < 0) {
                brokenPackets++;
                return;
            }
            resample(frame);
        }
    }

    /** A frame, or the resampler's rest when there is none. */
    private void resample(AVFrame from) {
        if (from != null) {
            followFormat(from);
        } else if (resampler == null) {
            return;
        }
        int given = from == null ? 0 : from.nb_samples();
        int most = swr_get_out_samples(resampler, given);
        if (block.capacity() < most) {
            block.close();
            block = new FloatPointer(most);
        }
        planes.put(0, block);
        int made = swr_convert(resampler, planes, most, from == null ? null : from.extended_data(), given);
        append(Ffmpeg.require(made, "swr_convert"));
    }

    /** Recordings may change their rate or channels on the way (chained ogg). */
    private void followFormat(AVFrame from) {
        int channels = from.ch_layout().nb_channels();
        if (resampler != null
                && inputRate == from.sample_rate()
                && inputChannels == channels
                && inputFormat == from.format()) {
            return;
        }
        if (resampler != null) {
            resample(null);
            swr_free(resampler);
        }
        if (from.sample_rate() <= 0 || channels <= 0) {
            throw Faults.VOICE.unreadable("its sound has no sample rate");
        }
        inputRate = from.sample_rate();
        inputChannels = channels;
        inputFormat = from.format();
        AVChannelLayout layout = new AVChannelLayout();
        // an unspecified order cannot be mixed down, the usual one of that many channels can
        av_channel_layout_default(layout, channels);
        resampler = new SwrContext(null);
        Ffmpeg.require(
                swr_alloc_set_opts2(
                        resampler,
                        mono,
                        AV_SAMPLE_FMT_FLT,
                        SAMPLE_RATE,
                        layout,
                        from.format(),
                        from.sample_rate(),
                        0,
                        null),
                "swr_alloc_set_opts2");
        // channels are averaged: without this, two equal ones would come out √2 times as loud
        Ffmpeg.require(av_opt_set_double(resampler, "rematrix_maxval", 1, 0), "rematrix_maxval");
        Ffmpeg.require(swr_init(resampler), "swr_init");
        av_channel_layout_uninit(layout);
    }

    private void append(int made) {
        if (made == 0) {
            return;
        }
        if (count + made > samples.length) {
            samples = Arrays.copyOf(samples, Math.max(samples.length * 2, count + made));
        }
        FloatBuffer buffer = block.position(0).limit(made).asBuffer();
        buffer.get(samples, count, made);
        block.limit(block.capacity());
        count += made;
    }

    @Override
    public void close() {
        if (resampler != null) {
            swr_free(resampler);
        }
        av_channel_layout_uninit(mono);
        planes.close();
        block.close();
        av_frame_free(frame);
        av_packet_free(packet);
        avcodec_free_context(decoder);
    }
}
