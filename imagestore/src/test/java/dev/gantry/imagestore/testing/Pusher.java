package dev.gantry.imagestore.testing;

import dev.gantry.model.Digest;
import dev.gantry.model.Platform;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** Pushes images to a registry on plain HTTP (OCI distribution specification, push workflow). */
public final class Pusher implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String authority;
    private final String authorization;

    /**
     * @param authority host and port
     * @param authorization the header's value, or empty text
     */
    public Pusher(String authority, String authorization) {
        this.authority = authority;
        this.authorization = authorization;
    }

    /** Pushes blobs and manifest under a tag; returns the manifest's digest. */
    public Digest push(String repository, String tag, TestImage image) {
        for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
            blob(repository, blob.getKey(), blob.getValue());
        }
        manifest(repository, tag, image.mediaType(), image.manifest());
        return image.manifestDigest();
    }

    /** Pushes images and an index of them under a tag; returns the index' digest. */
    public Digest pushIndex(
            String repository, String tag, boolean docker, Map<Platform, TestImage> images) {
        images.values().forEach(i -> push(repository, i.manifestDigest().toString(), i));
        byte[] index = TestImage.index(docker, images);
        manifest(repository, tag, TestImage.indexType(docker), index);
        return TestImage.digest(index);
    }

    /** Pushes one blob. */
    public void blob(String repository, Digest digest, byte[] content) {
        HttpResponse<String> started =
                send(
                        request("http://" + authority + "/v2/" + repository + "/blobs/uploads/")
                                .POST(HttpRequest.BodyPublishers.noBody()),
                        202);
        String location = started.headers().firstValue("Location").orElseThrow();
        URI upload = URI.create("http://" + authority).resolve(location);
        String separator = upload.getQuery() == null ? "?" : "&";
        send(
                request(upload + separator + "digest=" + digest)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content)),
                201);
    }

    /** Pushes a manifest or index under a tag or its digest. */
    public void manifest(String repository, String name, String mediaType, byte[] content) {
        send(
                request("http://" + authority + "/v2/" + repository + "/manifests/" + name)
                        .header("Content-Type", mediaType)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content)),
                201);
    }

    private HttpRequest.Builder request(String uri) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(uri)).version(HttpClient.Version.HTTP_1_1);
        if (!authorization.isEmpty()) {
            builder.header("Authorization", authorization);
        }
        return builder;
    }

    private HttpResponse<String> send(HttpRequest.Builder builder, int expected) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != expected) {
                throw new IllegalStateException(
                        "%s %s: %d %s"
                                .formatted(
                                        request.method(),
                                        request.uri(),
                                        response.statusCode(),
                                        response.body()));
            }
            return response;
        } catch (IOException e) {
            throw new IllegalStateException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
