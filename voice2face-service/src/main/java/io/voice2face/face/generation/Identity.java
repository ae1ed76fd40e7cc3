package io.voice2face.face.generation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/**
 * Who a face shows: a vector that is near N(0,1) in each dimension over people. Draws depend on nothing but their seed,
 * so that work done twice gives the same face.
 */
public record Identity(float[] values) {

    /**
     * A person drawn at random.
     *
     * @param seed any text; the same text gives the same person
     */
    public static Identity draw(int dimensions, String seed) {
        Random random = new Random(number(seed));
        float[] values = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new Identity(values);
    }

    /**
     * Another person near this one: √(1−a²)·this + a·draw, which keeps the spread over people.
     *
     * @param amount a, 0 (this person) to 1 (anyone)
     */
    public Identity varied(double amount, String seed) {
        float[] noise = draw(values.length, seed).values();
        double keep = Math.sqrt(1 - amount * amount);
        float[] varied = new float[values.length];
        for (int i = 0; i < varied.length; i++) {
            varied[i] = (float) (keep * values[i] + amount * noise[i]);
        }
        return new Identity(varied);
    }

    private static long number(String seed) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(seed.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
