package io.voice2face.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

import static org.bytedeco.ffmpeg.global.avcodec.FF_COMPLIANCE_NORMAL;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_compare_ts;

/** Carries the sound of one clip over to another, packet for packet. */
public final class AudioTrack {
    private AudioTrack() {}

    /**
     * What became of the sound.
     *
     * @param copied number of sound streams that were carried over bit for bit
     * @param left codecs of those that mp4 cannot hold
     */
    public record Copied(int copied, List<String> left) {
        public Copied {
            left = List.copyOf(left);
        }
    }

    /**
     * Writes an mp4 with the pictures of {@code pictures} and all sound of {@code sound}; neither is encoded again, and
     * both keep their times. The result starts with its index and carries the synthetic mark.
     *
     * @param pictures a clip that {@link VideoWriter} wrote
     * @param sound the clip that the pictures were made from
     */
    public static Copied copy(Path pictures, Path sound, Path out, VisualLimits limits) {
        MediaFile pictureFile = MediaFile.check(pictures, Long.MAX_VALUE, Faults.TARGET);
        MediaFile soundFile = MediaFile.check(sound, limits.maxBytes(), Faults.TARGET);
        try (MediaInput from = MediaInput.open(soundFile, limits, Faults.TARGET);
                MediaInput clip = MediaInput.open(pictureFile, limits, Faults.TARGET);
                MediaOutput output = new MediaOutput(out, "mp4")) {
            List<String> left = new ArrayList<>();
            Source video = new Source(clip, output, AVMEDIA_TYPE_VIDEO, left);
            Source audio = new Source(from, output, AVMEDIA_TYPE_AUDIO, left);
            output.begin();
            interleave(video, audio, output);
            output.end();
            return new Copied(audio.streams.size(), left);
        }
    }

    private static void interleave(Source video, Source audio, MediaOutput output) {
        try (video;
                audio) {
            boolean pictures = video.advance();
            boolean sound = audio.advance();
            while (pictures || sound) {
                if (pictures && (!sound || video.isBefore(audio))) {
                    video.write(output);
                    pictures = video.advance();
                } else {
                    audio.write(output);
                    sound = audio.advance();
                }
            }
        }
    }

    /** The packets of one kind of stream of one container, one at a time. */
    private static final class Source implements AutoCloseable {
        private final MediaInput input;
        private final Map<Integer, AVStream> streams = new HashMap<>();
        private final AVPacket packet = av_packet_alloc();

        Source(MediaInput input, MediaOutput output, int mediaType, List<String> left) {
            this.input = input;
            for (int i = 0; i < input.context().nb_streams(); i++) {
                AVStream stream = input.stream(i);
                if (stream.codecpar().codec_type() != mediaType) {
                    continue;
                }
                int codec = stream.codecpar().codec_id();
                if (avformat_query_codec(output.context().oformat(), codec, FF_COMPLIANCE_NORMAL) != 1) {
                    left.add(avcodec_get_name(codec).getString());
                    continue;
                }
                AVStream copy = avformat_new_stream(output.context(), null);
                Ffmpeg.require(avcodec_parameters_copy(copy.codecpar(), stream.codecpar()), "avcodec_parameters_copy");
                // the tag belongs to the container it came from
                copy.codecpar().codec_tag(0);
                copy.time_base(stream.time_base());
                copy.avg_frame_rate(stream.avg_frame_rate());
                copy.disposition(stream.disposition());
                streams.put(i, copy);
            }
        }

        boolean advance() {
            while (!streams.isEmpty() && input.read(packet)) {
                if (streams.containsKey(packet.stream_index())) {
                    return true;
                }
                av_packet_unref(packet);
            }
            return false;
        }

        boolean isBefore(Source other) {
            return av_compare_ts(time(), base(), other.time(), other.base()) <= 0;
        }

        private long time() {
            return packet.dts() == AV_NOPTS_VALUE ? packet.pts() : packet.dts();
        }

        private AVRational base() {
            return input.stream(packet.stream_index()).time_base();
        }

        void write(MediaOutput output) {
            AVRational base = base();
            AVStream stream = streams.get(packet.stream_index());
            packet.stream_index(stream.index());
            packet.pos(-1);
            av_packet_rescale_ts(packet, base, stream.time_base());
            // takes the packet over
            Ffmpeg.require(av_interleaved_write_frame(output.context(), packet), "writing a packet");
        }

        @Override
        public void close() {
            av_packet_free(packet);
        }
    }
}
