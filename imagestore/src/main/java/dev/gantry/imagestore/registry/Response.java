package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * An answer; close it.
 *
 * @param uri what answered in the end, after redirects
 * @param redirected whether that is another host than the one that was asked
 * @param sentAs as whom it was asked, in words without secrets
 */
record Response(
        int status,
        AnswerHeaders headers,
        InputStream body,
        URI uri,
        boolean redirected,
        String sentAs)
        implements AutoCloseable {
    Response as(String other) {
        return new Response(status, headers, body, uri, redirected, other);
    }

    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** A header's first value, or empty text. */
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Reads at most {@code limit} bytes and one more, by which too long a body shows. */
    byte[] bytes(int limit) throws IOException {
        return body.readNBytes(limit + 1);
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // Nothing was going to be read any more.
        }
    }
}
