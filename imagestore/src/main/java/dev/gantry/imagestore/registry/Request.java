package dev.gantry.imagestore.registry;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * What is sent to a server.
 *
 * @param own headers for the host of the URI alone; they may be secrets
 * @param headers headers that follow redirects to other hosts, too
 */
record Request(
        String method,
        URI uri,
        Map<String, List<String>> own,
        Map<String, List<String>> headers,
        Body body) {
    /** What a request carries. */
    sealed interface Body {
        /** Nothing. */
        record None() implements Body {}

        /** An encoded form, with secrets in it: it goes to the first host and nowhere else. */
        record Form(String encoded) implements Body {
            @Override
            public String toString() {
                return "Form";
            }
        }

        /**
         * A piece of something, read when it is sent, and again when it has to be sent again.
         *
         * @param length of the piece in bytes
         * @param commits whether the server may think long about it once it has it
         */
        record Content(UploadSource source, long from, long length, boolean commits)
                implements Body {}
    }

    Request {
        own = Map.copyOf(own);
        headers = Map.copyOf(headers);
    }

    static Request of(String method, URI uri) {
        return new Request(method, uri, Map.of(), Map.of(), new Body.None());
    }

    Request withOwn(Map<String, List<String>> other) {
        return new Request(method, uri, other, headers, body);
    }

    Request withHeaders(Map<String, List<String>> other) {
        return new Request(method, uri, own, other, body);
    }

    Request withBody(Body other) {
        return new Request(method, uri, own, headers, other);
    }

    /** Method and URI without its query, which may be signed. */
    String what() {
        return method + " " + Transport.withoutQuery(uri);
    }

    /** Without headers and body. */
    @Override
    public String toString() {
        return what();
    }
}
