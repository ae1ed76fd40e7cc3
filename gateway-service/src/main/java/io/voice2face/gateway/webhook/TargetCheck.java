package io.voice2face.gateway.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

import jakarta.enterprise.context.ApplicationScoped;

import io.voice2face.gateway.config.GatewayConfig;

/**
 * Keeps webhooks from reaching into the operator's network. Addresses are judged after DNS resolution, and the call goes
 * to the very address that was judged, so that a name cannot resolve differently a moment later.
 */
@ApplicationScoped
public class TargetCheck {
    private static final int LONGEST = 2_000;

    private final boolean allowPrivate;

    TargetCheck(GatewayConfig config) {
        this.allowPrivate = config.webhooks().allowPrivate();
    }

    /** A target that may be called. */
    public record Target(URI uri, InetAddress address, int port) {}

    /** An address that must not be called. */
    public static class RefusedTargetException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedTargetException(String message) {
            super(message);
        }
    }

    /** Judges a URL and resolves it. Blocks on DNS: for a worker thread. */
    public Target check(String url) throws RefusedTargetException {
        URI uri = parse(url);
        String scheme = uri.getScheme();
        if (!"https".equals(scheme) && !(allowPrivate && "http".equals(scheme))) {
            throw new RefusedTargetException("only https addresses are called");
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new RefusedTargetException("the address has to have a host, no user and no fragment");
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(uri.getHost());
        } catch (UnknownHostException e) {
            throw new RefusedTargetException("the host is not known");
        }
        for (InetAddress address : addresses) {
            if (!allowPrivate && !isPublic(address)) {
                throw new RefusedTargetException("the host is not on the public internet");
            }
        }
        int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(scheme) ? 443 : 80;
        return new Target(uri, addresses[0], port);
    }

    private static URI parse(String url) throws RefusedTargetException {
        if (url.length() > LONGEST) {
            throw new RefusedTargetException("the address is too long");
        }
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new RefusedTargetException("this is not an address");
        }
    }

    /** True for an address that is nobody's inside: not loopback, private, link-local, shared, multicast or reserved. */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xFF;
        int second = bytes[1] & 0xFF;
        if (address instanceof Inet4Address) {
            boolean shared = first == 100 && second >= 64 && second < 128;
            boolean reserved = first == 0 || first >= 240 || (first == 192 && second == 0 && bytes[2] == 0);
            boolean benchmark = first == 198 && (second == 18 || second == 19);
            return !shared && !reserved && !benchmark;
        }
        boolean uniqueLocal = (first & 0xFE) == 0xFC;
        // 64:ff9b::/96, 2002::/16 and ::/96 carry IPv4 addresses that are not judged here
        boolean carriesIpv4 = (first == 0x00 && (second == 0x64 || second == 0)) || (first == 0x20 && second == 0x02);
        return !uniqueLocal && !carriesIpv4;
    }
}
