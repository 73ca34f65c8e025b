package dev.gantry.imagestore.registry;

import dev.gantry.model.Digest;

/** A manifest or an index: its bytes, which have the digest, and what it was sent as. */
public final class Document {
    private final Digest digest;
    private final String mediaType;
    private final byte[] body;

    public Document(Digest digest, String mediaType, byte[] body) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.body = body.clone();
    }

    public Digest digest() {
        return digest;
    }

    /** The Content-Type, or empty text. */
    public String mediaType() {
        return mediaType;
    }

    public byte[] body() {
        return body.clone();
    }

    /** The length of the body in bytes. */
    public int size() {
        return body.length;
    }
}
