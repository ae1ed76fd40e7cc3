package io.voice2face.face.features;

/**
 * Inputs of the voice analyser; none depends on the level of the recording.
 *
 * @param mel shape of the long-term spectrum, 85 values, natural logarithm, mean 0
 * @param mfcc mean, deviation and delta deviation of the cepstral coefficients 1..19, 57 values
 * @param f0 log2(median/165 Hz), log2(90th/10th percentile), voiced fraction
 * @param pitch the same in Hz
 */
public record VoiceFeatures(float[] mel, float[] mfcc, float[] f0, PitchStatistics pitch) {}
