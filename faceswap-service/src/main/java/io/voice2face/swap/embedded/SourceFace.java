package io.voice2face.swap.embedded;

import java.util.List;

import org.opencv.core.Mat;

import io.voice2face.swap.face.FaceTopology;

/**
 * A portrait, prepared: textures at three sizes, the static masks and the light of the portrait, all in the layout of
 * its own landmarks.
 */
final class SourceFace implements AutoCloseable {
    /**
     * The face at one size.
     *
     * @param pixels 8-bit, four channels: blue, green, red, and the luma of the surroundings of the pixel
     * @param scale texture pixels per source pixel
     */
    record Texture(Mat pixels, float scale) {}

    final FaceTopology topology;
    final CellLayout layout;
    final List<Texture> textures;
    /** How much of the source covers the target, 0..1 per cell. */
    final float[] cover;
    /** How much a cell is plain skin: 0 on eyes, brows, lips, nostrils and outside, 1 on cheeks. */
    final float[] skin;
    /** Natural logarithm of luma (0..255, plus a floor) per cell. */
    final float[] logLuma;
    /** Natural logarithms of blue/luma and red/luma per cell. */
    final float[] logBlue;

    final float[] logRed;
    /** Luma of the skin around each cell, 2..255. */
    final float[] base;
    /** Landmarks without pose in eye distances, x, y, z interleaved, centred on the rigid points. */
    final float[] shape;
    /** Source pixels per eye distance. */
    final float eyeDistance;
    /** Blue/luma and red/luma of the middle of the skin. */
    final float skinBlue;

    final float skinRed;
    /** Openness of each eye: lid distance over eye width, left then right. */
    final float[] eyeAspect;
    /** 0..1: the portrait has a beard along the jaw. */
    final float beard;

    SourceFace(
            FaceTopology topology,
            CellLayout layout,
            List<Texture> textures,
            float[] cover,
            float[] skin,
            float[] logLuma,
            float[] logBlue,
            float[] logRed,
            float[] base,
            float[] shape,
            float eyeDistance,
            float skinBlue,
            float skinRed,
            float[] eyeAspect,
            float beard) {
        this.topology = topology;
        this.layout = layout;
        this.textures = textures;
        this.cover = cover;
        this.skin = skin;
        this.logLuma = logLuma;
        this.logBlue = logBlue;
        this.logRed = logRed;
        this.base = base;
        this.shape = shape;
        this.eyeDistance = eyeDistance;
        this.skinBlue = skinBlue;
        this.skinRed = skinRed;
        this.eyeAspect = eyeAspect;
        this.beard = beard;
    }

    /** The texture that comes closest to one texture pixel per target pixel, rather too fine than too coarse. */
    Texture textureFor(float targetEyeDistance) {
        float ratio = targetEyeDistance / eyeDistance;
        if (ratio > 1.25f) {
            return textures.get(0);
        }
        return ratio > .6f ? textures.get(1) : textures.get(2);
    }

    @Override
    public void close() {
        textures.forEach(texture -> texture.pixels().release());
    }
}
