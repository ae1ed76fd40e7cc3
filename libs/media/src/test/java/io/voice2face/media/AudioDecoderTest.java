package io.voice2face.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.voice2face.contracts.event.Reasons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AudioDecoderTest {
    private static final AudioLimits LIMITS = new AudioLimits(Duration.ofSeconds(60), 50L << 20);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "m4a, ipod, aac, 44100",
        "mp3, mp3, libmp3lame, 44100",
        "ogg, ogg, libopus, 48000",
        "webm, webm, libopus, 48000",
        "flac, flac, flac, 32000",
    })
    void aToneComesBackWithItsPitchAndLength(String extension, String muxer, String encoder, int sampleRate) {
        Path file = TestMedia.sound(
                folder.resolve("tone." + extension),
                muxer,
                encoder,
                TestMedia.tone(440, sampleRate, 2.5),
                sampleRate,
                true);

        MonoAudio audio = AudioDecoder.decodeMono16k(file, LIMITS);

        assertThat(audio.sampleRate()).isEqualTo(16_000);
        assertThat(audio.seconds()).isCloseTo(2.5, within(0.1));
        assertIsTone(audio, 440);
    }

    @ParameterizedTest
    @CsvSource({"8000,1", "16000,1", "44100,2", "48000,1"})
    void wavOfAnyRateAndChannels(int sampleRate, int channels) throws IOException {
        Path file = TestMedia.wav(folder.resolve("t.wav"), TestMedia.tone(300, sampleRate, 1.5), sampleRate, channels);

        MonoAudio audio = AudioDecoder.decodeMono16k(file, LIMITS);

        assertThat(audio.seconds()).isCloseTo(1.5, within(0.01));
        assertIsTone(audio, 300);
    }

    @Test
    void aBrowsersRecordingHasNoLengthAndDecodes() {
        Path file = TestMedia.sound(
                folder.resolve("r.webm"), "webm", "libopus", TestMedia.tone(440, 48_000, 2), 48_000, false);

        assertThat(MediaProbe.probe(file, VisualLimits.defaults()))
                .isInstanceOfSatisfying(MediaInfo.Audio.class, info -> {
                    assertThat(info.duration()).isEmpty();
                    assertThat(info.contentType()).isEqualTo("audio/webm");
                });
        MonoAudio audio = AudioDecoder.decodeMono16k(file, LIMITS);
        assertThat(audio.seconds()).isCloseTo(2, within(0.1));
        assertIsTone(audio, 440);
    }

    @Test
    void aRecordingOverTheLimitIsTurnedAway() throws IOException {
        Path file = TestMedia.wav(folder.resolve("t.wav"), TestMedia.tone(300, 16_000, 3), 16_000, 1);

        assertRefused(file, new AudioLimits(Duration.ofSeconds(2), 50L << 20), Reasons.VOICE_TOO_LONG, "at most 2 s");
    }

    @Test
    void aRecordingThatStopsBeforeItsHeaderSaysGivesWhatIsThere() throws IOException {
        Path whole = TestMedia.wav(folder.resolve("t.wav"), TestMedia.tone(300, 16_000, 2), 16_000, 1);

        MonoAudio audio = AudioDecoder.decodeMono16k(TestMedia.truncate(whole, folder.resolve("h.wav"), 0.5), LIMITS);

        assertThat(audio.seconds()).isCloseTo(1, within(0.01));
    }

    @Test
    void whatIsNoRecordingIsRefusedWithASentence() throws IOException {
        Path text =
                Files.writeString(folder.resolve("text.wav"), "this is only text, whatever it is called\n".repeat(50));
        Path empty = Files.createFile(folder.resolve("empty.wav"));
        Path header = Files.write(folder.resolve("header.wav"), "RIFF\0\0\0\0WAVE".getBytes());
        Path m4a =
                TestMedia.sound(folder.resolve("t.m4a"), "ipod", "aac", TestMedia.tone(440, 44_100, 2), 44_100, true);
        Path silentClip = TestMedia.clip(folder.resolve("clip.mp4"), 64, 64, 10, 3);
        Path picture = Files.write(folder.resolve("p.wav"), StillImage.encodePng(TestMedia.picture(64, 64, 0)));

        assertRefused(text, LIMITS, Reasons.UNREADABLE_VOICE, "no known media format");
        assertRefused(empty, LIMITS, Reasons.UNREADABLE_VOICE, "empty");
        assertRefused(header, LIMITS, Reasons.UNREADABLE_VOICE, "cannot be read");
        assertRefused(
                TestMedia.truncate(m4a, folder.resolve("cut.m4a"), 0.6),
                LIMITS,
                Reasons.UNREADABLE_VOICE,
                "cannot be read");
        assertRefused(silentClip, LIMITS, Reasons.UNREADABLE_VOICE, "no sound");
        assertRefused(picture, LIMITS, Reasons.UNREADABLE_VOICE, "picture");
        assertRefused(folder.resolve("nowhere.wav"), LIMITS, Reasons.UNREADABLE_VOICE, "no such file");
    }

    @Test
    void playlistsAndScriptsThatNameOtherFilesAreNotFollowed() throws IOException {
        Path wav = TestMedia.wav(folder.resolve("t.wav"), TestMedia.tone(300, 16_000, 1), 16_000, 1);
        Path concat = Files.writeString(folder.resolve("list.txt"), "ffconcat version 1.0\nfile '" + wav + "'\n");
        Path playlist = Files.writeString(
                folder.resolve("list.m3u8"),
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + wav + "\n#EXT-X-ENDLIST\n");

        assertRefused(concat, LIMITS, Reasons.UNREADABLE_VOICE, "no known media format");
        assertRefused(playlist, LIMITS, Reasons.UNREADABLE_VOICE, "no known media format");
    }

    private static void assertRefused(Path file, AudioLimits limits, String reason, String words) {
        assertThatThrownBy(() -> AudioDecoder.decodeMono16k(file, limits))
                .isInstanceOfSatisfying(MediaException.class, e -> {
                    assertThat(e.reason()).isEqualTo(reason);
                    assertThat(e).hasMessageContaining(words);
                });
    }

    /** Projects the middle of the sound on the tone: nearly all of its energy must lie there. */
    private static void assertIsTone(MonoAudio audio, double hertz) {
        int from = audio.samples().length / 4;
        int to = audio.samples().length * 3 / 4;
        double cos = 0;
        double sin = 0;
        double energy = 0;
        for (int i = from; i < to; i++) {
            double phase = 2 * Math.PI * hertz * i / audio.sampleRate();
            cos += audio.samples()[i] * Math.cos(phase);
            sin += audio.samples()[i] * Math.sin(phase);
            energy += audio.samples()[i] * audio.samples()[i];
        }
        double share = 2 * (cos * cos + sin * sin) / (to - from) / energy;
        assertThat(share).isGreaterThan(0.98);
        assertThat(Math.sqrt(2 * energy / (to - from))).isCloseTo(0.5, within(0.05));
    }
}
