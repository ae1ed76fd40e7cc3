package io.voice2face.gateway.service;

import java.util.Map;
import java.util.Optional;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;

/**
 * The trace that a piece of work belongs to, carried by hand where work leaves the thread or the process that it came in
 * on.
 */
public record Trace(Context context) {
    private static final String TRACEPARENT = "traceparent";
    private static final TextMapGetter<Map<String, String>> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public String get(Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    };

    /** Trace of what is running now. */
    public static Trace current() {
        return new Trace(Context.current());
    }

    /** Trace out of a W3C traceparent. */
    public static Trace of(Optional<String> traceparent) {
        return new Trace(traceparent
                .map(value -> W3CTraceContextPropagator.getInstance()
                        .extract(Context.root(), Map.of(TRACEPARENT, value), GETTER))
                .orElseGet(Context::root));
    }

    /** W3C traceparent; empty where there is no trace. */
    public Optional<String> traceparent() {
        SpanContext span = Span.fromContext(context).getSpanContext();
        return span.isValid()
                ? Optional.of("00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex())
                : Optional.empty();
    }
}
