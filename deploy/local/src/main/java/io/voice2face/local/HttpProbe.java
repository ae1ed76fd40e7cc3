package io.voice2face.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Asks a service of one mesh for the status of an address, without waiting long. Something else may answer on a service's
 * port, another local run's service above all: only what says that it belongs to this mesh is listened to.
 */
final class HttpProbe {
    /** Response header by which a service says which mesh it belongs to. */
    static final String HEADER = "V2F-Mesh";

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final String mesh;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /**
     * @param mesh what services of this mesh say in {@value #HEADER}
     */
    HttpProbe(String mesh) {
        this.mesh = mesh;
    }

    /** Status of an answer, 0 where there is none or where it is not one of this mesh that answers. */
    int status(URI uri) {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
            HttpResponse<Void> answer = http.send(request, HttpResponse.BodyHandlers.discarding());
            return answer.headers().firstValue(HEADER).filter(mesh::equals).isPresent() ? answer.statusCode() : 0;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
