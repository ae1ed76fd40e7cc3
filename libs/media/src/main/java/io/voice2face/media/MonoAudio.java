package io.voice2face.media;

/**
 * Sound as numbers.
 *
 * @param samples one channel, −1…1
 * @param sampleRate Hz
 */
public record MonoAudio(float[] samples, int sampleRate) {
    public double seconds() {
        return (double) samples.length / sampleRate;
    }
}
