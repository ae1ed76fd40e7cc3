package io.voice2face.gateway.service;

import java.util.OptionalLong;

/**
 * One server-sent event of a request.
 *
 * @param id increasing number; empty for a heartbeat
 * @param kind name of the event
 * @param data JSON
 * @param ends the request stands at its end with this event
 */
public record StreamEvent(OptionalLong id, String kind, String data, boolean ends) {
    /** The whole request. */
    public static final String STATE = "state";
    /** How far a stage has come. */
    public static final String PROGRESS = "progress";
    /** Nothing new, but the connection lives. */
    public static final String HEARTBEAT = "heartbeat";

    static StreamEvent heartbeat() {
        return new StreamEvent(OptionalLong.empty(), HEARTBEAT, "{}", false);
    }
}
