package io.voice2face.swap.embedded;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.imgproc.Imgproc;

/**
 * The band along the lower outline of a face, from ear to ear around the chin, laid out straight: columns run along the
 * outline from the viewer's right to the left, rows from inside the face outwards. The mesh ends at the outline; this
 * reaches beyond it.
 */
final class JawBand implements AutoCloseable {
    static final int COLUMNS = 84;
    static final int ROWS = 60;
    /** Distance of the first row from the outline, eye distances; negative inside the face. */
    private static final float FIRST = -.168f;

    private static final float LAST = .25f;
    /** Landmarks of the outline from ear to ear. */
    static final int[] OUTLINE = {
        454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234
    };

    private static final int CHIN = OUTLINE.length / 2;
    /** Standard deviation in columns of what takes the corners off the outline. */
    private static final float ROUNDING = 1.5f;

    private static final int REACH = 3;
    /** Columns and rows between the corners of the mesh of {@link #raster}. */
    private static final int MESH_COLUMNS = 28;

    private static final int MESH_ROWS = 10;

    private final float[] outline = new float[COLUMNS * 2];
    private final float[] raw = new float[COLUMNS * 2];
    private final float[] normals = new float[COLUMNS * 2];
    private final float[] lengths = new float[OUTLINE.length];
    private final float[] places = new float[COLUMNS * ROWS * 2];
    private final Mat map = new Mat(ROWS, COLUMNS, CvType.CV_32FC2);
    private float eyeDistance;

    /** Distance of a row from the outline in eye distances; negative inside the face. */
    static float distance(int row) {
        return FIRST + (LAST - FIRST) * row / (ROWS - 1);
    }

    /** First row whose distance is at least this. */
    static int rowAt(float distance) {
        return Math.max(0, Math.min(ROWS - 1, (int) Math.ceil((distance - FIRST) / (LAST - FIRST) * (ROWS - 1))));
    }

    /** Place of a column between the ears, 0..1; the chin is in the middle. */
    static float along(int column) {
        return column / (COLUMNS - 1f);
    }

    /** Lays the band along the landmarks of a face, in pixels. */
    void place(float[] xyz, float eyeDistance) {
        this.eyeDistance = eyeDistance;
        resample(xyz);
        round();
        direct(xyz);
    }

    /** Even steps along each half of the outline, so that the chin is the middle however the head is turned. */
    private void resample(float[] xyz) {
        for (int k = 1; k < OUTLINE.length; k++) {
            int a = OUTLINE[k - 1] * 3;
            int b = OUTLINE[k] * 3;
            lengths[k] = lengths[k - 1] + (float) Math.hypot(xyz[b] - xyz[a], xyz[b + 1] - xyz[a + 1]);
        }
        int k = 1;
        for (int i = 0; i < COLUMNS; i++) {
            float t = along(i) * 2;
            float length =
                    t < 1 ? t * lengths[CHIN] : lengths[CHIN] + (t - 1) * (lengths[OUTLINE.length - 1] - lengths[CHIN]);
            while (k < OUTLINE.length - 1 && lengths[k] < length) {
                k++;
            }
            float span = lengths[k] - lengths[k - 1];
            float part = span > 0 ? (length - lengths[k - 1]) / span : 0;
            int a = OUTLINE[k - 1] * 3;
            int b = OUTLINE[k] * 3;
            raw[i * 2] = xyz[a] + part * (xyz[b] - xyz[a]);
            raw[i * 2 + 1] = xyz[a + 1] + part * (xyz[b + 1] - xyz[a + 1]);
        }
    }

    private void round() {
        for (int i = 0; i < COLUMNS; i++) {
            float x = 0;
            float y = 0;
            float sum = 0;
            for (int j = -REACH; j <= REACH; j++) {
                int at = Math.max(0, Math.min(COLUMNS - 1, i + j));
                float w = (float) Math.exp(-.5f * j * j / (ROUNDING * ROUNDING));
                x += w * raw[at * 2];
                y += w * raw[at * 2 + 1];
                sum += w;
            }
            outline[i * 2] = x / sum;
            outline[i * 2 + 1] = y / sum;
        }
    }

    /** Normals that point away from the mouth. */
    private void direct(float[] xyz) {
        float mouthX = (xyz[13 * 3] + xyz[14 * 3]) / 2;
        float mouthY = (xyz[13 * 3 + 1] + xyz[14 * 3 + 1]) / 2;
        float outwards = 0;
        for (int i = 0; i < COLUMNS; i++) {
            int before = Math.max(0, i - 1) * 2;
            int after = Math.min(COLUMNS - 1, i + 1) * 2;
            float x = outline[before + 1] - outline[after + 1];
            float y = outline[after] - outline[before];
            float length = (float) Math.hypot(x, y) + 1e-6f;
            normals[i * 2] = x / length;
            normals[i * 2 + 1] = y / length;
            outwards += normals[i * 2] * (outline[i * 2] - mouthX) + normals[i * 2 + 1] * (outline[i * 2 + 1] - mouthY);
        }
        if (outwards < 0) {
            for (int i = 0; i < normals.length; i++) {
                normals[i] = -normals[i];
            }
        }
    }

    /** Point of the band in pixels: axis 0 is x, 1 is y. */
    float at(int column, float distance, int axis) {
        return outline[column * 2 + axis] + distance * eyeDistance * normals[column * 2 + axis];
    }

    /**
     * Brings the band of a picture into rows and columns.
     *
     * @param left column of the whole picture in which this part of it begins
     * @param top row
     * @param scale pixels of this part per pixel of the whole picture
     * @param band ROWS × COLUMNS, of the picture's type
     */
    void sample(Mat picture, float left, float top, float scale, Mat band) {
        for (int row = 0; row < ROWS; row++) {
            float distance = distance(row);
            for (int column = 0; column < COLUMNS; column++) {
                int o = (row * COLUMNS + column) * 2;
                places[o] = (at(column, distance, 0) + .5f - left) * scale - .5f;
                places[o + 1] = (at(column, distance, 1) + .5f - top) * scale - .5f;
            }
        }
        map.put(0, 0, places);
        Imgproc.remap(picture, band, map, new Mat(), Imgproc.INTER_LINEAR, Core.BORDER_REPLICATE, new Scalar(0));
    }

    /** A raster that finds for each pixel of a frame its place in the band, column and row. */
    static TriangleRaster raster() {
        int columns = MESH_COLUMNS + 1;
        int rows = MESH_ROWS + 1;
        float[] cells = new float[columns * rows * 2];
        for (int i = 0; i < columns * rows; i++) {
            cells[i * 2] = meshColumn(i % columns);
            cells[i * 2 + 1] = meshRow(i / columns);
        }
        int[] corners = new int[MESH_COLUMNS * MESH_ROWS * 6];
        int o = 0;
        for (int j = 0; j < MESH_ROWS; j++) {
            for (int i = 0; i < MESH_COLUMNS; i++) {
                int a = j * columns + i;
                int[] two = {a, a + columns, a + 1, a + 1, a + columns, a + columns + 1};
                System.arraycopy(two, 0, corners, o, two.length);
                o += two.length;
            }
        }
        return new TriangleRaster(corners, cells, 1);
    }

    /** Points of {@link #raster}'s mesh, as {@link #place}d: x, y and a z of 0. */
    float[] mesh() {
        int columns = MESH_COLUMNS + 1;
        float[] points = new float[columns * (MESH_ROWS + 1) * 3];
        for (int i = 0; i < points.length / 3; i++) {
            int column = meshColumn(i % columns);
            float distance = distance(meshRow(i / columns));
            points[i * 3] = at(column, distance, 0);
            points[i * 3 + 1] = at(column, distance, 1);
        }
        return points;
    }

    private static int meshColumn(int i) {
        return Math.round(i * (COLUMNS - 1f) / MESH_COLUMNS);
    }

    private static int meshRow(int j) {
        return Math.round(j * (ROWS - 1f) / MESH_ROWS);
    }

    @Override
    public void close() {
        map.release();
    }
}
