package io.voice2face.local;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Files that people send and that cannot become a face, made on the spot. */
final class BadInputs {
    private final Path folder;

    BadInputs(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Mono PCM of nothing but zeros, 16 kHz. */
    Path silence(double seconds) throws IOException {
        AudioFormat format = new AudioFormat(16_000, 16, 1, true, false);
        long frames = (long) (seconds * format.getFrameRate());
        byte[] zeros = new byte[(int) frames * format.getFrameSize()];
        Path file = folder.resolve("silence.wav");
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(zeros), format, frames),
                AudioFileFormat.Type.WAVE,
                file.toFile());
        return file;
    }

    /** A stretch out of the middle of a recording. */
    Path shortened(Path voice, double seconds) throws IOException, UnsupportedAudioFileException {
        Path file = folder.resolve("short.wav");
        try (AudioInputStream in = AudioSystem.getAudioInputStream(voice.toFile())) {
            AudioFormat format = in.getFormat();
            long frames = (long) (seconds * format.getFrameRate());
            in.skipNBytes(in.getFrameLength() / 3 * format.getFrameSize());
            AudioSystem.write(new AudioInputStream(in, format, frames), AudioFileFormat.Type.WAVE, file.toFile());
        }
        return file;
    }

    Path textNamedWav() throws IOException {
        return Files.writeString(folder.resolve("letter.wav"), "This is a letter, not a recording.\n".repeat(100));
    }

    Path empty(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, new byte[0]);
        return file;
    }

    /** The first part of a file. */
    Path truncated(Path whole, double part) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        Path file = folder.resolve("truncated-" + whole.getFileName());
        try (InputStream head = new ByteArrayInputStream(bytes, 0, (int) (bytes.length * part))) {
            Files.write(file, head.readAllBytes());
        }
        return file;
    }

    /** A picture with colours and no face. */
    Path faceless() throws IOException {
        BufferedImage picture = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.CYAN, 640, 480, Color.ORANGE));
        graphics.fillRect(0, 0, 640, 480);
        graphics.setColor(Color.DARK_GRAY);
        graphics.fillRect(100, 300, 440, 60);
        graphics.dispose();
        Path file = folder.resolve("faceless.png");
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }

    /** A valid PNG of one grey that is small as a file and 20,000 × 20,000 when it is decoded. */
    Path hugePng() throws IOException {
        int side = 20_000;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(side);
        fields.writeInt(side);
        // 8 bits of grey, deflate, no filter, not interlaced
        fields.write(new byte[] {8, 0, 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
            byte[] row = new byte[side + 1];
            for (int y = 0; y < side; y++) {
                deflater.write(row);
            }
        }
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return Files.write(folder.resolve("huge.png"), out.toByteArray());
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] data) throws IOException {
        DataOutputStream fields = new DataOutputStream(out);
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        try (InputStream checked =
                new SequenceInputStream(new ByteArrayInputStream(name), new ByteArrayInputStream(data))) {
            crc.update(checked.readAllBytes());
        }
        fields.writeInt(data.length);
        fields.write(name);
        fields.write(data);
        fields.writeInt((int) crc.getValue());
    }
}
