package dev.gantry.imagestore.layers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives made by GNU tar, applied by us and extracted by GNU tar, come out the same. */
@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class LayerRoundTripTest {
    private static final String BASIC =
            """
            mkdir -p usr/bin etc/empty tmp var/mail
            echo hello > etc/motd; : > etc/nothing
            head -c 3000001 /dev/urandom > usr/bin/tool
            head -c 512 /dev/urandom > usr/bin/block
            ln -s ../etc/motd usr/link; ln -s /no/where dangling
            ln usr/bin/tool usr/hard; ln usr/bin/tool tool; ln dangling dangling2
            mkfifo -m 640 var/pipe; mknod -m 666 var/null c 1 3; mknod -m 600 var/disk b 259 7
            chown 1000:2000 etc/motd; chown -h 12:34 usr/link; chown 5:6 var/mail
            chmod 6755 usr/bin/tool; chmod 1777 tmp; chmod 2775 var/mail; chmod 000 etc/nothing
            touch -d '2001-02-03 04:05:06' etc/motd etc/empty; touch -hd '1999-01-01' usr/link
            touch -d '2011-01-01' var usr . ; touch -d '1970-01-01 00:00:00 UTC' usr/bin
            """;
    private static final String RICH =
            BASIC
                    + """
                    chown 3000000:4294967294 etc/nothing
                    touch -d '2001-02-03 04:05:06.123456789' etc/motd
                    touch -d '1960-06-07 08:09:10.5 UTC' tool
                    long=$(printf 'n%.0s' $(seq 200)); mkdir -p $long/$long; echo deep > $long/$long/$long
                    ln -s $long/$long/$long/$long/$long longlink; ln $long/$long/$long $long/hard
                    printf bytes > "$(printf 'caf\\351\\377')"; ln -s "$(printf '\\200')" "$(printf 'l\\201')"
                    mkdir "$(printf 'd\\202')"; echo x > "$(printf 'd\\202/new\\nline')"
                    truncate -s 40M holes; printf start | dd of=holes conv=notrunc status=none
                    for i in $(seq 60); do
                      printf "piece $i" | dd of=holes bs=1 seek=$((i * 512000)) conv=notrunc status=none
                    done
                    truncate -s 8M allholes; : > zero; truncate -s 5000 smallhole
                    """;

    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;
    Path source;

    @BeforeEach
    void makeDirectories() throws IOException {
        source = Files.createDirectory(temporary.resolve("source"));
    }

    @TestFactory
    Stream<DynamicTest> basicTree() throws Exception {
        Trees.sh(source, BASIC);
        return Stream.of("ustar", "gnu", "oldgnu", "pax")
                .map(format -> compared("--format=" + format));
    }

    @TestFactory
    Stream<DynamicTest> richTree() throws Exception {
        Trees.sh(source, RICH);
        try (RootedDirectory root = RootedDirectory.open(source)) {
            byte[] capability = HexFormat.of().parseHex("0100000200040000000000000000000000000000");
            root.top()
                    .xattrs(PathBytes.of("tool"))
                    .set(XattrName.of("security.capability"), capability);
            root.top().xattrs(PathBytes.of("tmp")).set(XattrName.of("user.empty"), new byte[0]);
            root.top()
                    .xattrs(PathBytes.of("holes"))
                    .set(XattrName.of("user.note"), "a=b\n".getBytes(UTF_8));
        }
        String xattrs = " --xattrs --xattrs-include=*";
        return Stream.of(
                        "--format=gnu",
                        "--format=gnu --sparse",
                        "--format=pax" + xattrs,
                        "--format=pax --sparse --sparse-version=0.0" + xattrs,
                        "--format=pax --sparse --sparse-version=0.1" + xattrs,
                        "--format=pax --sparse --sparse-version=1.0" + xattrs)
                .map(this::compared);
    }

    private DynamicTest compared(String options) {
        return DynamicTest.dynamicTest(options, () -> compare(options));
    }

    private void compare(String options) throws Exception {
        Path work = Files.createTempDirectory(temporary, "case");
        Path archive = work.resolve("layer.tar");
        Path expected = Files.createDirectory(work.resolve("expected"));
        Path target = work.resolve("actual");
        String quoted = options.replace("*", "'*'");
        Trees.sh(source, "tar " + quoted + " --numeric-owner -cf " + archive + " .");
        Trees.sh(
                expected,
                "tar --numeric-owner --same-owner -p --xattrs --xattrs-include='*' -xf " + archive);

        try (InputStream in = Files.newInputStream(archive);
                UnpackedLayer layer =
                        UnpackedLayer.of(form, in, Trees.PLAIN, target, ApplyLimits.DEFAULT)) {
            compare(archive, expected, layer, options.contains("--sparse"));
            if (form == LayerForm.EROFS && options.contains("--sparse")) {
                assertThat(Files.size(target)).isLessThan(8 << 20);
            }
        }
        LayerDirectories.delete(work);
        assertThat(work).doesNotExist();
    }

    private void compare(Path archive, Path expected, UnpackedLayer layer, boolean sparse)
            throws Exception {
        Path actual = layer.files();
        AppliedLayer applied = layer.applied();
        assertThat(Trees.contents(actual)).isEqualTo(Trees.contents(expected));
        assertThat(Trees.attributes(actual)).isEqualTo(Trees.attributes(expected));
        assertThat(applied.diffId()).isEqualTo(sha256(Files.readAllBytes(archive)));
        assertThat(applied.impliedDirectories()).isEmpty();
        String inodes = Trees.sh(actual, "find . -mindepth 1 -printf '%i\\n' | sort -u | wc -l");
        assertThat(applied.inodes()).isEqualTo(Long.parseLong(inodes.strip()));
        if (sparse && form == LayerForm.DIRECTORY) {
            String blocks = Trees.sh(actual, "stat -c %b holes allholes");
            assertThat(blocks.lines().mapToLong(Long::parseLong).sum()).isLessThan(4096);
        }
    }

    @Test
    void everyCompressionGivesTheSame() throws Exception {
        Trees.sh(source, BASIC);
        Trees.sh(source, "tar --format=pax -cf ../layer.tar .");
        byte[] plain = Files.readAllBytes(temporary.resolve("layer.tar"));
        int half = plain.length / 2;
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(Trees.gzip(Arrays.copyOf(plain, half)));
        members.write(Trees.gzip(new byte[0]));
        members.write(Trees.gzip(Arrays.copyOfRange(plain, half, plain.length)));
        members.write(new byte[700]);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.write(new byte[] {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'});
        frames.write(Zstd.compress(Arrays.copyOf(plain, half)));
        frames.write(Zstd.compress(Arrays.copyOfRange(plain, half, plain.length), 15));

        Digest diffId = sha256(plain);
        check(plain, Trees.PLAIN, "plain", diffId);
        check(Trees.gzip(plain), Trees.GZIP, "gzip", diffId);
        check(members.toByteArray(), Trees.GZIP, "members", diffId);
        check(frames.toByteArray(), Trees.ZSTD, "frames", diffId);
        check(Trees.gzip(plain), Trees.ZSTD, "mislabelled", diffId);
        check(plain, "application/vnd.docker.image.rootfs.diff.tar.gzip", "docker", diffId);
    }

    private void check(byte[] blob, String mediaType, String name, Digest diffId) throws Exception {
        Path target = temporary.resolve(name);
        InputStream stream = new OneByteAvailable(blob);
        try (UnpackedLayer layer =
                UnpackedLayer.of(form, stream, mediaType, target, ApplyLimits.DEFAULT)) {
            assertThat(layer.applied().diffId()).isEqualTo(diffId);
            assertThat(Trees.contents(layer.files())).isEqualTo(Trees.contents(source));
        }
    }

    /** A stream like a socket's: small reads, and available() that knows nothing. */
    private static final class OneByteAvailable extends InputStream {
        private final ByteArrayInputStream in;

        OneByteAvailable(byte[] bytes) {
            in = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return in.read(target, offset, Math.min(length, 1000));
        }
    }

    @Test
    void bytesAfterTheEndMarkerCountForTheDiffId() throws Exception {
        Trees.sh(source, "echo x > x; tar -b 20 -cf ../layer.tar x; echo trailing >> ../layer.tar");
        byte[] archive = Files.readAllBytes(temporary.resolve("layer.tar"));
        assertThat(Trees.apply(archive, temporary.resolve("t")).diffId())
                .isEqualTo(sha256(archive));
    }

    private static Digest sha256(byte[] bytes) throws Exception {
        return Digest.sha256(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
