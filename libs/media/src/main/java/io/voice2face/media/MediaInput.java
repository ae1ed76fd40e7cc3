package io.voice2face.media;

import java.util.Optional;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;

/**
 * An opened container, with FFmpeg held to one demuxer, the {@code file} protocol and a list of codecs, and with sizes
 * checked before FFmpeg decodes anything to learn more about the streams.
 */
final class MediaInput implements AutoCloseable {
    /** Decoders that are let near foreign bytes; the rest of FFmpeg's several hundred stays shut. */
    private static final String CODECS = String.join(
            ",",
            "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,h263,mjpeg,prores,gif,theora",
            "aac,aac_latm,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,flac,alac,ac3,eac3,amrnb,amrwb,"
                    + "libopencore_amrnb,libopencore_amrwb",
            "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_u8,pcm_f32le,pcm_f32be,pcm_f64le,"
                    + "pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav");

    private static final int AVMEDIA_TYPE_VIDEO = 0;

    private final MediaFile file;
    private final Faults faults;
    private final AVFormatContext context;
    private boolean open = true;

    private MediaInput(MediaFile file, Faults faults, AVFormatContext context) {
        this.file = file;
        this.faults = faults;
        this.context = context;
    }

    static MediaInput open(MediaFile file, VisualLimits limits, Faults faults) {
        Ffmpeg.load();
        AVFormatContext context = avformat_alloc_context();
        context.max_streams(Math.max(1, limits.maxStreams()));
        AVInputFormat demuxer = av_find_input_format(file.format().demuxer());
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.set(options, "protocol_whitelist", "file");
        Ffmpeg.set(options, "format_whitelist", demuxer.name().getString());
        Ffmpeg.set(options, "codec_whitelist", CODECS);
        Ffmpeg.set(options, "enable_drefs", "0");
        // FFmpeg frees the context itself when opening fails
        int opened = avformat_open_input(context, "file:" + file.path().toAbsolutePath(), demuxer, options);
        av_dict_free(options);
        if (opened < 0) {
            throw faults.unreadable(Ffmpeg.message(opened).toLowerCase(java.util.Locale.ROOT));
        }
        MediaInput input = new MediaInput(file, faults, context);
        try {
            input.checkSizes(limits);
            input.findStreamInfo(limits);
            input.checkSizes(limits);
            return input;
        } catch (RuntimeException e) {
            input.close();
            throw e;
        }
    }

    private void checkSizes(VisualLimits limits) {
        if (context.nb_streams() > limits.maxStreams()) {
            throw faults.tooLarge(
                    "it has %d streams, at most %d are taken".formatted(context.nb_streams(), limits.maxStreams()));
        }
        for (int i = 0; i < context.nb_streams(); i++) {
            AVCodecParameters codec = stream(i).codecpar();
            if (codec.codec_type() == AVMEDIA_TYPE_VIDEO) {
                checkSize(codec.width(), codec.height(), limits, faults);
            }
        }
    }

    static void checkSize(int width, int height, VisualLimits limits, Faults faults) {
        if (width > limits.maxWidth() || height > limits.maxHeight() || (long) width * height > limits.maxPixels()) {
            throw faults.tooLarge("%d × %d pixels, at most %d × %d and %d altogether are taken"
                    .formatted(width, height, limits.maxWidth(), limits.maxHeight(), limits.maxPixels()));
        }
    }

    private void findStreamInfo(VisualLimits limits) {
        int streams = context.nb_streams();
        AVDictionary[] perStream = new AVDictionary[streams];
        try (PointerPointer<AVDictionary> options = new PointerPointer<>(Math.max(1, streams))) {
            for (int i = 0; i < streams; i++) {
                perStream[i] = new AVDictionary(null);
                Ffmpeg.set(perStream[i], "max_pixels", Long.toString(limits.maxPixels()));
                Ffmpeg.set(perStream[i], "threads", "1");
                options.put(i, perStream[i]);
            }
            int found = avformat_find_stream_info(context, options);
            for (int i = 0; i < streams; i++) {
                // the calls replace the dictionaries, so the ones to free are those that the array names now
                AVDictionary left = options.get(AVDictionary.class, i);
                if (left != null) {
                    av_dict_free(left);
                }
            }
            if (found < 0) {
                throw faults.unreadable(Ffmpeg.message(found));
            }
        }
    }

    MediaFile file() {
        return file;
    }

    AVFormatContext context() {
        return context;
    }

    AVStream stream(int index) {
        return context.streams(index);
    }

    /** The stream that FFmpeg ranks best; cover pictures of sound files do not count as pictures. */
    Optional<AVStream> best(int mediaType) {
        int index = av_find_best_stream(context, mediaType, -1, -1, (AVCodec) null, 0);
        if (index < 0 || (stream(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            return Optional.empty();
        }
        return Optional.of(stream(index));
    }

    int count(int mediaType) {
        int count = 0;
        for (int i = 0; i < context.nb_streams(); i++) {
            if (stream(i).codecpar().codec_type() == mediaType) {
                count++;
            }
        }
        return count;
    }

    /** Length that the container declares, in microseconds. */
    Optional<Long> declaredMicros() {
        long duration = context.duration();
        return duration == AV_NOPTS_VALUE || duration <= 0 ? Optional.empty() : Optional.of(duration);
    }

    /** Opens a decoder for a stream; the caller frees it with avcodec_free_context. */
    AVCodecContext decoder(AVStream stream, long maxPixels) {
        AVCodec codec = avcodec_find_decoder(stream.codecpar().codec_id());
        if (codec == null || codec.isNull()) {
            throw faults.unsupported("no decoder for one of its streams");
        }
        AVCodecContext decoder = avcodec_alloc_context3(codec);
        Ffmpeg.require(avcodec_parameters_to_context(decoder, stream.codecpar()), "avcodec_parameters_to_context");
        decoder.pkt_timebase(stream.time_base());
        decoder.max_pixels(maxPixels);
        decoder.thread_count(1);
        AVDictionary options = new AVDictionary(null);
        Ffmpeg.set(options, "codec_whitelist", CODECS);
        int opened = avcodec_open2(decoder, codec, options);
        av_dict_free(options);
        if (opened < 0) {
            avcodec_free_context(decoder);
            throw faults.unsupported(codec.name().getString() + ": " + Ffmpeg.message(opened));
        }
        return decoder;
    }

    /** Reads the next packet of any stream; false at the end of the file. */
    boolean read(AVPacket packet) {
        int read = av_read_frame(context, packet);
        if (read == AVERROR_EOF) {
            return false;
        }
        if (read < 0) {
            throw faults.broken(Ffmpeg.message(read));
        }
        return true;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            avformat_close_input(context);
        }
    }
}
