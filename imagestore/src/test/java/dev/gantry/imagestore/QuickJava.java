package dev.gantry.imagestore;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The command of a JVM that starts often: one compiler, and a shared archive of its classes. */
final class QuickJava {
    private QuickJava() {}

    /**
     * The command up to the main class. The archive is written by the first run that comes to its
     * end; it needs jars, so directories of classes become some.
     */
    static List<String> command(Path directory, Class<?> main) throws IOException {
        List<String> path = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path at = Path.of(element);
            path.add(
                    Files.isDirectory(at)
                            ? jar(at, directory.resolve("classes-" + path.size() + ".jar"))
                                    .toString()
                            : element);
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                Arrays.asList(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-XX:+AutoCreateSharedArchive",
                        "-XX:SharedArchiveFile=" + directory.resolve("classes.jsa"),
                        "-Xshare:auto",
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "-cp",
                        String.join(File.pathSeparator, path),
                        main.getName()));
        return List.copyOf(command);
    }

    private static Path jar(Path classes, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
        return to;
    }
}
