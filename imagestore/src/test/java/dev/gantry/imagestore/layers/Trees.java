package dev.gantry.imagestore.layers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.XattrName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** What tests need of trees and archives: commands, listings, compression. */
final class Trees {
    static final String GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
    static final String ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";

    private Trees() {}

    /** Runs a shell script and answers its output, bytes as Latin-1; it has to succeed. */
    static String sh(Path directory, String script) throws IOException, InterruptedException {
        ProcessBuilder builder =
                // The shell goes there itself: in a mount that is attached nowhere it would
                // complain that it does not find out where it is.
                new ProcessBuilder("/bin/sh", "-euc", "cd \"$IN\"\n" + script)
                        .directory(new File("/"))
                        .redirectErrorStream(true);
        builder.environment().put("IN", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new AssertionError("failed: " + script + "\n" + output);
        }
        return output;
    }

    /** Everything below a directory that a change of any kind moves, ctime included. */
    static List<String> fingerprint(Path directory) throws IOException, InterruptedException {
        String format = "%P|%i|%y|%m|%U|%G|%n|%s|%T@|%C@|%l\\0";
        return sh(directory, "find . -printf '" + format + "'").lines().sorted().toList();
    }

    /** What an extraction has to reproduce, as findutils and coreutils see it. */
    static List<String> contents(Path directory) throws IOException, InterruptedException {
        String found = sh(directory, "find . -printf '%P|%y|%m|%U|%G|%n|%s|%T@|%l\\0'");
        String directories = "(?<=\\|d\\|[0-7]{1,5}\\|\\d{1,10}\\|\\d{1,10}\\|)\\d+\\|\\d+";
        List<String> lines = new ArrayList<>();
        for (String line : found.split("\0", -1)) {
            lines.add(line.replaceAll(directories, "-"));
        }
        String sums = sh(directory, "find . -type f -print0 | sort -z | xargs -r0 sha256sum -z");
        lines.addAll(List.of(sums.split("\0", -1)));
        return lines.stream().sorted().toList();
    }

    /** Xattrs and device numbers, as the kernel gives them to us. */
    static List<String> attributes(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            collect(root.top(), "", lines);
            for (XattrName name : root.top().xattrs().list()) {
                lines.add(". " + name);
            }
        }
        return lines.stream().sorted().toList();
    }

    private static void collect(DirectoryHandle directory, String path, List<String> lines)
            throws IOException {
        for (DirectoryEntry entry : directory.list(1_000_000)) {
            PathBytes name = entry.name();
            FileStatus status = directory.find(name).orElseThrow();
            String shown = path + "/" + name;
            if (status.kind() == FileKind.CHARACTER || status.kind() == FileKind.BLOCK) {
                lines.add(shown + " " + status.deviceMajor() + ":" + status.deviceMinor());
            }
            for (XattrName xattr : directory.xattrs(name).list()) {
                byte[] value = directory.xattrs(name).get(xattr).orElseThrow();
                lines.add(shown + " " + xattr + "=" + HexFormat.of().formatHex(value));
            }
            if (entry.kind() == FileKind.DIRECTORY) {
                try (DirectoryHandle below = directory.openDirectory(name)) {
                    collect(below, shown, lines);
                }
            }
        }
    }

    static AppliedLayer apply(byte[] archive, Path target) {
        return LayerApplier.apply(
                new ByteArrayInputStream(archive),
                PLAIN,
                LayerForm.DIRECTORY,
                target,
                ApplyLimits.DEFAULT);
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
