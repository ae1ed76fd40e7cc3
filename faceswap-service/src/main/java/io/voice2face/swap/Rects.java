package io.voice2face.swap;

import org.opencv.core.Rect;

/** Parts of a picture, in whole pixels. */
public final class Rects {
    private Rects() {}

    /** The smallest that holds both; one of no size holds nothing. */
    public static Rect union(Rect a, Rect b) {
        if (a.empty()) {
            return b;
        }
        if (b.empty()) {
            return a;
        }
        int left = Math.min(a.x, b.x);
        int top = Math.min(a.y, b.y);
        int right = Math.max(a.x + a.width, b.x + b.width);
        int bottom = Math.max(a.y + a.height, b.y + b.height);
        return new Rect(left, top, right - left, bottom - top);
    }
}
