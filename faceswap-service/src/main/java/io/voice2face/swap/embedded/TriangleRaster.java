package io.voice2face.swap.embedded;

import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import io.voice2face.swap.face.FaceTopology;

/**
 * Draws the mesh of a frame and notes for each pixel which cell of the source's layout lies there. Runs at a reduced
 * size; a slight blur before the division by coverage takes the facets off.
 */
final class TriangleRaster implements AutoCloseable {
    private static final float BLUR = .018f;

    private final int[] corners;
    private final float[] cells;
    private final float sign;
    private final float[] normals;

    private float[] drawn = new float[0];
    private float[] depth = new float[0];
    private final Mat planes = new Mat();

    /** Left edge in frame pixels. */
    int left;
    /** Upper edge in frame pixels. */
    int top;
    /** Frame pixels per raster pixel. */
    int step;

    int width;
    int height;
    /** Four values per raster pixel: cell x, cell y, facing 0..1, coverage 0..1. */
    float[] values = new float[0];

    TriangleRaster(FaceTopology topology, CellLayout layout) {
        this(topology.corners(), layout.points, canonicalSign(topology));
    }

    /**
     * A mesh of any kind.
     *
     * @param corners three points for each triangle
     * @param cells cell of each point, x and y interleaved
     * @param sign 1 where triangles that face the viewer run clockwise as seen, −1 where they run the other way
     */
    TriangleRaster(int[] corners, float[] cells, float sign) {
        this.corners = corners;
        this.cells = cells;
        this.sign = sign;
        this.normals = new float[cells.length / 2 * 3];
    }

    /** Share of a vertex' normal that points at the viewer, −1..1. */
    float facing(int point) {
        return normals[point * 3 + 2];
    }

    /** Finds the bounds and what faces the viewer, without drawing. */
    void place(float[] xyz, float eyeDistance) {
        bound(xyz, eyeDistance);
        vertexNormals(xyz);
    }

    /** Draws landmarks in frame pixels. */
    void draw(float[] xyz, float eyeDistance) {
        place(xyz, eyeDistance);
        int n = width * height;
        if (drawn.length < n * 4) {
            drawn = new float[n * 4];
            values = new float[n * 4];
            depth = new float[n];
        }
        java.util.Arrays.fill(drawn, 0, n * 4, 0);
        java.util.Arrays.fill(depth, 0, n, Float.MAX_VALUE);
        for (int t = 0; t < corners.length; t += 3) {
            fill(xyz, corners[t], corners[t + 1], corners[t + 2]);
        }
        smooth(eyeDistance);
    }

    private void bound(float[] xyz, float eyeDistance) {
        float x0 = Float.MAX_VALUE;
        float y0 = Float.MAX_VALUE;
        float x1 = -Float.MAX_VALUE;
        float y1 = -Float.MAX_VALUE;
        for (int i = 0; i < xyz.length; i += 3) {
            x0 = Math.min(x0, xyz[i]);
            x1 = Math.max(x1, xyz[i]);
            y0 = Math.min(y0, xyz[i + 1]);
            y1 = Math.max(y1, xyz[i + 1]);
        }
        // about 50 to 90 raster pixels per eye distance, whatever the size of the face
        step = eyeDistance < 90 ? 1 : Math.max(2, Math.round(eyeDistance / 85));
        float margin = .06f * eyeDistance + 2 * step;
        left = (int) Math.floor(x0 - margin);
        top = (int) Math.floor(y0 - margin);
        width = (int) Math.ceil((x1 + margin - left) / step);
        height = (int) Math.ceil((y1 + margin - top) / step);
    }

    private void vertexNormals(float[] xyz) {
        java.util.Arrays.fill(normals, 0);
        for (int t = 0; t < corners.length; t += 3) {
            int a = corners[t] * 3;
            int b = corners[t + 1] * 3;
            int c = corners[t + 2] * 3;
            float ux = xyz[b] - xyz[a];
            float uy = xyz[b + 1] - xyz[a + 1];
            float uz = xyz[b + 2] - xyz[a + 2];
            float vx = xyz[c] - xyz[a];
            float vy = xyz[c + 1] - xyz[a + 1];
            float vz = xyz[c + 2] - xyz[a + 2];
            float nx = uy * vz - uz * vy;
            float ny = uz * vx - ux * vz;
            float nz = ux * vy - uy * vx;
            add(a, nx, ny, nz);
            add(b, nx, ny, nz);
            add(c, nx, ny, nz);
        }
        for (int i = 0; i < normals.length; i += 3) {
            float length = (float) Math.sqrt(
                    normals[i] * normals[i] + normals[i + 1] * normals[i + 1] + normals[i + 2] * normals[i + 2]);
            float scale = length > 0 ? sign / length : 0;
            normals[i] *= scale;
            normals[i + 1] *= scale;
            normals[i + 2] *= scale;
        }
    }

    /** Which way round the triangles run is a matter of the mesh: its first one says it. */
    private static float canonicalSign(FaceTopology topology) {
        int a = topology.corner(0, 0);
        int b = topology.corner(0, 1);
        int c = topology.corner(0, 2);
        float ux = topology.canonical(b, 0) - topology.canonical(a, 0);
        float uy = topology.canonical(b, 1) - topology.canonical(a, 1);
        float vx = topology.canonical(c, 0) - topology.canonical(a, 0);
        float vy = topology.canonical(c, 1) - topology.canonical(a, 1);
        return ux * vy - uy * vx > 0 ? 1 : -1;
    }

    private void add(int i, float x, float y, float z) {
        normals[i] += x;
        normals[i + 1] += y;
        normals[i + 2] += z;
    }

    private void fill(float[] xyz, int a, int b, int c) {
        float facing = normals[a * 3 + 2] + normals[b * 3 + 2] + normals[c * 3 + 2];
        if (facing <= 0) {
            return;
        }
        float half = (step - 1) * .5f;
        float ax = (xyz[a * 3] - left - half) / step;
        float ay = (xyz[a * 3 + 1] - top - half) / step;
        float bx = (xyz[b * 3] - left - half) / step;
        float by = (xyz[b * 3 + 1] - top - half) / step;
        float cx = (xyz[c * 3] - left - half) / step;
        float cy = (xyz[c * 3 + 1] - top - half) / step;
        float area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
        if (Math.abs(area) < 1e-5f) {
            return;
        }
        int x0 = Math.max(0, (int) Math.floor(Math.min(ax, Math.min(bx, cx))));
        int x1 = Math.min(width - 1, (int) Math.ceil(Math.max(ax, Math.max(bx, cx))));
        int y0 = Math.max(0, (int) Math.floor(Math.min(ay, Math.min(by, cy))));
        int y1 = Math.min(height - 1, (int) Math.ceil(Math.max(ay, Math.max(by, cy))));
        float w1dx = (cy - ay) / area;
        float w1dy = -(cx - ax) / area;
        float w2dx = -(by - ay) / area;
        float w2dy = (bx - ax) / area;
        for (int y = y0; y <= y1; y++) {
            float w1 = (x0 - ax) * w1dx + (y - ay) * w1dy;
            float w2 = (x0 - ax) * w2dx + (y - ay) * w2dy;
            int i = y * width + x0;
            for (int x = x0; x <= x1; x++, i++, w1 += w1dx, w2 += w2dx) {
                float w0 = 1 - w1 - w2;
                if (w0 < -1e-3f || w1 < -1e-3f || w2 < -1e-3f) {
                    continue;
                }
                float z = w0 * xyz[a * 3 + 2] + w1 * xyz[b * 3 + 2] + w2 * xyz[c * 3 + 2];
                if (z < depth[i]) {
                    depth[i] = z;
                    write(i * 4, a, b, c, w0, w1, w2);
                }
            }
        }
    }

    private void write(int o, int a, int b, int c, float w0, float w1, float w2) {
        float[] p = cells;
        drawn[o] = w0 * p[a * 2] + w1 * p[b * 2] + w2 * p[c * 2];
        drawn[o + 1] = w0 * p[a * 2 + 1] + w1 * p[b * 2 + 1] + w2 * p[c * 2 + 1];
        drawn[o + 2] = w0 * normals[a * 3 + 2] + w1 * normals[b * 3 + 2] + w2 * normals[c * 3 + 2];
        drawn[o + 3] = 1;
    }

    private void smooth(float eyeDistance) {
        planes.create(height, width, CvType.CV_32FC4);
        planes.put(0, 0, drawn);
        Imgproc.GaussianBlur(planes, planes, new Size(0, 0), Math.max(.5, BLUR * eyeDistance / step));
        planes.get(0, 0, values);
        int n = width * height * 4;
        for (int i = 0; i < n; i += 4) {
            float coverage = values[i + 3];
            if (coverage > 1e-3f) {
                values[i] /= coverage;
                values[i + 1] /= coverage;
                values[i + 2] /= coverage;
            } else {
                values[i] = -1e4f;
                values[i + 1] = -1e4f;
                values[i + 3] = 0;
            }
        }
    }

    @Override
    public void close() {
        planes.release();
    }
}
