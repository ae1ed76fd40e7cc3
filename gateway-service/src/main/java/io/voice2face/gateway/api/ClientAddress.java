package io.voice2face.gateway.api;

import jakarta.enterprise.context.RequestScoped;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;

/** Network address that a call comes from; behind a proxy by {@code quarkus.http.proxy.*}. */
@RequestScoped
public class ClientAddress {
    private final HttpServerRequest request;

    ClientAddress(HttpServerRequest request) {
        this.request = request;
    }

    /** The address as text. */
    public String text() {
        SocketAddress remote = request.remoteAddress();
        return remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
    }
}
