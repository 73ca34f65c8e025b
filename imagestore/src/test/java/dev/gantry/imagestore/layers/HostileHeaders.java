package dev.gantry.imagestore.layers;

import static dev.gantry.imagestore.archive.TarWriter.base256;
import static dev.gantry.imagestore.archive.TarWriter.octal;
import static dev.gantry.imagestore.archive.TarWriter.records;
import static dev.gantry.imagestore.archive.TarWriter.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure.Code;
import java.util.Arrays;

/** Kinds, numbers, extension headers and sparse maps that make no sense. */
final class HostileHeaders extends HostileCases {
    HostileHeaders() {
        kinds();
        numbers();
        extensions();
        sparse();
    }

    private void kinds() {
        harmless("disk of the host", tar().node('4', "sda", 8, 0), "b sda");
        harmless("kernel memory", tar().node('3', "kmem", 1, 2), "c kmem");
        harmless("character device 0/0", tar().node('3', "n", 0, 0), "w n");
        refused("device number out of range", tar().node('3', "n", 010000, 0), "out of range");
        refused("unknown type", tar().header('Z', "z", "", 0), "type 0x5a");
        refused("multi-volume", tar().header('M', "z", "", 0), "type 0x4d");
        harmless("fifo with a size", tar().header('6', "p", "", 512).file("f", ""), "f f, p p");
        harmless(
                "overlay xattrs",
                tar().pax("SCHILY.xattr.trusted.overlay.redirect", "/canary").directory("d"),
                "d d");
        harmless("nonsense xattrs", tar().pax("SCHILY.xattr.no/such", "x").file("f", ""), "f f");
        refused(
                "user xattr too large",
                tar().pax("SCHILY.xattr.user.x", "x".repeat(70000)).file("f", ""),
                "xattr");
        refused(
                "xattr name too long",
                tar().pax("SCHILY.xattr.user." + "x".repeat(300), "v").file("f", ""),
                "xattr");
    }

    private void numbers() {
        refused(
                "negative size",
                tar().tweak(h -> base256(h, 124, 12, -1)).file("f", ""),
                "negative size");
        refused(
                "negative uid",
                tar().tweak(h -> base256(h, 108, 8, -5)).file("f", ""),
                "negative uid");
        refused(
                "uid that means unchanged",
                tar().tweak(h -> base256(h, 108, 8, 0xffffffffL)).file("f", ""),
                "range");
        refused("gid of 2^40", tar().pax("gid", "1099511627776").file("f", ""), "range");
        refused("negative pax size", tar().pax("size", "-1").file("f", ""), "not a number");
        refused(
                "size of 2^63",
                tar().tweak(h -> Arrays.fill(h, 124, 136, (byte) 0xbf)).file("f", ""),
                "too large");
        refused(
                "letters for a number",
                tar().tweak(h -> text(h, 124, 12, "12x")).file("f", ""),
                "not a number");
        refused(
                "8 EiB in one file",
                tar().tweak(h -> base256(h, 124, 12, Long.MAX_VALUE)).file("f", "").end(),
                Trees.PLAIN,
                Code.RESOURCE_EXHAUSTED,
                "over the limit");
        harmless(
                "time in the far future",
                tar().pax("mtime", "99999999999999999").file("f", "").file("g", ""),
                "f f, f g");
        harmless(
                "time before 1900",
                tar().tweak(h -> base256(h, 136, 12, -1L << 40)).file("f", ""),
                "f f");
        refused("time of letters", tar().pax("mtime", "soon").file("f", ""), "not a number");
        refused("bad checksum", tar().raw(flipped(tar().file("f", "").end(), 3)), "checksum");
    }

    private void extensions() {
        refused(
                "pax of 2 MiB",
                tar().extension('x', new byte[2 << 20]).file("f", ""),
                "over the limit");
        refused(
                "pax record without length",
                tar().extension('x', "path=x\n".getBytes(UTF_8)).file("f", ""),
                "pax");
        refused(
                "pax record too long",
                tar().extension('x', "99 path=x\n".getBytes(UTF_8)).file("f", ""),
                "wrong length");
        refused(
                "pax record of length 0",
                tar().extension('x', "0 path=x\n".getBytes(UTF_8)).file("f", ""),
                "wrong length");
        refused(
                "pax record without equals",
                tar().extension('x', "7 path\n".getBytes(UTF_8)).file("f", ""),
                "malformed");
        refused(
                "pax key with NUL",
                tar().extension('x', records("pa\0th", "x")).file("f", ""),
                "bad key");
        refused(
                "global path",
                tar().globalPax("path", "../canary/x").file("f", ""),
                "global pax header sets path");
        refused(
                "global sparse map",
                tar().globalPax("GNU.sparse.map", "0,1").file("f", ""),
                "global");
        refused(
                "extension without an entry",
                tar().pax("path", "x"),
                "ends after an extension header");
        harmless(
                "header hidden in data",
                tar().pax("size", "512").file("f", "").data(tar().file("../x", "").unended()),
                "f f");
        harmless("pax after pax", tar().pax("path", "../x").pax("path", "y").file("f", ""), "f y");
    }

    private void sparse() {
        refused("overlapping segments", sparse01("0,10,5,10", "100", 20), "overlapping");
        refused("segment past the end", sparse01("90,20", "100", 20), "overlapping or misplaced");
        refused("segments that do not add up", sparse01("0,10", "100", 20), "covers 10 bytes");
        refused("offset near 2^63", sparse01("999999999999999999,1", "100", 1), "misplaced");
        refused("offset without length", sparse01("0,1,2", "100", 1), "without a length");
        refused(
                "huge sparse file",
                sparse01("0,1", "999999999999999999", 1).end(),
                Trees.PLAIN,
                Code.RESOURCE_EXHAUSTED,
                "over the limit");
        refused("sparse 1.0 of a billion segments", sparse10("1000000000\n"), "too long");
        refused("sparse 1.0 longer than its data", sparse10("40\n1\n"), "longer than the data");
        refused("sparse 1.0 of letters", sparse10("one\n"), "not a number");
        refused(
                "sparse of an unknown version",
                tar().pax("GNU.sparse.major", "7").file("f", ""),
                "not known");
        refused(
                "sparse without a size",
                tar().pax("GNU.sparse.map", "0,1").file("f", "x"),
                "without a size");
        refused(
                "old sparse that does not end",
                tar().tweak(h -> h[482] = 1).header('S', "f", "", 0).unended(),
                Trees.PLAIN,
                Code.INVALID_ARGUMENT,
                "truncated");
        refused(
                "old sparse with a hole outside",
                tar().tweak(
                                h -> {
                                    octal(h, 386, 12, 4096);
                                    octal(h, 398, 12, 1);
                                    octal(h, 483, 12, 100);
                                })
                        .header('S', "f", "", 1)
                        .data(new byte[1]),
                "misplaced");
    }

    private static TarWriter sparse01(String map, String size, int stored) {
        return tar().pax("GNU.sparse.size", size, "GNU.sparse.map", map)
                .file("f", "s".repeat(stored));
    }

    private static TarWriter sparse10(String map) {
        byte[] block = Arrays.copyOf(map.getBytes(UTF_8), 512);
        return tar().pax(
                        "GNU.sparse.major",
                        "1",
                        "GNU.sparse.minor",
                        "0",
                        "GNU.sparse.realsize",
                        "100")
                .file("f", block);
    }
}
