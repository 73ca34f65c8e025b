package dev.gantry.cli.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
    @TempDir private Path here;

    private Path tree() throws IOException {
        Path top = Files.createDirectories(here.resolve("top"));
        Path deep = Files.createDirectories(top.resolve("d".repeat(60)).resolve("e".repeat(60)));
        Files.writeString(deep.resolve("größe"), "x".repeat(5000));
        Files.setPosixFilePermissions(
                deep.resolve("größe"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.createSymbolicLink(top.resolve("link"), Path.of("d".repeat(60)));
        Files.createFile(top.resolve("empty"));
        return top;
    }

    private static byte[] written(Path source, String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(bytes);
        LocalTree.write(source, name, writer);
        writer.end();
        return bytes.toByteArray();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void comesBackAsItWas() throws IOException {
        Path target = here.resolve("copy");
        LocalTree.read(
                new TarReader(new ByteArrayInputStream(written(tree(), "top"))),
                target,
                /* owners= */ false);
        Path deep = target.resolve("d".repeat(60)).resolve("e".repeat(60)).resolve("größe");
        assertThat(deep).hasContent("x".repeat(5000));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deep)))
                .isEqualTo("rwxr-x---");
        assertThat(Files.readSymbolicLink(target.resolve("link")).toString())
                .isEqualTo("d".repeat(60));
        assertThat(target.resolve("empty")).isEmptyFile();
    }

    @Test
    void isUnderstoodByTar() throws Exception {
        Path archive = Files.write(here.resolve("a.tar"), written(tree(), "top"));
        Path target = Files.createDirectories(here.resolve("copy"));
        assertThat(run("tar", "-xf", archive.toString(), "-C", target.toString())).isZero();
        assertThat(
                        run(
                                "diff",
                                "-r",
                                here.resolve("top").toString(),
                                target.resolve("top").toString()))
                .isZero();
    }

    @Test
    void understandsTarsFormats() throws Exception {
        Path top = tree();
        for (String format : new String[] {"gnu", "pax"}) {
            Path archive = here.resolve(format + ".tar");
            Path target = here.resolve(format);
            assertThat(
                            run(
                                    "tar",
                                    "--format=" + format,
                                    "-cf",
                                    archive.toString(),
                                    "-C",
                                    here.toString(),
                                    "top"))
                    .isZero();
            try (var in = Files.newInputStream(archive)) {
                LocalTree.read(new TarReader(in), target, /* owners= */ false);
            }
            assertThat(run("diff", "-r", top.toString(), target.toString())).isZero();
        }
    }

    @Test
    void nothingIsWrittenElsewhere() throws IOException {
        Path outside = Files.createDirectories(here.resolve("outside"));
        Path target = here.resolve("in/copy");
        Files.createDirectories(target.getParent());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TarWriter writer = new TarWriter(bytes);
        writer.add(new TarEntry(TarEntry.Kind.DIRECTORY, "t", "", 0, 0755, 0, 0, 0));
        writer.add(
                new TarEntry(
                        TarEntry.Kind.SYMBOLIC_LINK, "t/l", outside.toString(), 0, 0777, 0, 0, 0));
        writer.add(
                new TarEntry(TarEntry.Kind.FILE, "t/l/evil", "", 1, 0644, 0, 0, 0),
                new ByteArrayInputStream(new byte[] {1}));
        writer.end();
        assertThatThrownBy(
                        () ->
                                LocalTree.read(
                                        new TarReader(
                                                new ByteArrayInputStream(bytes.toByteArray())),
                                        target,
                                        /* owners= */ false))
                .hasMessageContaining("the archive leads elsewhere");
        assertThat(outside).isEmptyDirectory();
    }
}
