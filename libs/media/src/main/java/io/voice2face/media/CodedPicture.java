package io.voice2face.media;

import org.bytedeco.ffmpeg.avutil.AVFrame;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

/**
 * A picture as its clip codes it (yuv420p), beside the Mat that it was converted to: what nobody changes goes to the
 * writer as it came, not through BGR and back. Holds nothing where a clip is coded in another way, turned or cut. Not
 * thread-safe; {@link #close} frees native memory.
 */
public final class CodedPicture implements AutoCloseable {
    private final AVFrame frame = av_frame_alloc();
    private ColourSpace colours;

    void hold(AVFrame decoded, ColourSpace coding) {
        clear();
        Ffmpeg.require(av_frame_ref(frame, decoded), "av_frame_ref");
        colours = coding;
    }

    void clear() {
        av_frame_unref(frame);
        colours = null;
    }

    /** Copies the planes if they are of the same size and code colours in the same way; false if not. */
    boolean copyTo(AVFrame other, ColourSpace coding) {
        if (colours == null
                || !colours.codesLike(coding)
                || frame.width() != other.width()
                || frame.height() != other.height()) {
            return false;
        }
        Ffmpeg.require(av_frame_copy(other, frame), "av_frame_copy");
        return true;
    }

    @Override
    public void close() {
        av_frame_free(frame);
    }
}
