package io.voice2face.inference.tensor;

import java.util.Arrays;

/**
 * How bytes become a network's numbers: {@code (x/255 − mean[c]) / std[c]}, c in the network's own channel order.
 */
public record Normalisation(double[] mean, double[] std) {
    public Normalisation {
        if (mean.length != 3 || std.length != 3 || Arrays.stream(std).anyMatch(s -> s == 0)) {
            throw new IllegalArgumentException("three means and three deviations other than 0 are needed");
        }
        mean = mean.clone();
        std = std.clone();
    }

    /** x/255. */
    public static Normalisation unit() {
        return uniform(0, 1);
    }

    /** (x/255 − mean) / std, the same for all channels. */
    public static Normalisation uniform(double mean, double std) {
        return new Normalisation(new double[] {mean, mean, mean}, new double[] {std, std, std});
    }

    /** x/127.5 − 1. */
    public static Normalisation signed() {
        return uniform(0.5, 0.5);
    }

    /** ImageNet's statistics, RGB. */
    public static Normalisation imageNet() {
        return new Normalisation(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
    }

    boolean isUniform() {
        return mean[0] == mean[1] && mean[1] == mean[2] && std[0] == std[1] && std[1] == std[2];
    }

    /** Factor for bytes. */
    double factor(int channel) {
        return 1 / (255 * std[channel]);
    }

    double offset(int channel) {
        return -mean[channel] / std[channel];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Normalisation n && Arrays.equals(mean, n.mean) && Arrays.equals(std, n.std);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
    }
}
