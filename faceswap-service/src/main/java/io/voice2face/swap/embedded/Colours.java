package io.voice2face.swap.embedded;

/**
 * Luma and chroma ratios of gamma-coded BGR. Light is carried over in these and never as gains of red, green and blue:
 * those turn the shadow side of a nose orange.
 */
final class Colours {
    static final float BLUE = .114f;
    static final float GREEN = .587f;
    static final float RED = .299f;
    /** Keeps logarithms of dark pixels quiet. */
    static final float FLOOR = 4;

    private static final float[] LOG = new float[256 * 8 + 64];

    static {
        for (int i = 0; i < LOG.length; i++) {
            LOG[i] = (float) Math.log(i / 8. + FLOOR);
        }
    }

    private Colours() {}

    /** Splits interleaved 8-bit BGR into ln(luma), ln(blue/luma), ln(red/luma), each with the floor added. */
    static void split(byte[] bgr, int count, float[] luma, float[] blue, float[] red) {
        for (int i = 0; i < count; i++) {
            int b = bgr[i * 3] & 255;
            int g = bgr[i * 3 + 1] & 255;
            int r = bgr[i * 3 + 2] & 255;
            float y = LOG[(int) ((BLUE * b + GREEN * g + RED * r) * 8 + .5f)];
            luma[i] = y;
            blue[i] = LOG[b * 8] - y;
            red[i] = LOG[r * 8] - y;
        }
    }
}
