package io.voice2face.media;

import java.nio.file.Path;

import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

/** A container being written; mp4 gets its index in front (faststart) and the synthetic mark. */
final class MediaOutput implements AutoCloseable {
    private final Path file;
    private final AVFormatContext context;
    private boolean closed;

    MediaOutput(Path file, String muxer) {
        Ffmpeg.load();
        this.file = file;
        this.context = new AVFormatContext(null);
        Ffmpeg.require(
                avformat_alloc_output_context2(
                        context, null, muxer, file.toAbsolutePath().toString()),
                "avformat_alloc_output_context2");
    }

    AVFormatContext context() {
        return context;
    }

    /** Opens the file and writes the header, after the streams were added. */
    void begin() {
        AVIOContext io = new AVIOContext(null);
        Ffmpeg.require(avio_open(io, "file:" + file.toAbsolutePath(), AVIO_FLAG_WRITE), "opening " + file);
        context.pb(io);
        AVDictionary metadata = new AVDictionary(null);
        av_dict_set(metadata, "comment", SyntheticMark.TEXT, 0);
        context.metadata(metadata);
        AVDictionary options = new AVDictionary(null);
        if ("mp4".equals(context.oformat().name().getString())) {
            Ffmpeg.set(options, "movflags", "+faststart");
        }
        int written = avformat_write_header(context, options);
        av_dict_free(options);
        Ffmpeg.require(written, "writing the header of " + file);
    }

    void end() {
        Ffmpeg.require(av_write_trailer(context), "writing the end of " + file);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (context.pb() != null && !context.pb().isNull()) {
            avio_closep(context.pb());
        }
        avformat_free_context(context);
    }
}
