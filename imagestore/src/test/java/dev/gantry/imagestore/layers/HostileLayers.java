package dev.gantry.imagestore.layers;

import static dev.gantry.imagestore.archive.TarWriter.base256;
import static dev.gantry.imagestore.archive.TarWriter.octal;
import static dev.gantry.imagestore.archive.TarWriter.records;
import static dev.gantry.imagestore.archive.TarWriter.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Layers that try to get out, to exhaust, or to confuse; each with what has to come of it. */
final class HostileLayers {
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

    /** Small, so that bombs need not be large. */
    static final ApplyLimits LIMITS = new ApplyLimits(64L << 20, 3000, 100, 1L << 20, 1L << 20);

    private final String canary;
    private final String up;
    private final List<Case> cases = new ArrayList<>();

    private HostileLayers(Path canary) {
        this.canary = canary.toString();
        this.up = "../canary";
    }

    /** All of them, aimed at a directory beside the target. */
    static List<Case> aimedAt(Path canary) throws IOException {
        HostileLayers layers = new HostileLayers(canary);
        layers.names();
        layers.symlinks();
        layers.hardlinks();
        layers.whiteouts();
        layers.kinds();
        layers.numbers();
        layers.extensions();
        layers.sparse();
        layers.streams();
        layers.exhaustion();
        return layers.cases;
    }

    private void refused(String name, TarWriter tar, String words) {
        refused(name, tar.end(), Trees.PLAIN, Code.INVALID_ARGUMENT, words);
    }

    private void refused(String name, byte[] blob, String mediaType, Code code, String words) {
        cases.add(new Case(name, mediaType, blob, new Expected.Refused(code, words)));
    }

    private void harmless(String name, TarWriter tar, String listing) {
        cases.add(new Case(name, Trees.PLAIN, tar.end(), new Expected.Harmless(listing)));
    }

    private static TarWriter tar() {
        return new TarWriter();
    }

    private void names() {
        harmless(
                "absolute name",
                tar().pax("path", canary + "/secret").file("x", "pwned"),
                inside(canary, "f secret"));
        refused("dot-dot name", tar().file(up + "/secret", "pwned"), "leaves the layer's root");
        refused("dot-dot after a name", tar().file("a/../../canary/x", "p"), "leaves");
        refused("absolute dot-dot", tar().file("/../canary/x", "p"), "leaves");
        refused("dot-dot alone as directory", tar().directory(".."), "leaves");
        refused("pax path with dot-dot", tar().pax("path", up + "/x").file("ok", "p"), "leaves");
        refused("GNU long name with dot-dot", tar().longName(up + "/x").file("ok", "p"), "leaves");
        harmless("dot-dot that stays inside", tar().file("a/b/../../c", "p"), "f c");
        harmless("doubled slashes and dots", tar().file("//a/.//./b", "p"), "d a, f a/b");
        refused("root as a file", tar().file("./", "p"), "root of a layer can only be a directory");
        refused("root as a symlink", tar().symlink(".", canary), "can only be a directory");
        refused("empty name as a file", tar().file("", "p"), "can only be a directory");
        refused("component of 256 bytes", tar().pax("path", "n".repeat(256)).file("x", "p"), "255");
        refused("path of 5000 bytes", tar().pax("path", "n/".repeat(2500)).file("x", "p"), "4095");
        refused("long name of 5000", tar().longName("n/".repeat(2500)).file("x", "p"), "limit");
        refused("path of 2000 levels", tar().pax("path", "n/".repeat(2000)).file("x", ""), "512");
        refused("name with NUL", tar().pax("path", "a\0/../" + canary).file("x", "p"), "NUL");
        refused("entry under a file", tar().file("a", "p").file("a/b", "p"), "not a directory");
        refused("entry under a fifo", tar().node('6', "a", 0, 0).file("a/b", "p"), "not a direc");
        harmless("newline in a name", tar().file("a\nb", "p"), "f a\\x0ab");
    }

    private void symlinks() {
        String dir = canary + "/dir";
        harmless(
                "file through an absolute symlink",
                tar().symlink("s", dir).file("s/x", "pwned"),
                inside(dir, "f x") + ", l s");
        harmless(
                "file through a dot-dot symlink",
                tar().symlink("s", "../canary/dir").file("s/x", "pwned"),
                "d canary, d canary/dir, f canary/dir/x, l s");
        harmless(
                "file onto a symlink",
                tar().symlink("s", canary + "/secret").file("s", "pwned"),
                "f s");
        harmless(
                "directory onto a symlink, then a file in it",
                tar().symlink("s", dir).directory("s").file("s/x", "p"),
                "d s, f s/x");
        harmless(
                "parent turned from directory to symlink midway",
                tar().directory("s").file("s/a", "p").symlink("s", dir).file("s/b", "p"),
                inside(dir, "f b") + ", l s");
        harmless(
                "parent turned to symlink and back",
                tar().file("s/a", "p").symlink("s", dir).directory("s").file("s/b", "p"),
                "d s, f s/b");
        harmless(
                "two symlinks, each harmless",
                tar().directory("a").symlink("a/up", "..").symlink("o", "a/up/..").file("o/x", "p"),
                "d a, f x, l a/up, l o");
        refused(
                "symlink loop on the way",
                tar().symlink("a", "b").symlink("b", "a").file("a/x", "p"),
                "too many symbolic links");
        refused(
                "dangling symlinks in a circle",
                tar().symlink("a", "b/no").symlink("b", "a/no").file("a/x", "p"),
                "too many symbolic links");
        harmless(
                "magic link of /proc",
                tar().symlink("fd", "/proc/self/fd/3").file("fd/x", "p"),
                "d proc, d proc/self, d proc/self/fd, d proc/self/fd/3, f proc/self/fd/3/x, l fd");
        harmless(
                "magic link to the root of init",
                tar().symlink("r", "/proc/1/root").file("r" + canary + "/secret", "p"),
                inside("proc/1/root" + canary, "f secret") + ", l r");
        refused("symlink without a target", tar().symlink("s", ""), "no target");
        refused(
                "symlink of 5000 bytes",
                tar().pax("linkpath", "x".repeat(5000)).symlink("s", ""),
                "4095");
        harmless("metadata through a symlink", tar().mode(06777).symlink("s", dir), "l s");
        harmless(
                "a directory entry over a symlink keeps its hands off the target",
                tar().symlink("s", dir).mode(0).directory("s/"),
                "d s");
        harmless(
                "whiteout through a symlink",
                tar().symlink("s", canary).file("s/.wh.secret", ""),
                inside(canary, "w secret") + ", l s");
        harmless(
                "opaque mark through a symlink",
                tar().symlink("s", canary).file("s/.wh..wh..opq", ""),
                inside(canary, "") + ", l s");
        harmless(
                "replacing a tree that holds symlinks out",
                tar().symlink("d/out", dir).symlink("d/file", canary + "/secret").file("d", "p"),
                "f d");
    }

    private void hardlinks() {
        refused(
                "hardlink to an absolute path",
                tar().hardlink("h", canary + "/secret"),
                "hardlink to");
        refused(
                "hardlink by dot-dot",
                tar().hardlink("h", up + "/secret"),
                "leaves the layer's root");
        refused(
                "hardlink through a symlink",
                tar().symlink("s", canary).hardlink("h", "s/secret"),
                "hardlink to");
        harmless(
                "hardlink to a symlink, then written",
                tar().symlink("s", canary + "/secret").hardlink("h", "s").file("h", "pwned"),
                "f h, l s");
        refused("hardlink to a directory", tar().directory("d").hardlink("h", "d"), "a directory");
        refused("hardlink to the root", tar().hardlink("h", "/"), "not a file");
        refused("hardlink to itself, missing", tar().hardlink("h", "h"), "no earlier file");
        harmless("hardlink to itself", tar().file("h", "p").hardlink("h", "h"), "f h");
        refused("hardlink to a whiteout", tar().file(".wh.x", "").hardlink("h", "x"), "no earlier");
        refused(
                "hardlink to a whiteout's name",
                tar().file(".wh.x", "").hardlink("h", ".wh.x"),
                "not a file");
        refused("hardlink to /proc", tar().hardlink("h", "/proc/self/exe"), "hardlink to");
        refused(
                "hardlink that removes its own target",
                tar().file("d/x", "p").hardlink("d", "d/x"),
                "no such file");
        harmless(
                "hardlink changed to a symlink's target by a later entry",
                tar().file("a", "p")
                        .hardlink("b", "a")
                        .symlink("a", canary + "/secret")
                        .file("b", "q"),
                "f b, l a");
        harmless(
                "hardlink named as whiteout",
                tar().file("a", "").hardlink(".wh.b", "a"),
                "f a, w b");
    }

    private void whiteouts() {
        refused("whiteout of dot-dot", tar().file("d/.wh...", ""), "not a name");
        refused("whiteout of dot", tar().file(".wh..", ""), "not a name");
        refused("whiteout of nothing", tar().file(".wh.", ""), "not a name");
        refused(
                "whiteout with a slash",
                tar().file("d/.wh./../x", "").file(".wh./x", ""),
                "like a whiteout");
        refused("file under a whiteout's name", tar().file(".wh.d/x", ""), "like a whiteout");
        refused("opaque mark through dot-dot", tar().file("../.wh..wh..opq", ""), "leaves");
        harmless("opaque mark in the root", tar().file(".wh..wh..opq", ""), "");
        harmless("AUFS metadata", tar().file(".wh..wh.plnk/1.2", "x").file(".wh..wh.aufs", ""), "");
        harmless("whiteout as a symlink", tar().symlink(".wh.x", canary), "w x");
        harmless("whiteout as a directory", tar().directory(".wh.x/"), "w x");
        harmless(
                "entry below what was whited out",
                tar().file(".wh.d", "").file("d/x", ""),
                "d d, f d/x");
        harmless("whiteout after the file", tar().file("f", "").file(".wh.f", ""), "f f");
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
                tar().pax("SCHILY.xattr.trusted.overlay.redirect", canary).directory("d"),
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
                tar().globalPax("path", up + "/x").file("f", ""),
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

    private void streams() throws IOException {
        byte[] good = tar().file("f", "x".repeat(5000)).end();
        byte[] gz = Trees.gzip(good);
        byte[] zst = Zstd.compress(good);
        Code bad = Code.INVALID_ARGUMENT;
        refused("tar cut in the data", Arrays.copyOf(good, 3000), Trees.PLAIN, bad, "truncated");
        refused("tar cut in a header", Arrays.copyOf(good, 100), Trees.PLAIN, bad, "truncated");
        refused("gzip cut", Arrays.copyOf(gz, gz.length - 12), Trees.GZIP, bad, "truncated");
        refused("gzip cut in its header", Arrays.copyOf(gz, 5), Trees.GZIP, bad, "truncated");
        refused("gzip with a wrong sum", flipped(gz, gz.length - 8), Trees.GZIP, bad, "checksum");
        refused("gzip with a wrong length", flipped(gz, gz.length - 1), Trees.GZIP, bad, "length");
        refused("gzip with a bit flipped", flipped(gz, gz.length / 2), Trees.GZIP, bad, "gzip|tar");
        refused("gzip and rubbish", joined(gz, "rubbish".getBytes(UTF_8)), Trees.GZIP, bad, "gzip");
        refused("zstd cut", Arrays.copyOf(zst, zst.length - 3), Trees.ZSTD, bad, "zstd");
        refused("zstd with a bit flipped", flipped(zst, 6), Trees.ZSTD, bad, "zstd|tar");
        refused(
                "zstd with a wrong magic after",
                joined(zst, new byte[] {1, 2, 3, 4, 5}),
                Trees.ZSTD,
                bad,
                "zstd");
        refused("not an archive", noise(4096), Trees.PLAIN, bad, "checksum|number");
        refused(
                "xz",
                joined(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, noise(99)),
                Trees.PLAIN,
                bad,
                "xz");
        refused(
                "a media type of something else",
                good,
                "application/octet-stream",
                bad,
                "not a layer");
        refused("encrypted", good, Trees.GZIP + "+encrypted", bad, "not a layer");
        refused(
                "lone zero block",
                tar().file("a", "").raw(new byte[512]).file("b", ""),
                "middle of the archive");
        cases.add(new Case("empty stream", Trees.PLAIN, new byte[0], new Expected.Harmless("")));
        harmless("entries after the end marker", tar().raw(new byte[1024]).file("../x", "p"), "");
    }

    private void exhaustion() throws IOException {
        Code exhausted = Code.RESOURCE_EXHAUSTED;
        byte[] zeros = tar().file("f", new byte[40 << 20]).end();
        refused("gzip bomb", Trees.gzip(zeros), Trees.GZIP, exhausted, "bomb");
        refused("zstd bomb", Zstd.compress(zeros), Trees.ZSTD, exhausted, "bomb");
        refused(
                "bomb after the end marker",
                Trees.gzip(joined(tar().end(), new byte[40 << 20])),
                Trees.GZIP,
                exhausted,
                "bomb");
        refused(
                "too many bytes",
                joined(tar().end(), new byte[65 << 20]),
                Trees.PLAIN,
                exhausted,
                "the limit");
        TarWriter many = tar();
        for (int i = 0; i < 3001; i++) {
            many.file("f" + i, "");
        }
        refused("too many entries", many.end(), Trees.PLAIN, exhausted, "over 3000 entries");
        TarWriter deep = tar();
        for (int i = 0; i < 100; i++) {
            deep.pax("path", i + "/d".repeat(100)).file("x", "");
        }
        refused(
                "too many implied directories",
                deep.end(),
                Trees.PLAIN,
                exhausted,
                "over 3000 entries");
        TarWriter headers = tar();
        for (int i = 0; i < 4000; i++) {
            headers.globalPax("comment", "x");
        }
        refused(
                "too many extension headers",
                headers.file("f", "").end(),
                Trees.PLAIN,
                exhausted,
                "over 3000");
    }

    /** The listing of nested directories with something at the end. */
    private static String inside(String path, String last) {
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

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 0x10;
        return copy;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(3).nextBytes(bytes);
        return bytes;
    }
}
