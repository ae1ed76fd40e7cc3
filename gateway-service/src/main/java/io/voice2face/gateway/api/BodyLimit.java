package io.voice2face.gateway.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;

/**
 * Counts the bytes of a body whose length nobody has said: {@link Gate} refuses the others before they are read. Forms do
 * not come through here.
 *
 * <p>What a refused client is still sending is passed over for a while. Quarkus's own limit cuts the connection under it
 * instead, which often takes the answer away before the client has read it.
 */
@Provider
public class BodyLimit implements ReaderInterceptor {
    private static final int PASSED_OVER_BYTES = 4 * 1024 * 1024;
    private static final Duration PASSED_OVER_TIME = Duration.ofSeconds(5);

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext call) throws IOException {
        InputStream in = call.getInputStream();
        byte[] body = in.readNBytes(Gate.MOST_JSON_BYTES + 1);
        if (body.length > Gate.MOST_JSON_BYTES) {
            passOver(in);
            throw ApiProblem.tooLarge("request", Gate.MOST_JSON_BYTES);
        }
        call.setInputStream(new ByteArrayInputStream(body));
        return call.proceed();
    }

    private static void passOver(InputStream in) throws IOException {
        long start = System.nanoTime();
        byte[] part = new byte[8192];
        int passed = 0;
        int read = 0;
        while (read >= 0 && passed < PASSED_OVER_BYTES && System.nanoTime() - start < PASSED_OVER_TIME.toNanos()) {
            read = in.read(part);
            passed += read;
        }
    }
}
