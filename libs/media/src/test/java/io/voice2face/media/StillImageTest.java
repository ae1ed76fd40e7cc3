package io.voice2face.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

import static org.assertj.core.api.Assertions.assertThat;

class StillImageTest {
    private static final VisualLimits LIMITS = VisualLimits.defaults();

    @TempDir
    Path folder;

    @Test
    void pngJpegAndWebpAreRead() throws IOException {
        Mat picture = TestMedia.picture(200, 150, 3);
        MatOfByte webp = new MatOfByte();
        Imgcodecs.imencode(".webp", picture, webp, new MatOfInt(Imgcodecs.IMWRITE_WEBP_QUALITY, 95));
        MatOfByte lossless = new MatOfByte();
        Imgcodecs.imencode(".webp", picture, lossless, new MatOfInt(Imgcodecs.IMWRITE_WEBP_QUALITY, 101));

        assertThat(psnr(StillImage.encodePng(picture), picture)).isGreaterThan(300);
        assertThat(psnr(StillImage.encodeJpeg(picture, 95), picture)).isGreaterThan(38);
        assertThat(psnr(webp.toArray(), picture)).isGreaterThan(36);
        assertThat(psnr(lossless.toArray(), picture)).isGreaterThan(300);
    }

    @Test
    void picturesSayThatTheyAreSynthetic() {
        Mat picture = TestMedia.picture(64, 48, 0);

        assertThat(new String(StillImage.encodePng(picture), StandardCharsets.ISO_8859_1))
                .contains("tEXtComment\0" + SyntheticMark.TEXT);
        assertThat(new String(StillImage.encodeJpeg(picture, 90), StandardCharsets.ISO_8859_1))
                .contains(SyntheticMark.TEXT);
    }

    @Test
    void exifOrientationIsApplied() throws IOException {
        Mat picture = TestMedia.picture(200, 150, 3);
        // 6: the stored picture is to be turned clockwise by 90° for showing
        Path file = Files.write(folder.resolve("o.jpg"), withOrientation(StillImage.encodeJpeg(picture, 95), 6));

        assertThat(MediaProbe.probe(file, LIMITS)).isEqualTo(new MediaInfo.Still("image/jpeg", 150, 200));
        Mat read = StillImage.read(file, LIMITS);
        Mat wanted = new Mat();
        Core.rotate(picture, wanted, Core.ROTATE_90_CLOCKWISE);
        assertThat(Core.PSNR(read, wanted)).isGreaterThan(38);
    }

    @Test
    void fittingKeepsTheProportionsAndNeverEnlarges() {
        Mat small = StillImage.fitInto(TestMedia.picture(400, 100, 0), 200, 200);
        assertThat(small.cols()).isEqualTo(200);
        assertThat(small.rows()).isEqualTo(50);
        assertThat(StillImage.fitInto(small, 1000, 1000).cols()).isEqualTo(200);
    }

    private double psnr(byte[] encoded, Mat wanted) throws IOException {
        Path file = Files.write(folder.resolve("p"), encoded);
        MediaInfo.Still info = (MediaInfo.Still) MediaProbe.probe(file, LIMITS);
        assertThat(info.width()).isEqualTo(wanted.cols());
        assertThat(info.height()).isEqualTo(wanted.rows());
        return Core.PSNR(StillImage.read(file, LIMITS), wanted);
    }

    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        ByteBuffer exif = ByteBuffer.allocate(36);
        exif.putShort((short) 0xFFE1).putShort((short) 34).put("Exif\0\0".getBytes());
        exif.put("MM".getBytes()).putShort((short) 42).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        exif.putInt(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.writeBytes(exif.array());
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }
}
