package io.voice2face.inference.face;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.voice2face.inference.ModelPack;

/**
 * MediaPipe's canonical face: the mesh's points on an average head, and the triangles between them. Arrays are shared,
 * not copied: do not write into them.
 *
 * @param vertices x, y, z of the 468 points in centimetres; x to the viewer's right, y up, z towards the viewer
 * @param textureCoordinates u, v of the points, 0–1, v up
 * @param triangles three point numbers each, 898 triangles, counter-clockwise seen from outside
 */
public record CanonicalFace(float[] vertices, float[] textureCoordinates, int[] triangles) {
    private static final String FILE = "canonical-face.obj";

    /** Reads it from the face mesh's pack. */
    public static CanonicalFace read(ModelPack faceMeshPack) {
        List<float[]> vertices = new ArrayList<>();
        List<float[]> coordinates = new ArrayList<>();
        List<int[]> faces = new ArrayList<>();
        new String(faceMeshPack.read(FILE), StandardCharsets.US_ASCII).lines().forEach(line -> {
            String[] parts = line.split(" ");
            switch (parts[0]) {
                case "v" -> vertices.add(floats(parts));
                case "vt" -> coordinates.add(floats(parts));
                case "f" -> faces.add(corners(parts));
                default -> {
                    // comments
                }
            }
        });
        if (vertices.size() != MeshLandmarks.COUNT || faces.isEmpty()) {
            throw faceMeshPack.fault("has a %s with %d points".formatted(FILE, vertices.size()));
        }
        return new CanonicalFace(
                flat(vertices),
                flat(coordinates),
                faces.stream().flatMapToInt(java.util.Arrays::stream).toArray());
    }

    public int triangleCount() {
        return triangles.length / 3;
    }

    private static float[] floats(String[] parts) {
        float[] values = new float[parts.length - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(parts[i + 1]);
        }
        return values;
    }

    private static int[] corners(String[] parts) {
        int[] corners = new int[3];
        for (int i = 0; i < 3; i++) {
            corners[i] = Integer.parseInt(parts[i + 1].substring(0, parts[i + 1].indexOf('/'))) - 1;
        }
        return corners;
    }

    private static float[] flat(List<float[]> rows) {
        int length = rows.stream().mapToInt(r -> r.length).sum();
        float[] flat = new float[length];
        int at = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, flat, at, row.length);
            at += row.length;
        }
        return flat;
    }
}
