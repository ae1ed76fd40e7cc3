package io.voice2face.media;

import java.nio.charset.StandardCharsets;

import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

/** Small conveniences over FFmpeg's C API that several classes of this package share. */
final class Ffmpeg {
    /** JavaCPP's limit on the process's memory; read once, when its first class is loaded. */
    private static final String MEMORY_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    static {
        // By default JavaCPP refuses to allocate once the process holds twice the Java heap. OpenCV's frames and ONNX
        // Runtime's weights lie outside the heap, so a service with a small heap would stop decoding for no reason.
        if (System.getProperty(MEMORY_LIMIT) == null) {
            System.setProperty(MEMORY_LIMIT, "0");
        }
        // What is wrong with a file is said by our exceptions; FFmpeg would print it once per packet on stderr.
        av_log_set_level(AV_LOG_FATAL);
    }

    private Ffmpeg() {}

    /** Loads the native libraries and quietens FFmpeg's own log; must come before any other class of JavaCPP. */
    static void load() {
        // running the static initialiser is the work
    }

    static String message(int error) {
        try (BytePointer text = new BytePointer(256)) {
            av_strerror(error, text, text.capacity());
            // getString() would go on behind the terminator, to the pointer's limit
            byte[] bytes = new byte[256];
            text.get(bytes);
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }
    }

    static void set(AVDictionary options, String key, String value) {
        av_dict_set(options, key, value, 0);
    }

    /** For calls that fail only when the machine or our own parameters are at fault. */
    static int require(int result, String call) {
        if (result < 0) {
            throw new IllegalStateException(call + " failed: " + message(result));
        }
        return result;
    }
}
