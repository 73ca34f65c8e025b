package dev.gantry.imagestore.testing;

import com.sun.net.httpserver.HttpExchange;
import dev.gantry.model.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule that makes a {@link FakeRegistry} take pushes, as the OCI distribution specification says
 * or, on demand, worse: it breaks connections in the middle of a piece, forgets uploads, wants
 * blobs whole, and knows no subjects.
 */
public final class FakeUploads implements FakeRegistry.Rule {
    private static final Pattern PATH =
            Pattern.compile("/v2/(.+?)/(blobs/uploads|blobs|manifests)/(.*)");
    private static final Pattern RANGE = Pattern.compile("([0-9]+)-([0-9]+)");

    /** What goes wrong. */
    public enum Fault {
        /** A connection ends after half of a piece, whose bytes are kept. */
        BREAK_HALFWAY,
        /** An upload is not known any more. */
        FORGET,
        /** The answer to the last request of an upload is lost, although it was done. */
        LOSE_COMMIT,
        /** Status 503 with Retry-After. */
        BUSY
    }

    private record Stored(String mediaType, String text) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private final Map<String, Stored> content = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Set<String> subjects = ConcurrentHashMap.newKeySet();
    private volatile boolean pieces = true;
    private volatile boolean knowsSubjects = true;
    private volatile boolean lies;

    /** The next pieces go wrong, one fault each. */
    public FakeUploads next(Fault... more) {
        faults.addAll(List.of(more));
        return this;
    }

    public FakeUploads wantsBlobsWhole() {
        pieces = false;
        return this;
    }

    public FakeUploads knowsNoSubjects() {
        knowsSubjects = false;
        return this;
    }

    /** It says that it has something else than it was sent. */
    public FakeUploads lies() {
        lies = true;
        return this;
    }

    /** Requests that changed something: method, kind and how many bytes. */
    public List<String> log() {
        return List.copyOf(log);
    }

    /**
     * What is stored as a blob or manifest: repository, {@code blobs} or {@code manifests}, name.
     */
    public Optional<byte[]> stored(String repository, String kind, String name) {
        return Optional.ofNullable(content.get(repository + "/" + kind + "/" + name))
                .map(Stored::bytes);
    }

    public void store(String repository, String kind, String name, String type, byte[] body) {
        content.put(
                repository + "/" + kind + "/" + name,
                new Stored(type, new String(body, StandardCharsets.ISO_8859_1)));
    }

    /** Uploads that were begun and neither finished nor cancelled. */
    public int open() {
        return uploads.size();
    }

    @Override
    public boolean handle(HttpExchange exchange) throws IOException {
        Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
        if (!path.matches()) {
            return false;
        }
        String repository = path.group(1);
        String name = path.group(3);
        switch (path.group(2)) {
            case "blobs/uploads" -> upload(exchange, repository, name);
            case "manifests" -> manifest(exchange, repository, name);
            default -> get(exchange, repository + "/blobs/" + name);
        }
        return true;
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        Stored stored = content.get(key);
        if (stored == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        FakeRegistry.answer(exchange, 200, stored.mediaType(), stored.bytes());
    }

    private void manifest(HttpExchange exchange, String repository, String name)
            throws IOException {
        if (!exchange.getRequestMethod().equals("PUT")) {
            get(exchange, repository + "/manifests/" + name);
            return;
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        log.add("PUT manifest " + name);
        if (fault(Fault.BUSY)) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        store(repository, "manifests", name, type, body);
        store(repository, "manifests", TestImage.digest(body).toString(), type, body);
        Matcher subject =
                Pattern.compile("\"subject\":\\{[^}]*\"digest\":\"([^\"]+)\"")
                        .matcher(new String(body, StandardCharsets.UTF_8));
        if (knowsSubjects && subject.find()) {
            subjects.add(subject.group(1));
            exchange.getResponseHeaders().set("OCI-Subject", subject.group(1));
        }
        created(exchange, TestImage.digest(body));
    }

    private void upload(HttpExchange exchange, String repository, String id) throws IOException {
        Map<String, String> query = query(exchange);
        switch (exchange.getRequestMethod()) {
            case "POST" -> begin(exchange, repository, query);
            case "PATCH" -> piece(exchange, repository, id);
            case "PUT" -> commit(exchange, repository, id, query.getOrDefault("digest", ""));
            case "GET" -> stand(exchange, repository, id, 204);
            default -> {
                log.add("DELETE");
                exchange.sendResponseHeaders(uploads.remove(id) == null ? 404 : 204, -1);
            }
        }
    }

    private void begin(HttpExchange exchange, String repository, Map<String, String> query)
            throws IOException {
        String mount = query.getOrDefault("mount", "");
        Stored there = content.get(query.getOrDefault("from", "") + "/blobs/" + mount);
        if (there != null) {
            log.add("POST mount");
            store(repository, "blobs", mount, there.mediaType(), there.bytes());
            created(exchange, Digest.parse(mount));
            return;
        }
        log.add("POST");
        String id = "u" + numbers.incrementAndGet();
        uploads.put(id, new ByteArrayOutputStream());
        stand(exchange, repository, id, 202);
    }

    /** Where an upload stands; its location carries a state that has to come back. */
    private void stand(HttpExchange exchange, String repository, String id, int status)
            throws IOException {
        ByteArrayOutputStream upload = uploads.get(id);
        if (upload == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders()
                .set(
                        "Location",
                        "/v2/%s/blobs/uploads/%s?state=%d"
                                .formatted(repository, id, upload.size()));
        exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, upload.size() - 1));
        exchange.sendResponseHeaders(status, -1);
    }

    private void piece(HttpExchange exchange, String repository, String id) throws IOException {
        ByteArrayOutputStream upload = uploads.get(id);
        byte[] body = exchange.getRequestBody().readAllBytes();
        log.add("PATCH " + body.length);
        if (!pieces) {
            exchange.sendResponseHeaders(405, -1);
        } else if (upload == null || fault(Fault.FORGET)) {
            uploads.remove(id);
            exchange.sendResponseHeaders(404, -1);
        } else if (fault(Fault.BREAK_HALFWAY)) {
            upload.writeBytes(Arrays.copyOf(body, body.length / 2));
            throw new IOException("the connection is broken on purpose");
        } else if (fault(Fault.BUSY)) {
            exchange.getResponseHeaders().set("Retry-After", "0");
            exchange.sendResponseHeaders(503, -1);
        } else if (!follows(exchange, upload.size(), body.length)) {
            stand(exchange, repository, id, 416);
        } else {
            upload.writeBytes(body);
            stand(exchange, repository, id, 202);
        }
    }

    private static boolean follows(HttpExchange exchange, int size, int length) {
        Matcher range = RANGE.matcher(exchange.getRequestHeaders().getFirst("Content-Range"));
        return range.matches()
                && Integer.parseInt(range.group(1)) == size
                && Integer.parseInt(range.group(2)) == size + length - 1;
    }

    private void commit(HttpExchange exchange, String repository, String id, String digest)
            throws IOException {
        ByteArrayOutputStream upload = uploads.get(id);
        byte[] body = exchange.getRequestBody().readAllBytes();
        log.add("PUT " + body.length);
        if (upload == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        upload.writeBytes(body);
        byte[] all = upload.toByteArray();
        uploads.remove(id);
        if (!TestImage.digest(all).toString().equals(digest)) {
            exchange.sendResponseHeaders(400, -1);
            return;
        }
        store(repository, "blobs", digest, "application/octet-stream", all);
        if (fault(Fault.LOSE_COMMIT)) {
            throw new IOException("the connection is broken on purpose");
        }
        created(exchange, Digest.parse(digest));
    }

    private void created(HttpExchange exchange, Digest digest) throws IOException {
        String said = lies ? TestImage.digest(new byte[] {1}).toString() : digest.toString();
        exchange.getResponseHeaders().set("Docker-Content-Digest", said);
        exchange.getResponseHeaders().set("Location", "/somewhere");
        exchange.sendResponseHeaders(201, -1);
    }

    private boolean fault(Fault kind) {
        return !faults.isEmpty() && faults.getFirst() == kind && faults.remove(kind);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> all = new ConcurrentHashMap<>();
        String query = exchange.getRequestURI().getQuery();
        for (String part : query == null ? new String[0] : query.split("&", -1)) {
            all.put(part.substring(0, part.indexOf('=')), part.substring(part.indexOf('=') + 1));
        }
        return all;
    }
}
