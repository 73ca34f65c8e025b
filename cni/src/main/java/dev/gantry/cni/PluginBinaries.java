package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The plugins' programs in the directories of the settings. */
final class PluginBinaries {
    private final List<Path> directories;

    PluginBinaries(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /** CNI_PATH: the same directories, for plugins that call plugins. */
    String searchPath() {
        return directories.stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    List<Path> directories() {
        return directories;
    }

    Optional<Path> find(String type) {
        return directories.stream()
                .map(directory -> directory.resolve(type))
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .findFirst();
    }

    /** The program of a plugin; FAILED_PRECONDITION names the directories that lack it. */
    Path require(String type) {
        return find(type)
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        ("no program \"%s\" in %s: install the CNI plugin, or name"
                                                        + " its directory in the configuration")
                                                .formatted(type, directoriesInWords())));
    }

    String directoriesInWords() {
        return directories.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
