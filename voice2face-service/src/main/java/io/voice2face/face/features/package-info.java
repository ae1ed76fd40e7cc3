/**
 * What can be measured in a voice: long-term mel spectrum, statistics of mel-frequency cepstra, fundamental frequency.
 * Pure functions of 16 kHz mono samples and a {@link io.voice2face.face.features.SpeechMask}; the constants are part of
 * the contract of the voice-analyser pack, whose coefficients were fitted with the same ones.
 */
package io.voice2face.face.features;
