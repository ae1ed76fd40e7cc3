package io.voice2face.swap.pipeline;

import java.util.List;

import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.voice2face.media.CodedPicture;
import io.voice2face.swap.face.TrackedFace;

/** A picture on its way through the stages. The Mats of a few frames go round, so memory does not grow with the clip. */
final class Frame {
    /** 8-bit BGR. */
    final Mat bgr = new Mat();
    /** 8 bits of one channel, 0 transparent; empty where the picture is opaque. */
    final Mat alpha = new Mat();
    /** The same as the clip codes it, before anything was changed. */
    final CodedPicture coded = new CodedPicture();
    /** The part that may have been changed since it was read. */
    Rect changed = new Rect();
    /** Ticks of the source's time base. */
    long pts;

    long duration;
    /** Seconds since the clip's first picture. */
    double seconds;
    /** Seconds since the picture before. */
    float step;
    /** Position in the clip, from 0. */
    long index;

    List<TrackedFace> faces = List.of();
    /** How much of a swap the picture shows, 0..1; 0 where no face was swapped. */
    float swapped;

    void release() {
        bgr.release();
        alpha.release();
        coded.close();
    }
}
