package io.voice2face.swap.embedded;

/**
 * Finds how the source must be lit to stand in the target's light. Works in ln(luma) and in ln chroma ratios on plain
 * skin: a wide normalised convolution first, then finer residuals, so that side light is followed and pores, brows and
 * wrinkles stay the source's.
 */
final class LightTransfer implements AutoCloseable {
    private static final int ANCHOR_RADIUS = 4;
    private static final int[] ANCHORS = {50, 280, 4, 5, 151, 9, 205, 425};

    /** Cells of the light grid per eye distance. */
    private static final float PER_EYE_DISTANCE = CellLayout.PER_EYE_DISTANCE / 2;

    private final SourceFace source;
    private final Planes planes = new Planes();
    /** Size of the light grid: half the layout's. */
    final int width;

    final int height;

    private final float[] targetLuma;
    private final float[] targetBlue;
    private final float[] targetRed;
    private final float[] lumaStep;
    private final float[] blueStep;
    private final float[] redStep;
    private final float[] weight;
    private final float[] robust;
    private final float[] lumaGain;
    private final float[] blueGain;
    private final float[] redGain;
    private final float[] norm;
    private final float[] work;
    private final float[][] smooth = new float[3][];
    private final float[] anchorValues = new float[1024];
    private final LipTint lips;
    private boolean started;
    private float contrast = 1;
    private float chroma = 1;
    private final float[] depthValues;
    /** {@link #depth} of the source. */
    private final float ownDepth;
    /** How far the source's luma is above that of the skin around, as a share of it. */
    private final float[] gloss;

    /** Four factors per cell of the light grid: luma, blue/luma, red/luma, and the share that bright detail keeps. */
    final float[] factors;

    LightTransfer(SourceFace source) {
        this.source = source;
        int cells = source.layout.width * source.layout.height;
        width = source.layout.width / 2;
        height = source.layout.height / 2;
        int n = width * height;
        targetLuma = new float[cells];
        targetBlue = new float[cells];
        targetRed = new float[cells];
        depthValues = new float[cells];
        lumaStep = new float[n];
        blueStep = new float[n];
        redStep = new float[n];
        weight = new float[n];
        robust = new float[n];
        lumaGain = new float[n];
        blueGain = new float[n];
        redGain = new float[n];
        norm = new float[n];
        work = new float[n];
        factors = new float[n * 4];
        gloss = new float[n];
        for (int i = 0; i < n; i++) {
            int cell = 2 * (i / width) * source.layout.width + 2 * (i % width);
            gloss[i] = (float) (Math.exp(source.logLuma[cell]) - Colours.FLOOR) / source.base[cell] - 1;
        }
        for (int i = 0; i < smooth.length; i++) {
            smooth[i] = new float[n];
        }
        ownDepth = depth(source.logLuma);
        lips = new LipTint(source, width, height);
    }

    /** Forgets the light of the frames before. */
    void reset() {
        started = false;
        lips.reset();
    }

    /** Contrast of the target's skin against the source's, about 1. */
    float contrast() {
        return contrast;
    }

    /** Share of the source's variation of colour that stays. */
    float chroma() {
        return chroma;
    }

    /** ln(luma) per layout cell of the last frame. */
    float[] targetLuma() {
        return targetLuma;
    }

    /**
     * Measures one frame.
     *
     * @param target the frame in the layout
     * @param occluded 0..1 per cell: what lies before the face
     */
    void measure(TargetSampler target, float[] occluded) {
        Colours.split(target.bgr, targetLuma.length, targetLuma, targetBlue, targetRed);
        reduce(target.seen, occluded);
        float medianLuma = anchorMedian(lumaStep);
        float medianBlue = anchorMedian(blueStep);
        float medianRed = anchorMedian(redStep);
        distrustOddColours(medianBlue, medianRed);
        System.arraycopy(weight, 0, robust, 0, weight.length);
        convolve(lumaStep, robust, .40f, medianLuma, lumaGain);
        distrustOddLuma();
        convolve(lumaStep, robust, .40f, medianLuma, lumaGain);
        allowForGloss();
        addResidual(lumaStep, lumaGain, .21f, .06f);
        addResidual(lumaStep, lumaGain, .125f, .10f);
        convolve(blueStep, robust, .40f, medianBlue, blueGain);
        addResidual(blueStep, blueGain, .21f, .10f);
        convolve(redStep, robust, .40f, medianRed, redGain);
        addResidual(redStep, redGain, .21f, .10f);
        measureContrast(medianRed);
        follow(smooth[0], lumaGain);
        follow(smooth[1], blueGain);
        follow(smooth[2], redGain);
        started = true;
        writeFactors();
        lips.follow(medianLuma);
        lips.apply(factors);
    }

    private void reduce(float[] seen, float[] occluded) {
        int stride = source.layout.width;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float w = 0;
                float l = 0;
                float b = 0;
                float r = 0;
                for (int k = 0; k < 4; k++) {
                    int i = (2 * y + (k >> 1)) * stride + 2 * x + (k & 1);
                    float one = source.skin[i] * seen[i] * (1 - occluded[i]) + 1e-6f;
                    w += one;
                    l += one * (targetLuma[i] - source.logLuma[i]);
                    b += one * (targetBlue[i] - source.logBlue[i]);
                    r += one * (targetRed[i] - source.logRed[i]);
                }
                int o = y * width + x;
                weight[o] = w / 4;
                lumaStep[o] = l / w;
                blueStep[o] = b / w;
                redStep[o] = r / w;
            }
        }
    }

    private float anchorMedian(float[] plane) {
        int count = 0;
        for (int anchor : ANCHORS) {
            int cx = Math.round(source.layout.points[anchor * 2] / 2);
            int cy = Math.round(source.layout.points[anchor * 2 + 1] / 2);
            for (int y = Math.max(0, cy - ANCHOR_RADIUS); y <= Math.min(height - 1, cy + ANCHOR_RADIUS); y++) {
                for (int x = Math.max(0, cx - ANCHOR_RADIUS); x <= Math.min(width - 1, cx + ANCHOR_RADIUS); x++) {
                    if (weight[y * width + x] > .3f && count < anchorValues.length) {
                        anchorValues[count++] = plane[y * width + x];
                    }
                }
            }
        }
        if (count == 0) {
            return 0;
        }
        return Quantile.select(anchorValues, count, count / 2);
    }

    /** Hair, beards, glasses and cloth have another colour than skin; coloured light changes wide areas and is kept. */
    private void distrustOddColours(float medianBlue, float medianRed) {
        for (int i = 0; i < weight.length; i++) {
            float b = (blueStep[i] - medianBlue) / .30f;
            float r = (redStep[i] - medianRed) / .16f;
            weight[i] *= Math.max(.04f, (float) Math.exp(-.5f * (b * b + r * r)));
        }
    }

    private void distrustOddLuma() {
        for (int i = 0; i < weight.length; i++) {
            float r = lumaStep[i] - lumaGain[i];
            float scale = r < 0 ? .28f : .40f;
            robust[i] = weight[i] / (1 + (r * r) / (scale * scale));
        }
    }

    /** The compositor will keep only a share of the gloss: what is left for the finer scales to explain changes with it. */
    private void allowForGloss() {
        for (int i = 0; i < lumaStep.length; i++) {
            float over = gloss[i];
            if (over > 0) {
                lumaStep[i] += (float) Math.log((1 + over) / (1 + over * glossShare(lumaGain[i])));
            }
        }
    }

    /** A gloss is light added, not skin multiplied: on lighter skin the same gloss is a smaller part of what is seen. */
    private static float glossShare(float gain) {
        return (float) Math.exp(gain > 0 ? -.85f * gain : -.45f * gain);
    }

    private void convolve(float[] plane, float[] w, float sigma, float fallback, float[] result) {
        double s = sigma * PER_EYE_DISTANCE;
        for (int i = 0; i < w.length; i++) {
            norm[i] = w[i];
            result[i] = w[i] * plane[i];
        }
        planes.blur(norm, width, height, s);
        planes.blur(result, width, height, s);
        float floor = .01f;
        for (int i = 0; i < w.length; i++) {
            result[i] = (result[i] + floor * fallback) / (norm[i] + floor);
        }
    }

    private void addResidual(float[] plane, float[] sum, float sigma, float floor) {
        double s = sigma * PER_EYE_DISTANCE;
        for (int i = 0; i < robust.length; i++) {
            norm[i] = robust[i];
            work[i] = robust[i] * (plane[i] - sum[i]);
        }
        planes.blur(norm, width, height, s);
        planes.blur(work, width, height, s);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += work[i] / (norm[i] + floor);
        }
    }

    /**
     * How much of the source's contrast stays. Skin detail and the depth of the darkest parts (lashes, pupils, nostrils)
     * each say how hazy the target is; how far the skin's colour varies says the same of the colours.
     */
    private void measureContrast(float redStep) {
        double target = 0;
        double own = 0;
        double targetColour = 0;
        double ownColour = 0;
        int stride = source.layout.width;
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                float w = robust[y * width + x];
                if (w > .3f) {
                    int i = 2 * y * stride + 2 * x;
                    target += w * Math.abs(highPass(targetLuma, i, stride));
                    own += w * Math.abs(highPass(source.logLuma, i, stride));
                    targetColour += w * Math.abs(highPass(targetRed, i, stride));
                    ownColour += w * Math.abs(highPass(source.logRed, i, stride));
                }
            }
        }
        double skin = own > 0 ? Math.max(.45, Math.min(1.2, Math.sqrt(target / own))) : 1;
        double depth = depth(targetLuma) / Math.max(.2, ownDepth);
        float now = (float) Math.max(.45, Math.min(1.1, .4 * skin + .6 * Math.max(.35, Math.min(1.15, depth))));
        double colour = ownColour > 0 ? targetColour / ownColour : 1;
        // haze takes the same share of every colour's saturation, and the skin's is known on both sides
        double saturation = (source.skinRed * Math.exp(redStep) - 1) / Math.max(.04, source.skinRed - 1);
        double both = Math.sqrt(colour * Math.max(.05, saturation));
        float nowColour = (float) Math.max(.25, Math.min(1.1, both));
        float rate = started ? .1f : 1f;
        contrast += rate * (now - contrast);
        chroma += rate * (nowColour - chroma);
    }

    /** How far the darkest twentieth of a face lies under its median, in ln(luma). */
    private float depth(float[] plane) {
        int count = 0;
        for (int i = 0; i < plane.length; i += 2) {
            if (source.cover[i] > .6f) {
                depthValues[count++] = plane[i];
            }
        }
        if (count < 20) {
            return 0;
        }
        return Quantile.select(depthValues, count, count / 2) - Quantile.select(depthValues, count, count / 20);
    }

    private static float highPass(float[] plane, int i, int stride) {
        return plane[i] - .25f * (plane[i - 2] + plane[i + 2] + plane[i - 2 * stride] + plane[i + 2 * stride]);
    }

    /** Smooths over time; a change of the whole picture's exposure is followed at once. */
    private void follow(float[] state, float[] now) {
        if (!started) {
            System.arraycopy(now, 0, state, 0, now.length);
            return;
        }
        double sum = 0;
        double norms = 0;
        for (int i = 0; i < now.length; i++) {
            sum += robust[i] * (now[i] - state[i]);
            norms += robust[i];
        }
        float offset = norms > 0 ? (float) (.85 * sum / norms) : 0;
        for (int i = 0; i < now.length; i++) {
            float moved = state[i] + offset;
            state[i] = moved + .35f * (now[i] - moved);
        }
    }

    private void writeFactors() {
        for (int i = 0; i < lumaGain.length; i++) {
            float gain = Math.max(-2.2f, Math.min(2.2f, smooth[0][i]));
            factors[i * 4] = (float) Math.exp(gain);
            factors[i * 4 + 1] = (float) Math.exp(Math.max(-.8f, Math.min(.8f, smooth[1][i])));
            factors[i * 4 + 2] = (float) Math.exp(Math.max(-.5f, Math.min(.5f, smooth[2][i])));
            factors[i * 4 + 3] = glossShare(gain);
        }
    }

    @Override
    public void close() {
        planes.close();
    }
}
