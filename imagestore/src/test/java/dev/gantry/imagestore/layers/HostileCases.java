package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure.Code;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the tables of hostile layers have in common: what a case is and how one is added. */
abstract class HostileCases {
    /** What has to come of a layer. */
    sealed interface Expected {
        /** A failure of that code whose message holds the words. */
        record Refused(Code code, String words) implements Expected {}

        /** Applied, and the listing inside (kind, path) is exactly this. */
        record Harmless(String listing) implements Expected {}
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Case(String name, String mediaType, byte[] blob, Expected expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Case> cases = new ArrayList<>();

    final List<Case> cases() {
        return cases;
    }

    final void refused(String name, TarWriter tar, String words) {
        refused(name, tar.end(), Trees.PLAIN, Code.INVALID_ARGUMENT, words);
    }

    final void refused(String name, byte[] blob, String mediaType, Code code, String words) {
        cases.add(new Case(name, mediaType, blob, new Expected.Refused(code, words)));
    }

    final void harmless(String name, TarWriter tar, String listing) {
        harmless(name, tar.end(), listing);
    }

    final void harmless(String name, byte[] blob, String listing) {
        cases.add(new Case(name, Trees.PLAIN, blob, new Expected.Harmless(listing)));
    }

    static TarWriter tar() {
        return new TarWriter();
    }

    /** The listing of nested directories with something at the end. */
    static String inside(String path, String last) {
        StringBuilder listing = new StringBuilder();
        String so = "";
        for (String name : path.replaceFirst("^/", "").split("/", -1)) {
            so = so.isEmpty() ? name : so + "/" + name;
            listing.append(listing.isEmpty() ? "" : ", ").append("d ").append(so);
        }
        if (!last.isEmpty()) {
            listing.append(", ")
                    .append(last, 0, 2)
                    .append(so)
                    .append('/')
                    .append(last.substring(2));
        }
        return listing.toString();
    }

    static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 0x10;
        return copy;
    }

    static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(3).nextBytes(bytes);
        return bytes;
    }
}
