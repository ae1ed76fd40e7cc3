package io.voice2face.media;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Memory that someone else owns (a Mat's rows), as FFmpeg wants to see it. */
final class NativeBytes extends BytePointer {
    NativeBytes(long address) {
        super((Pointer) null);
        this.address = address;
    }
}
