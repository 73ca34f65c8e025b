package dev.gantry.server.streaming;

/** Gives out URLs for requests. */
@FunctionalInterface
public interface StreamUrls {
    /**
     * A URL that serves the request once, to whoever comes with it first, for a minute.
     * RESOURCE_EXHAUSTED when too many wait to be used.
     */
    String url(StreamRequest request);
}
