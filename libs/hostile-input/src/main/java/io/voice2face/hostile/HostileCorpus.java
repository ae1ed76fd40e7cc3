package io.voice2face.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes input that was not sent to be processed. Every run makes the same. */
public final class HostileCorpus {
    private static final String BOUNDARY = "----corpus";
    private static final String TEMPLATE_PLACE = "@template@";

    private final String token;
    private final String template;
    private final byte[] goodVoice;
    private final Bait bait;
    private final List<Case> cases = new ArrayList<>();
    private final Random random = new Random(5);

    /** Something to be sent. {@code media}: a form that may be accepted and must then end as REJECTED. */
    public record Case(String name, byte[] request, boolean media) {}

    /**
     * @param template id of a template that exists
     * @param goodVoice recording for the cases whose target is the hostile part
     */
    public HostileCorpus(String token, String template, byte[] goodVoice, Bait bait) {
        this.token = token;
        this.template = template;
        this.goodVoice = goodVoice;
        this.bait = bait;
    }

    /** All cases, in the same order every time. */
    public List<Case> make() {
        voices();
        targets();
        referring();
        names();
        fields();
        forms();
        json();
        paths();
        headers();
        return cases;
    }

    private void voices() {
        voice("text", text("this is no sound"));
        voice("one byte", new byte[] {1});
        voice("zeros", new byte[4096]);
        voice("noise", noise(20_000));
        voice("wav without chunks", text("RIFF\0\0\0\0WAVE"));
        voice("wav of ten hours by its header", wav(1, 16_000, 16, 36_000 * 32_000L, new byte[320]));
        voice("wav without channels", wav(0, 16_000, 16, 3200, new byte[3200]));
        voice("wav of 65535 channels", wav(65_535, 16_000, 16, 3200, new byte[3200]));
        voice("wav without a rate", wav(1, 0, 16, 3200, new byte[3200]));
        voice("wav of 4 GHz", wav(1, 0xFFFFFFFF, 16, 3200, new byte[3200]));
        voice("wav of 13 bits", wav(1, 16_000, 13, 3200, new byte[3200]));
        voice("wav of silence", wav(1, 16_000, 16, 160_000, new byte[160_000]));
        voice("wav of 0.2 s", wav(1, 16_000, 16, 6_400, noise(6_400)));
        voice("wav with nothing in it", wav(1, 16_000, 16, 0, new byte[0]));
        voice("mp3 frames of noise", join(bytes(0xFF, 0xFB, 0x90, 0x64), noise(8_000)));
        voice("id3 of 256 MB", join(text("ID3"), bytes(4, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F), noise(500)));
        voice("ogg cut after its first page", join(text("OggS"), new byte[23]));
        voice("webm cut after its header", join(bytes(0x1A, 0x45, 0xDF, 0xA3), noise(200)));
        voice("flac cut after its header", join(text("fLaC"), noise(100)));
        voice("m4a that is a file type alone", box("ftyp", text("M4A \0\0\0\0")));
        voice(
                "m4a with a box of 4 GB",
                join(box("ftyp", text("M4A \0\0\0\0")), bytes(0xFF, 0xFF, 0xFF, 0xFF), text("moov")));
        voice("m4a of boxes in boxes", join(box("ftyp", text("M4A \0\0\0\0")), nested(500)));
        voice("gzip bomb", gzip(new byte[20_000_000]));
        voice("zip bomb", zip(new byte[20_000_000]));
        voice("html", text("<html><script>alert(1)</script></html>"));
        voice("pdf", text("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"));
        voice("elf", join(bytes(0x7F, 'E', 'L', 'F'), noise(300)));
        voice("shell script", text("#!/bin/sh\ntouch /tmp/" + bait.marker() + "\n"));
        voice("picture", png(8, 8, 8, new byte[8 * 25]));
        voice("gif that is a zip as well", join(text("GIF89a"), bytes(1, 0, 1, 0, 0, 0, 0, 0x3B), zip(text("x"))));
        voice("wav that is html as well", join(wav(1, 16_000, 16, 40, new byte[40]), text("<html><script>1</script>")));
        voice("utf-16", "RIFF WAVE".getBytes(StandardCharsets.UTF_16));
        voice("midi", join(text("MThd"), bytes(0, 0, 0, 6, 0, 1, 0, 1, 0, 96)));
        voice("aiff cut", join(text("FORM"), bytes(0, 0, 1, 0), text("AIFF")));
        voice("tar", Arrays.copyOf(text("../../../etc/cron.d/x"), 1024));
    }

    private void targets() {
        target("text", text("no picture"));
        target("png bomb of 20000 by 20000", pngBomb(20_000, 20_000));
        target("png of 1 by 100000", png(1, 100_000, 8, new byte[400_000]));
        target("png of 100000 by 1", png(100_000, 1, 8, new byte[300_001]));
        target("png of 2^31 by 2^31", png(0x7FFFFFFF, 0x7FFFFFFF, 8, new byte[100]));
        target("png without size", png(0, 0, 8, new byte[1]));
        target("png cut", Arrays.copyOf(png(64, 64, 8, new byte[64 * 193]), 60));
        target("png with a wrong checksum", flipped(png(64, 64, 8, new byte[64 * 193])));
        target("png with a text bomb", pngWithTextBomb());
        target("picture without a face", png(64, 64, 8, new byte[64 * 193]));
        target("jpeg of 65535 by 65535", jpegHeader(65_535, 65_535));
        target("jpeg cut", Arrays.copyOf(jpegHeader(64, 64), 20));
        target(
                "gif of 65535 by 65535",
                join(
                        text("GIF89a"),
                        bytes(
                                0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0x2C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 1,
                                0x4C, 0, 0x3B)));
        target("gif of 20000 frames", gifOfManyFrames(20_000));
        target("gif cut", text("GIF89a\1\0\1\0"));
        target("gif without size", join(text("GIF89a"), bytes(0, 0, 0, 0, 0, 0, 0, 0x3B)));
        target("webp cut", text("RIFF\20\0\0\0WEBPVP8 "));
        target(
                "bmp of 2^31",
                join(text("BM"), new byte[16], bytes(0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F), new byte[30]));
        target("tiff cut", bytes('I', 'I', 42, 0, 8, 0, 0, 0, 0xFF, 0xFF));
        target("ico", bytes(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 32, 0));
        target("svg with a script", text("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>"));
        target("mp4 that is a file type alone", box("ftyp", text("isom\0\0\2\0")));
        target(
                "mp4 cut in its index",
                join(box("ftyp", text("isom\0\0\2\0")), bytes(0, 0, 0x10, 0), text("moov"), noise(50)));
        target("mp4 of boxes in boxes", join(box("ftyp", text("isom\0\0\2\0")), nested(2_000)));
        target("mp4 of a sound alone", box("ftyp", text("M4A \0\0\0\0")));
        target("heic without contents", box("ftyp", text("heic\0\0\0\0")));
        target("avi cut", text("RIFF\0\0\0\0AVI LIST"));
        target("mpeg-ts noise", join(bytes(0x47, 0x40, 0, 0x10), noise(1_000)));
        target("html", text("<img src=x onerror=alert(1)>"));
        target("zip", zip(text("x")));
        target("noise", noise(50_000));
        target("one byte", bytes(0x89));
        target("a voice", goodVoice);
    }

    /** Formats that send a reader elsewhere: to the bait's file, and to its address. */
    private void referring() {
        for (String there : List.of(
                bait.file().toString(),
                bait.file().getPath(),
                bait.address() + "/a.ts",
                "concat:" + bait.file().getPath(),
                "subfile,,start,0,end,0,,:" + bait.file().getPath(),
                "tcp" + bait.address().toString().substring("http".length()))) {
            String where = there.startsWith("http") ? "an address" : there.replaceAll("[^a-z,:].*", "");
            elsewhere("playlist to " + where, text("#EXTM3U\n#EXTINF:10,\n" + there + "\n#EXT-X-ENDLIST\n"));
            elsewhere("concat file to " + where, text("ffconcat version 1.0\nfile '" + there + "'\n"));
        }
        for (String there : List.of(bait.file().toString(), bait.address() + "/a")) {
            String where = there.startsWith("http") ? "an address" : "a file";
            elsewhere(
                    "hls key at " + where,
                    text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-KEY:METHOD=AES-128,URI=\"" + there
                            + "\"\n#EXTINF:10,\n" + there + "\n#EXT-X-ENDLIST\n"));
            elsewhere("hls master with " + where, text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + there + ".m3u8\n"));
            elsewhere("pls of " + where, text("[playlist]\nFile1=" + there + "\nNumberOfEntries=1\n"));
            elsewhere(
                    "asx of " + where, text("<asx version=\"3.0\"><entry><ref href=\"" + there + "\"/></entry></asx>"));
            elsewhere("dash of " + where, text("<?xml version=\"1.0\"?><MPD><BaseURL>" + there + "</BaseURL></MPD>"));
            elsewhere("smil of " + where, text("<smil><body><audio src=\"" + there + "\"/></body></smil>"));
            elsewhere(
                    "xspf of " + where,
                    text("<playlist><trackList><track><location>" + there
                            + "</location></track></trackList></playlist>"));
            elsewhere("ram of " + where, text(there + "\n"));
            elsewhere(
                    "xml entity of " + where,
                    text("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"" + there + "\">]><a>&b;</a>"));
            target(
                    "svg entity of " + where,
                    text("<!DOCTYPE svg [<!ENTITY x SYSTEM \"" + there + "\">]><svg>&x;</svg>"));
            target("svg picture of " + where, text("<svg><image href=\"" + there + "\"/></svg>"));
            elsewhere("mp4 with its data in " + where, mp4WithDataElsewhere(there));
            elsewhere("quicktime that refers to " + where, referenceMovie(there));
            voice("id3 picture at " + where, id3Link(there));
        }
        int port = bait.address().getPort();
        elsewhere(
                "sdp",
                text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio " + port + " RTP/AVP 0\n"));
        elsewhere("rtsp redirect", text("RTSPtext\nrtsp://127.0.0.1:" + port + "/a\n"));
        for (String field : List.of("voice", "target", "template")) {
            form(
                    field + " as an address",
                    parts(field(field, bait.address() + "/" + field), good("age"), good("gender")));
        }
    }

    private void elsewhere(String name, byte[] contents) {
        voice(name, contents);
        target(name, contents);
    }

    private static byte[] mp4WithDataElsewhere(String there) {
        byte[] location = box("url ", join(bytes(0, 0, 0, 0), text(there + "\0")));
        byte[] references = box("dref", join(bytes(0, 0, 0, 0, 0, 0, 0, 1), location));
        byte[] track = box("trak", box("mdia", box("minf", box("dinf", references))));
        return join(box("ftyp", text("qt  \0\0\2\0")), box("moov", track));
    }

    private static byte[] referenceMovie(String there) {
        byte[] url = text(there + "\0");
        byte[] reference = box(
                "rdrf",
                join(
                        bytes(0, 0, 0, 0),
                        text("url "),
                        ByteBuffer.allocate(4).putInt(url.length).array(),
                        url));
        return join(box("ftyp", text("qt  \0\0\2\0")), box("moov", box("rmra", box("rmda", reference))));
    }

    /** An attached picture whose type {@code -->} says that it is an address. */
    private static byte[] id3Link(String there) {
        byte[] picture = join(bytes(0), text("-->\0"), bytes(3, 0), text(there));
        byte[] frame =
                join(text("APIC"), ByteBuffer.allocate(4).putInt(picture.length).array(), bytes(0, 0), picture);
        return join(text("ID3"), bytes(3, 0, 0, 0, 0, frame.length >> 7, frame.length & 0x7F), frame, new byte[200]);
    }

    private void names() {
        for (String name : List.of(
                "../../../../etc/passwd",
                "/etc/passwd",
                "..\\..\\windows\\system.ini",
                "a\0b.wav",
                "voice.wav;rm -rf",
                "con",
                ".",
                "..",
                "",
                " ",
                "a".repeat(5_000),
                "\u202Evaw.exe",
                "%2e%2e%2fx",
                "../../../../tmp/" + bait.marker(),
                "/tmp/" + bait.marker(),
                "$(touch /tmp/" + bait.marker() + ")",
                "`touch /tmp/" + bait.marker() + "`",
                ";touch /tmp/" + bait.marker() + ";.wav",
                bait.address() + "/v.wav",
                "'; drop table account; --",
                "<script>",
                "file:///etc/passwd",
                "|ls",
                "-i",
                "voice\r\nX: y.wav")) {
            media(
                    "name " + shown(name),
                    parts(
                            filePart("voice", name, "audio/wav", text("no sound under a strange name")),
                            good("age"),
                            good("gender"),
                            good("template")));
        }
        for (String type :
                List.of("text/html", "image/svg+xml", "application/x-sh", "a/b; charset=\0", "x".repeat(3_000), "")) {
            media(
                    "type " + shown(type),
                    parts(
                            filePart("voice", "voice.wav", type, text("no sound of a strange type")),
                            good("age"),
                            good("gender"),
                            good("template")));
        }
    }

    private void fields() {
        for (String age : List.of(
                "",
                "abc",
                "-1",
                "17",
                "101",
                "1e2",
                "\uFF13\uFF10",
                "30;1",
                "0x1E",
                "99999999999",
                "NaN",
                "30.5",
                "[30]")) {
            form("age " + shown(age), parts(voicePart(), field("age", age), good("gender"), good("template")));
        }
        for (String gender : List.of("", "FEMALE", "none", "female\0", "male,female", "{}")) {
            form("gender " + shown(gender), parts(voicePart(), good("age"), field("gender", gender), good("template")));
        }
        for (String tone : List.of("0", "11", "-3", "a", "5.5", "1000000")) {
            form(
                    "skin tone " + shown(tone),
                    parts(voicePart(), good("age"), good("gender"), good("template"), field("skinTone", tone)));
        }
        for (String wish : List.of("1", "yes", "TRUE", "null", "[true]", "true,false", "x".repeat(7_000))) {
            form(
                    "gif preview " + shown(wish),
                    parts(voicePart(), good("age"), good("gender"), good("template"), field("gifPreview", wish)));
        }
        for (String wanted :
                List.of("no-such", "../" + TEMPLATE_PLACE, "templates.json", "%00", "' or 1=1", "a".repeat(7_000))) {
            form(
                    "template " + shown(wanted),
                    parts(voicePart(), good("age"), good("gender"), field("template", wanted)));
        }
    }

    private void forms() {
        form("nothing", parts());
        form("no voice", parts(good("age"), good("gender"), good("template")));
        form("voice as a field", parts(field("voice", "hello"), good("age"), good("gender"), good("template")));
        form(
                "empty voice",
                parts(
                        filePart("voice", "v.wav", "audio/wav", new byte[0]),
                        good("age"),
                        good("gender"),
                        good("template")));
        form("two voices", parts(voicePart(), voicePart(), good("age"), good("gender"), good("template")));
        form("two ages", parts(voicePart(), good("age"), good("age"), good("gender"), good("template")));
        form("two templates", parts(voicePart(), good("age"), good("gender"), good("template"), good("template")));
        form(
                "template and target",
                parts(
                        voicePart(),
                        filePart("target", "t.png", "image/png", png(8, 8, 8, new byte[200])),
                        good("age"),
                        good("gender"),
                        good("template")));
        form("neither template nor target", parts(voicePart(), good("age"), good("gender")));
        form(
                "a field of 100 kB",
                parts(voicePart(), good("age"), good("gender"), field("template", "x".repeat(100_000))));
        byte[][] many = new byte[500][];
        Arrays.setAll(many, i -> field("extra" + i, "x"));
        form("500 fields", parts(many));
        form(
                "part without a name",
                join(text(
                        "--" + BOUNDARY + "\r\nContent-Disposition: form-data\r\n\r\nx\r\n--" + BOUNDARY + "--\r\n")));
        form("part without headers", text("--" + BOUNDARY + "\r\n\r\nx\r\n--" + BOUNDARY + "--\r\n"));
        form(
                "part with a header of 20 kB",
                text("--" + BOUNDARY + "\r\nX: " + "y".repeat(20_000) + "\r\n\r\nx\r\n--" + BOUNDARY + "--\r\n"));
        form(
                "form without an end",
                text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"age\"\r\n\r\n30"));
        form("only line ends", text("\r\n".repeat(1_000)));
        call("form without a boundary", "POST", "/api/v1/requests", "multipart/form-data", parts(good("age")));
        call(
                "form with another boundary",
                "POST",
                "/api/v1/requests",
                "multipart/form-data; boundary=other",
                parts(good("age")));
        call("form as json", "POST", "/api/v1/requests", "application/json", text("{\"age\":30}"));
        call("form without a type", "POST", "/api/v1/requests", "", parts(good("age")));
        call(
                "form url-encoded",
                "POST",
                "/api/v1/requests",
                "application/x-www-form-urlencoded",
                text("age=30&gender=female"));
        call(
                "multipart/mixed",
                "POST",
                "/api/v1/requests",
                "multipart/mixed; boundary=" + BOUNDARY,
                parts(good("age")));
    }

    private void json() {
        String sure = "\"consent\":{\"version\":\"2026-11\"}";
        List<String> bodies = List.of(
                "",
                "null",
                "[]",
                "1",
                "\"x\"",
                "{",
                "{\"email\":",
                "{}",
                "{\"email\":{}}",
                "{\"email\":[\"a\"],\"password\":1}",
                "[".repeat(50_000),
                "{\"a\":".repeat(20_000),
                "{\"email\":NaN}",
                "\uFEFF{}x",
                "{\"email\":\"a@b.example\"} trailing {",
                "{\"email\":\"a@b.example\",\"password\":\"short\"," + sure + "}",
                "{\"email\":\"not an address\",\"password\":\"long enough password\"," + sure + "}",
                "{\"email\":\"a@b.example\",\"password\":\"" + "x".repeat(100) + "\"," + sure + "}",
                "{\"email\":\"a@b.example\",\"password\":\"long enough password\",\"age\":12," + sure + "}",
                "{\"email\":\"a@b.example\",\"password\":\"long enough password\",\"age\":1e400," + sure + "}",
                "{\"email\":\"a@b.example\",\"password\":\"long enough password\",\"gender\":\"x\"," + sure + "}",
                "{\"email\":\"a@b.example\",\"password\":\"long enough password\",\"consent\":null}",
                "{\"email\":\"a@b.example\\u0000\",\"password\":\"long enough password\"," + sure + "}");
        for (String body : bodies) {
            call("sign-up " + shown(body), "POST", "/api/v1/users", "application/json", text(body));
        }
        call(
                "sign-up of 300 kB",
                "POST",
                "/api/v1/users",
                "application/json",
                text("{\"email\":\"" + "x".repeat(300_000) + "\"}"));
        call(
                "sign-up in broken UTF-8",
                "POST",
                "/api/v1/users",
                "application/json",
                join(text("{\"email\":\""), bytes(0xC0, 0xAF, 0xFF), text("\"}")));
        call("sign-up as xml", "POST", "/api/v1/users", "application/xml", text("<a/>"));
        for (String url : List.of(
                "",
                "x",
                "file:///etc/passwd",
                "gopher://x",
                "https://user:secret@example.org",
                "https://",
                "https:///x",
                "javascript:1",
                "https://example.org/#a",
                "https://no-such-host.invalid/",
                bait.address().toString(),
                "https://127.0.0.1:" + bait.address().getPort(),
                "https://localhost:" + bait.address().getPort(),
                "https://127.1:" + bait.address().getPort(),
                "https://2130706433:" + bait.address().getPort(),
                "https://0x7f000001:" + bait.address().getPort(),
                "https://[::1]:" + bait.address().getPort(),
                "https://[::ffff:127.0.0.1]:" + bait.address().getPort(),
                "https://0.0.0.0:" + bait.address().getPort(),
                "https://169.254.169.254/latest/meta-data",
                "https://10.0.0.1",
                "https://192.168.0.1")) {
            call(
                    "webhook " + shown(url),
                    "POST",
                    "/api/v1/webhooks",
                    "application/json",
                    text("{\"url\":\"" + url + "\"}"));
        }
        call(
                "password change without the old one",
                "POST",
                "/api/v1/users/me/password",
                "application/json",
                text("{\"newPassword\":\"long enough password\"}"));
        call("profile of a child", "PATCH", "/api/v1/users/me", "application/json", text("{\"age\":9}"));
    }

    private void paths() {
        for (String path : List.of(
                "/api/v1/requests/../../../../etc/passwd",
                "/api/v1/requests/%2e%2e%2f%2e%2e",
                "/api/v1/requests/%00",
                "/api/v1/requests/%c0%ae",
                "/api/v1/requests/1'%20or%20'1'='1",
                "/api/v1/requests/00000000-0000-0000-0000-000000000000",
                "/api/v1/requests/" + "a".repeat(2_000),
                "/api/v1/" + "a/".repeat(3_000),
                "/api/v1/requests?limit=-1",
                "/api/v1/requests?limit=99999999999",
                "/api/v1/requests?cursor=%00",
                "/api/v1/requests?cursor=" + "A".repeat(3_000),
                "/api/v1/requests?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTkuMC94",
                "/api/v1/templates/..%2f..%2f/clip.mp4",
                "/api/v1/templates/%00/clip.mp4",
                "/api/v1/shared/" + "x".repeat(1_000),
                "/api/v1/shared/%2e%2e/voice/face.png",
                "/api/v1/admin/dead-letters/job-failed",
                "/api/v1/admin/dead-letters/..%2f/0/0",
                "/%",
                "/api/v1/requests/%")) {
            call("path " + shown(path), "GET", path, "", new byte[0]);
        }
    }

    private void headers() {
        raw("unknown method", "FOO /api/v1/requests HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("trace", "TRACE /api/v1/requests HTTP/1.1\r\nHost: x\r\n\r\n");
        raw("head of 200 kB", "GET /api/v1/requests HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(200_000) + "\r\n\r\n");
        raw("address of 20 kB", "GET /api/v1/requests?" + "y".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        raw(
                "length and chunks",
                "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n0\r\n\r\n");
        raw(
                "chunk of 2^63",
                "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n7fffffffffffffff\r\n{");
        raw(
                "negative length",
                "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nContent-Type: application/json\r\n\r\n{}");
        raw(
                "length of 1 TB",
                "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                        + "\r\nContent-Length: 1099511627776\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n");
        raw("no HTTP", "hello there\r\n\r\n");
        raw("spaces in a header's name", "GET /api/v1/requests HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n");
        raw("foreign token", "GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c\r\n\r\n");
        raw("basic authentication", "GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n");
        raw(
                "cookie of noise",
                "GET /api/v1/users/me HTTP/1.1\r\nHost: x\r\nCookie: v2f_session=%00%ff; v2f_session=x\r\n\r\n");
        raw(
                "idempotency key of 5 kB",
                "POST /api/v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token
                        + "\r\nIdempotency-Key: " + "k".repeat(5_000)
                        + "\r\nContent-Type: multipart/form-data; boundary=" + BOUNDARY
                        + "\r\nContent-Length: " + parts(good("age")).length + "\r\n\r\n"
                        + new String(parts(good("age")), StandardCharsets.ISO_8859_1));
    }

    private void voice(String name, byte[] contents) {
        media(
                "voice: " + name,
                parts(
                        filePart("voice", "voice.wav", "audio/wav", contents),
                        good("age"),
                        good("gender"),
                        good("template")));
    }

    private void target(String name, byte[] contents) {
        media(
                "target: " + name,
                parts(
                        filePart("voice", "voice.wav", "audio/wav", goodVoice),
                        filePart("target", "target.mp4", "video/mp4", contents),
                        good("age"),
                        good("gender")));
    }

    private void media(String name, byte[] form) {
        cases.add(new Case(
                name, request("POST", "/api/v1/requests", "multipart/form-data; boundary=" + BOUNDARY, form), true));
    }

    private void form(String name, byte[] form) {
        call("form: " + name, "POST", "/api/v1/requests", "multipart/form-data; boundary=" + BOUNDARY, form);
    }

    private void call(String name, String method, String path, String type, byte[] body) {
        cases.add(new Case(name, request(method, path, type, body), false));
    }

    private void raw(String name, String request) {
        cases.add(new Case("http: " + name, request.getBytes(StandardCharsets.ISO_8859_1), false));
    }

    private byte[] request(String method, String path, String type, byte[] body) {
        String head =
                method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + token + "\r\n" + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
                        + (method.equals("GET") ? "" : "Content-Length: " + body.length + "\r\n") + "\r\n";
        return join(head.getBytes(StandardCharsets.ISO_8859_1), body);
    }

    private byte[] good(String name) {
        return field(
                name,
                switch (name) {
                    case "age" -> "30";
                    case "gender" -> "female";
                    default -> template;
                });
    }

    private byte[] voicePart() {
        return filePart("voice", "voice.wav", "audio/wav", goodVoice);
    }

    private static byte[] parts(byte[]... parts) {
        return join(join(parts), text("--" + BOUNDARY + "--\r\n"));
    }

    private static byte[] field(String name, String value) {
        return text(
                "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n");
    }

    private static byte[] filePart(String name, String fileName, String type, byte[] contents) {
        return join(
                text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\""
                        + fileName + "\"\r\nContent-Type: " + type + "\r\n\r\n"),
                contents,
                text("\r\n"));
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] wav(int channels, int rate, int bits, long dataBytes, byte[] data) {
        ByteBuffer head = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        head.put(text("RIFF"))
                .putInt((int) (36 + dataBytes))
                .put(text("WAVEfmt "))
                .putInt(16)
                .putShort((short) 1);
        head.putShort((short) channels).putInt(rate).putInt(rate * channels * bits / 8);
        head.putShort((short) (channels * bits / 8))
                .putShort((short) bits)
                .put(text("data"))
                .putInt((int) dataBytes);
        return join(head.array(), data);
    }

    private static byte[] png(int width, int height, int bits, byte[] pixels) {
        return join(
                bytes(0x89, 'P', 'N', 'G', 13, 10, 26, 10),
                header(width, height, bits),
                chunk("IDAT", deflate(pixels)),
                chunk("IEND", new byte[0]));
    }

    private static byte[] header(int width, int height, int bits) {
        return chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) bits)
                        .put((byte) 2)
                        .array());
    }

    private static byte[] pngBomb(int width, int height) {
        Deflater deflater = new Deflater(9);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] row = new byte[width * 3 + 1];
        byte[] buffer = new byte[64 * 1024];
        for (int y = 0; y < height; y++) {
            deflater.setInput(row);
            while (!deflater.needsInput()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return join(
                bytes(0x89, 'P', 'N', 'G', 13, 10, 26, 10),
                header(width, height, 8),
                chunk("IDAT", out.toByteArray()),
                chunk("IEND", new byte[0]));
    }

    private static byte[] pngWithTextBomb() {
        byte[] bomb = join(text("Comment\0\0"), deflate(new byte[50_000_000]));
        return join(
                bytes(0x89, 'P', 'N', 'G', 13, 10, 26, 10),
                header(64, 64, 8),
                chunk("zTXt", bomb),
                chunk("IDAT", deflate(new byte[64 * 193])),
                chunk("IEND", new byte[0]));
    }

    private static byte[] chunk(String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(text(type));
        crc.update(data);
        return join(
                ByteBuffer.allocate(4).putInt(data.length).array(),
                text(type),
                data,
                ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static byte[] jpegHeader(int width, int height) {
        return bytes(
                0xFF,
                0xD8,
                0xFF,
                0xE0,
                0,
                16,
                'J',
                'F',
                'I',
                'F',
                0,
                1,
                1,
                0,
                0,
                1,
                0,
                1,
                0,
                0,
                0xFF,
                0xC0,
                0,
                11,
                8,
                height >> 8,
                height & 0xFF,
                width >> 8,
                width & 0xFF,
                1,
                1,
                0x11,
                0,
                0xFF,
                0xDA,
                0,
                8,
                1,
                1,
                0,
                0,
                63,
                0,
                0xFF,
                0xD9);
    }

    private static byte[] gifOfManyFrames(int frames) {
        byte[] frame = bytes(0x21, 0xF9, 4, 0, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(text("GIF89a"));
        out.writeBytes(bytes(1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF));
        for (int i = 0; i < frames; i++) {
            out.writeBytes(frame);
        }
        out.write(0x3B);
        return out.toByteArray();
    }

    private static byte[] box(String type, byte[] contents) {
        return join(ByteBuffer.allocate(4).putInt(contents.length + 8).array(), text(type), contents);
    }

    private static byte[] nested(int depth) {
        byte[] inner = new byte[0];
        for (int i = 0; i < depth; i++) {
            inner = box("moov", inner);
        }
        return inner;
    }

    private static byte[] flipped(byte[] png) {
        byte[] copy = png.clone();
        copy[copy.length - 20] ^= 0x55;
        return copy;
    }

    private static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater(9);
        deflater.setInput(data);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] zip(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("../x"));
            zip.write(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }

    private static String shown(String text) {
        String start = text.substring(0, Math.min(40, text.length()));
        return "'" + start.replaceAll("[^ -~]", "?") + "'";
    }
}
