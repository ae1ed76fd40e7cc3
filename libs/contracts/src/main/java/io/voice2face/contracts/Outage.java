package io.voice2face.contracts;

/**
 * What failures implement that say nothing about the work but that something it needs was not there. Consumers retry
 * them for as long as their outage patience lasts, whatever the number of attempts.
 */
public interface Outage {
    /** True if asking again later may help. */
    boolean isOutage();
}
