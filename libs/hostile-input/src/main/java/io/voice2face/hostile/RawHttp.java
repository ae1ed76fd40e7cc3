package io.voice2face.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends bytes that no HTTP library would send. */
public final class RawHttp {
    private static final int PATIENCE_MILLIS = 60_000;

    private final URI base;

    /** A client of the server at this address. */
    public RawHttp(URI base) {
        this.base = base;
    }

    /**
     * What came back.
     *
     * @param status 0 where the server closed the connection without an answer
     */
    public record Answer(int status, String body) {}

    /** Sends a whole request and reads the answer until the server closes or the answer is complete. */
    public Answer send(byte[] request) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(base.getHost(), base.getPort()), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            Thread writer = new Thread(() -> write(socket, request), "raw-http-writer");
            writer.setDaemon(true);
            writer.start();
            return read(socket.getInputStream());
        } catch (IOException e) {
            return new Answer(0, e.toString());
        }
    }

    private static void write(Socket socket, byte[] request) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(request);
            out.flush();
        } catch (IOException refused) {
            // the server has answered early and closed: the answer is what counts
        }
    }

    private static Answer read(InputStream in) throws IOException {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        while (!isComplete(seen)) {
            int read;
            try {
                read = in.read(buffer);
            } catch (java.net.SocketException reset) {
                read = -1;
            }
            if (read < 0) {
                break;
            }
            seen.write(buffer, 0, read);
        }
        String text = seen.toString(StandardCharsets.UTF_8);
        if (!text.startsWith("HTTP/1.")) {
            return new Answer(0, text);
        }
        int head = text.indexOf("\r\n\r\n");
        return new Answer(Integer.parseInt(text.substring(9, 12)), head < 0 ? "" : text.substring(head + 4));
    }

    private static boolean isComplete(ByteArrayOutputStream seen) {
        String text = seen.toString(StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        String headers = text.substring(0, head).toLowerCase(java.util.Locale.ROOT);
        int length = headers.indexOf("content-length:");
        if (length < 0) {
            return headers.contains(" 204 ") || headers.contains("chunked") && text.endsWith("0\r\n\r\n");
        }
        int end = headers.indexOf('\r', length);
        String value =
                headers.substring(length + 15, end < 0 ? headers.length() : end).strip();
        return text.length() - head - 4 >= Integer.parseInt(value);
    }
}
