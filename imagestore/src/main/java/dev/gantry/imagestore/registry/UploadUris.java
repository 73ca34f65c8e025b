package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The URIs of uploads: where the registry sends us next, and what is added to it. */
final class UploadUris {
    private UploadUris() {}

    /** The URI with one more parameter. */
    static URI with(URI uri, String name, String value) {
        return URI.create(
                uri
                        + (uri.getRawQuery() == null ? "?" : "&")
                        + name
                        + "="
                        + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    /** What {@code Location} says, which may be relative; never from HTTPS to plain HTTP. */
    static URI next(Request request, Response response) {
        String location = response.header("Location");
        if (location.isEmpty()) {
            return request.uri();
        }
        URI next;
        try {
            next = response.uri().resolve(location);
        } catch (IllegalArgumentException e) {
            throw bad(request, "what is no URL");
        }
        boolean tls = "https".equals(next.getScheme());
        if (next.getHost() == null || (!tls && !"http".equals(next.getScheme()))) {
            throw bad(request, "what is no web address");
        }
        if (!tls && "https".equals(request.uri().getScheme())) {
            throw bad(request, "plain HTTP");
        }
        return next;
    }

    private static Failure bad(Request request, String where) {
        return new Failure(
                Failure.Code.DATA_LOSS,
                request.what() + " was told to go on with " + where + ", which is refused");
    }
}
