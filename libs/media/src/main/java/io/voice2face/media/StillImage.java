package io.voice2face.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Still pictures in and out: jpg, png and webp in, marked png and jpg out. */
public final class StillImage {
    private StillImage() {}

    /**
     * Reads a picture as 8-bit BGR, EXIF orientation applied. Size and completeness are checked before decoding.
     *
     * @return a Mat that the caller releases
     * @throws MediaException {@code unreadable_target}, {@code unsupported_target}, {@code broken_target},
     *     {@code target_too_large}
     */
    public static Mat read(Path file, VisualLimits limits) {
        OpenCv.load();
        MediaFile checked = MediaFile.check(file, limits.maxBytes(), Faults.TARGET);
        if (!checked.format().isStill()) {
            throw Faults.TARGET.unsupported(checked.format().contentType() + " is not a still picture");
        }
        StillHeader header = StillHeader.read(checked, limits);
        MatOfByte bytes = new MatOfByte(readAll(file));
        try {
            Mat bgr = Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_COLOR);
            if (bgr.empty() || bgr.cols() != header.shownWidth() || bgr.rows() != header.shownHeight()) {
                bgr.release();
                throw Faults.TARGET.broken("the picture does not decode");
            }
            return bgr;
        } finally {
            bytes.release();
        }
    }

    private static byte[] readAll(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A PNG with the synthetic mark in a tEXt chunk. */
    public static byte[] encodePng(Mat bgr) {
        OpenCv.load();
        byte[] png = encode(".png", bgr, new MatOfInt());
        byte[] text = ("Comment\0" + SyntheticMark.TEXT).getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(png.length + text.length + 12);
        // signature (8) and IHDR (25) come first
        out.write(png, 0, 33);
        writeInt(out, text.length);
        byte[] type = {'t', 'E', 'X', 't'};
        out.writeBytes(type);
        out.writeBytes(text);
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(text);
        writeInt(out, (int) crc.getValue());
        out.write(png, 33, png.length - 33);
        return out.toByteArray();
    }

    /**
     * A JPEG with the synthetic mark in a COM segment.
     *
     * @param quality 0–100
     */
    public static byte[] encodeJpeg(Mat bgr, int quality) {
        OpenCv.load();
        byte[] jpeg = encode(".jpg", bgr, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality));
        byte[] text = SyntheticMark.TEXT.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(jpeg.length + text.length + 4);
        out.write(jpeg, 0, 2);
        out.write(0xFF);
        out.write(0xFE);
        out.write(text.length + 2 >> 8);
        out.write(text.length + 2);
        out.writeBytes(text);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    /**
     * A picture no larger than asked for, sides kept in proportion; never enlarged.
     *
     * @return a Mat that the caller releases
     */
    public static Mat fitInto(Mat bgr, int maxWidth, int maxHeight) {
        double scale = Math.min(1, Math.min((double) maxWidth / bgr.cols(), (double) maxHeight / bgr.rows()));
        Mat small = new Mat();
        if (scale == 1) {
            bgr.copyTo(small);
        } else {
            Size size =
                    new Size(Math.max(1, Math.round(bgr.cols() * scale)), Math.max(1, Math.round(bgr.rows() * scale)));
            Mat half = new Mat();
            if (scale <= .5 && bgr.cols() % 2 == 0 && bgr.rows() % 2 == 0) {
                // exactly half first, which is many times as fast and means the same
                Imgproc.resize(bgr, half, new Size(bgr.cols() / 2., bgr.rows() / 2.), 0, 0, Imgproc.INTER_AREA);
                Imgproc.resize(half, small, size, 0, 0, Imgproc.INTER_AREA);
            } else {
                Imgproc.resize(bgr, small, size, 0, 0, Imgproc.INTER_AREA);
            }
            half.release();
        }
        return small;
    }

    private static byte[] encode(String extension, Mat bgr, MatOfInt parameters) {
        MatOfByte bytes = new MatOfByte();
        try {
            if (!Imgcodecs.imencode(extension, bgr, bytes, parameters)) {
                throw new IllegalStateException("OpenCV cannot encode " + extension);
            }
            return bytes.toArray();
        } finally {
            bytes.release();
            parameters.release();
        }
    }

    private static void writeInt(ByteArrayOutputStream out, int value) {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
    }
}
