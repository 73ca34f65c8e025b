package dev.gantry.imagestore.manifest;

import dev.gantry.linux.process.Personality;
import dev.gantry.model.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this machine's processor and kernel run, from what the kernel says of them. */
final class Processor {
    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** Bytes that have the first processor: the kernel takes its time over each. */
    private static final int FIRST = 16 << 10;

    /** There when the kernel was built to run 32-bit programs of x86. */
    private static final Path IA32 = Path.of("/proc/sys/abi/vsyscall32");

    /**
     * What each level adds to the one below (x86-64 psABI, "micro-architecture levels"), from v2
     * on, by the kernel's names: pni is SSE3, abm has LZCNT.
     */
    private static final List<Set<String>> AMD64_LEVELS =
            List.of(
                    Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
                    Set.of("abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"),
                    Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

    private Processor() {}

    /** The platform of this machine with its processor's variant. */
    static Platform host() {
        Platform plain = Platform.host();
        try (InputStream in = Files.newInputStream(CPUINFO)) {
            String cpuinfo = new String(in.readNBytes(FIRST), StandardCharsets.UTF_8);
            return plain.withVariant(variant(plain, cpuinfo));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("error", e.toString())
                    .log(
                            "the processor's variant is not known; images for its baseline are chosen");
            return plain;
        }
    }

    /** The variant of a processor; that of the platform when nothing is said. */
    static String variant(Platform plain, String cpuinfo) {
        return switch (plain.architecture()) {
            case "amd64" -> "v" + amd64(field(cpuinfo, "flags"));
            case "arm64" -> field(cpuinfo, "Features").contains("sve2") ? "v9" : "v8";
            case "arm" ->
                    field(cpuinfo, "CPU architecture").stream()
                            .findFirst()
                            .flatMap(Processor::armVersion)
                            .orElse(plain.variant());
            default -> plain.variant();
        };
    }

    private static int amd64(Set<String> flags) {
        int level = 1;
        for (Set<String> needed : AMD64_LEVELS) {
            if (!flags.containsAll(needed)) {
                break;
            }
            level++;
        }
        return level;
    }

    /** As {@code 7} or, of the first 32-bit kernels on such processors, {@code AArch64}. */
    private static Optional<String> armVersion(String text) {
        String digit = text.equals("AArch64") ? "8" : text.substring(0, 1);
        return "5678".contains(digit) ? Optional.of("v" + digit) : Optional.empty();
    }

    /** The words of a field of the first processor: the kernel offers what all of them have. */
    private static Set<String> field(String cpuinfo, String name) {
        return cpuinfo.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.split(":", 2))
                .filter(pair -> pair.length == 2 && pair[0].strip().equals(name))
                .map(pair -> Set.copyOf(List.of(pair[1].strip().split("\\s+"))))
                .findFirst()
                .orElse(Set.of());
    }

    /** Whether programs of the architecture's 32-bit sister run here. */
    static boolean runs32Bit(String architecture) {
        return switch (architecture) {
            case "amd64" -> Files.exists(IA32);
            case "arm64" -> Personality.arm64Runs32Bit();
            default -> false;
        };
    }
}
