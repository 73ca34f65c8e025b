package dev.gantry.cni;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What pods are wired by, for people.
 *
 * @param directory where lists are looked for
 * @param file the list in use
 * @param cniVersion the version that plugins are called with
 * @param plugins the list's plugins in their order, and where each program is; empty: nowhere
 * @param searched the directories of programs
 * @param problems what is wrong with files that are passed over
 * @param lastError what the last failed call of a pod said; empty when none failed since the start
 */
public record NetworkDetails(
        Path directory,
        Optional<Path> file,
        Optional<String> network,
        Optional<String> cniVersion,
        Map<String, Optional<Path>> plugins,
        List<Path> searched,
        List<String> problems,
        Optional<String> lastError) {}
