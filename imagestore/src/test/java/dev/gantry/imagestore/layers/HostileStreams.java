package dev.gantry.imagestore.layers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure.Code;
import java.io.IOException;
import java.util.Arrays;

/** Damaged streams and bombs. */
final class HostileStreams extends HostileCases {
    HostileStreams() throws IOException {
        streams();
        exhaustion();
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
        harmless("empty stream", new byte[0], "");
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
}
