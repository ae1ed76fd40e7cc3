package io.voice2face.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;

class AudioTrackTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"a.m4a, ipod, aac, 44100", "a.mp3, mp3, libmp3lame, 44100", "a.webm, webm, libopus, 48000"})
    void soundIsCarriedOverPacketForPacket(String name, String muxer, String encoder, int sampleRate) {
        Path pictures = TestMedia.clip(folder.resolve("pictures.mp4"), 160, 120, 25, 50);
        Path sound = TestMedia.sound(
                folder.resolve(name), muxer, encoder, TestMedia.tone(440, sampleRate, 2), sampleRate, true);
        Path out = folder.resolve("out.mp4");

        AudioTrack.Copied copied = AudioTrack.copy(pictures, sound, out, VisualLimits.defaults());

        assertThat(copied).isEqualTo(new AudioTrack.Copied(1, List.of()));
        List<Sound> before = soundOf(sound);
        List<Sound> after = soundOf(out);
        assertThat(before).hasSizeGreaterThan(50);
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i).bytes()).isEqualTo(before.get(i).bytes());
        }
        assertThat(after.get(40).seconds() - after.get(0).seconds())
                .isCloseTo(
                        before.get(40).seconds() - before.get(0).seconds(), org.assertj.core.data.Offset.offset(0.002));
        MediaInfo.Video info = (MediaInfo.Video) MediaProbe.probe(out, VisualLimits.defaults());
        assertThat(info.frames()).contains(50L);
        assertThat(info.audioStreams()).isEqualTo(1);
    }

    @Test
    void aClipWithoutSoundStaysWithout() {
        Path pictures = TestMedia.clip(folder.resolve("pictures.mp4"), 160, 120, 25, 10);
        Path silent = TestMedia.clip(folder.resolve("silent.mp4"), 160, 120, 25, 10);
        Path out = folder.resolve("out.mp4");

        assertThat(AudioTrack.copy(pictures, silent, out, VisualLimits.defaults())
                        .copied())
                .isZero();
        assertThat(((MediaInfo.Video) MediaProbe.probe(out, VisualLimits.defaults())).audioStreams())
                .isZero();
    }

    @Test
    void copyingTwiceChangesNothing() {
        Path pictures = TestMedia.clip(folder.resolve("pictures.mp4"), 160, 120, 25, 50);
        Path sound =
                TestMedia.sound(folder.resolve("a.m4a"), "ipod", "aac", TestMedia.tone(440, 44_100, 2), 44_100, true);
        Path once = folder.resolve("once.mp4");
        Path twice = folder.resolve("twice.mp4");

        AudioTrack.copy(pictures, sound, once, VisualLimits.defaults());
        AudioTrack.copy(pictures, once, twice, VisualLimits.defaults());

        List<Sound> first = soundOf(once);
        List<Sound> second = soundOf(twice);
        assertThat(second).hasSameSizeAs(first);
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i).bytes()).isEqualTo(first.get(i).bytes());
            assertThat(second.get(i).seconds()).isEqualTo(first.get(i).seconds());
        }
    }

    private record Sound(byte[] bytes, double seconds) {}

    private static List<Sound> soundOf(Path file) {
        MediaFile checked = MediaFile.check(file, Long.MAX_VALUE, Faults.TARGET);
        List<Sound> packets = new ArrayList<>();
        AVPacket packet = av_packet_alloc();
        try (MediaInput input = MediaInput.open(checked, VisualLimits.defaults(), Faults.TARGET)) {
            AVStream stream = input.best(AVMEDIA_TYPE_AUDIO).orElseThrow();
            AVRational base = stream.time_base();
            while (input.read(packet)) {
                if (packet.stream_index() == stream.index()) {
                    byte[] bytes = new byte[packet.size()];
                    packet.data().get(bytes);
                    packets.add(new Sound(bytes, (double) packet.pts() * base.num() / base.den()));
                }
                av_packet_unref(packet);
            }
        } finally {
            av_packet_free(packet);
        }
        return packets;
    }
}
