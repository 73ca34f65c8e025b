package dev.gantry.imagestore.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlatformChoiceTest {
    private static Platform platform(String text) {
        String[] parts = text.split("/", -1);
        return new Platform(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }

    /** One that also runs 32-bit programs when the text ends with {@code +32}. */
    private static Machine machine(String text) {
        return new Machine(platform(text.replace("+32", "")), text.endsWith("+32"));
    }

    private static Descriptor entry(String text) {
        return new Descriptor(
                MediaTypes.OCI_MANIFEST,
                TestImage.digest(text.getBytes(StandardCharsets.UTF_8)),
                1,
                text.isEmpty() ? Optional.empty() : Optional.of(platform(text)));
    }

    private static String choose(String wanted, String... offered) {
        List<String> texts = List.of(offered);
        return PlatformChoice.choose(
                        texts.stream().map(PlatformChoiceTest::entry).toList(), machine(wanted))
                .flatMap(Descriptor::platform)
                .map(Platform::toString)
                .orElse("none");
    }

    @Test
    void osAndArchitecture() {
        assertThat(choose("linux/amd64", "windows/amd64", "linux/arm64", "linux/amd64"))
                .isEqualTo("linux/amd64");
        assertThat(choose("linux/amd64", "linux/arm64", "unknown/unknown")).isEqualTo("none");
        assertThat(choose("linux/amd64", "linux/x86_64")).isEqualTo("linux/x86_64");
    }

    @Test
    void variants() {
        assertThat(choose("linux/arm64/v8", "linux/arm/v7", "linux/arm64"))
                .isEqualTo("linux/arm64");
        assertThat(choose("linux/arm64", "linux/arm64/v8")).isEqualTo("linux/arm64/v8");
        assertThat(choose("linux/arm/v7", "linux/arm/v5", "linux/arm/v6", "linux/arm64"))
                .isEqualTo("linux/arm/v6");
        assertThat(choose("linux/arm/v6", "linux/arm/v7", "linux/arm")).isEqualTo("none");
        assertThat(choose("linux/amd64", "linux/amd64/v3", "linux/amd64")).isEqualTo("linux/amd64");
        assertThat(choose("linux/amd64/v3", "linux/amd64", "linux/amd64/v2", "linux/amd64/v4"))
                .isEqualTo("linux/amd64/v2");
    }

    @Test
    void anEntryWithoutPlatformComesLast() {
        List<Descriptor> entries = List.of(entry(""), entry("linux/amd64"));
        assertThat(PlatformChoice.choose(entries, machine("linux/amd64")))
                .contains(entry("linux/amd64"));
        assertThat(PlatformChoice.choose(entries, machine("linux/arm64"))).contains(entry(""));
    }

    @Test
    void theFirstOfEquals() {
        Descriptor first = entry("linux/amd64");
        Descriptor second =
                new Descriptor(MediaTypes.DOCKER_MANIFEST, first.digest(), 2, first.platform());
        assertThat(PlatformChoice.choose(List.of(first, second), machine("linux/amd64")))
                .contains(first);
    }

    @Test
    void neverAVariantThatTheProcessorHasNot() {
        String[] all = {"linux/amd64/v4", "linux/amd64/v3", "linux/amd64", "linux/amd64/v2"};
        assertThat(choose("linux/amd64/v4", all)).isEqualTo("linux/amd64/v4");
        assertThat(choose("linux/amd64/v3", all)).isEqualTo("linux/amd64/v3");
        assertThat(choose("linux/amd64/v2", all)).isEqualTo("linux/amd64/v2");
        assertThat(choose("linux/amd64/v1", all)).isEqualTo("linux/amd64");
        assertThat(choose("linux/amd64/v2", "linux/amd64/v3")).isEqualTo("none");
        assertThat(choose("linux/amd64/v4", "linux/amd64/v9", "linux/amd64/fast"))
                .isEqualTo("none");
        assertThat(choose("linux/arm64/v8", "linux/arm64/v8.2", "linux/arm64/v9"))
                .isEqualTo("none");
        assertThat(choose("linux/arm64/v9", "linux/arm64", "linux/arm64/v8.2", "linux/arm64/v9"))
                .isEqualTo("linux/arm64/v9");
        assertThat(choose("linux/arm64/v9", "linux/arm64", "linux/arm64/v8.2"))
                .isEqualTo("linux/arm64/v8.2");
    }

    @Test
    void programsOf32BitsWhereTheyRunAndNothingBetterIsThere() {
        assertThat(choose("linux/amd64/v3", "linux/386")).isEqualTo("none");
        assertThat(choose("linux/amd64/v3+32", "linux/386")).isEqualTo("linux/386");
        assertThat(choose("linux/amd64/v3+32", "linux/386", "linux/amd64"))
                .isEqualTo("linux/amd64");
        String[] arms = {"linux/arm/v5", "linux/arm/v7", "linux/arm/v6"};
        assertThat(choose("linux/arm64/v8", arms)).isEqualTo("none");
        assertThat(choose("linux/arm64/v9+32", arms)).isEqualTo("linux/arm/v7");
        assertThat(choose("linux/arm64/v8+32", "linux/arm/v7", "linux/arm/v8"))
                .isEqualTo("linux/arm/v8");
        assertThat(choose("linux/arm64/v8+32", "linux/386")).isEqualTo("none");
        assertThat(choose("linux/riscv64+32", "linux/386", "linux/arm")).isEqualTo("none");
        assertThat(choose("linux/arm/v8", arms)).isEqualTo("linux/arm/v7");
        assertThat(choose("linux/arm/v6", arms)).isEqualTo("linux/arm/v6");
    }

    @Test
    void whatTheOperatingSystemMustHave() {
        Platform plain = platform("linux/amd64");
        Platform version = new Platform("linux", "amd64", "", "6.1", List.of());
        Platform feature = new Platform("linux", "amd64", "", "", List.of("erofs"));
        Machine machine = machine("linux/amd64");
        assertThat(chosen(machine, feature)).isEmpty();
        assertThat(chosen(machine, feature, version)).contains(version);
        assertThat(chosen(machine, version, plain)).contains(plain);
    }

    private static Optional<Platform> chosen(Machine machine, Platform... offered) {
        List<Descriptor> entries =
                List.of(offered).stream().map(p -> entry(p.toString(), p, Map.of())).toList();
        return PlatformChoice.choose(entries, machine).flatMap(Descriptor::platform);
    }

    private static Descriptor entry(
            String content, Platform platform, Map<String, String> annotations) {
        return new Descriptor(
                MediaTypes.OCI_MANIFEST,
                TestImage.digest(content.getBytes(StandardCharsets.UTF_8)),
                1,
                Optional.of(platform),
                annotations);
    }

    @Test
    void attestationsAreNoImages() {
        Descriptor image = entry("linux/amd64");
        Descriptor attestation =
                entry(
                        "attestation",
                        platform("unknown/unknown"),
                        Map.of(
                                "vnd.docker.reference.type",
                                "attestation-manifest",
                                "vnd.docker.reference.digest",
                                image.digest().toString()));
        Descriptor disguised =
                new Descriptor(
                        MediaTypes.OCI_MANIFEST,
                        image.digest(),
                        1,
                        Optional.empty(),
                        attestation.annotations());
        Machine machine = machine("linux/amd64");
        assertThat(attestation.attests(image.digest())).isTrue();
        assertThat(attestation.attests(attestation.digest())).isFalse();
        assertThat(image.attests(image.digest())).isFalse();
        assertThat(PlatformChoice.choose(List.of(attestation, disguised), machine)).isEmpty();
        assertThat(PlatformChoice.choose(List.of(attestation, entry("")), machine))
                .contains(entry(""));
        assertThat(PlatformChoice.choose(List.of(attestation, image), machine)).contains(image);
        assertThat(PlatformChoice.offers(List.of(entry("windows/arm64"), attestation, disguised)))
                .isEqualTo("windows/arm64 (beside 2 attestations)");
    }

    @Test
    void theProcessorsVariant() {
        String first = "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3";
        String second = first + " abm avx avx2 bmi1 bmi2 f16c fma movbe xsave";
        String third = second + " avx512f avx512bw avx512cd avx512dq avx512vl";
        Platform amd64 = platform("linux/amd64");
        assertThat(Processor.variant(amd64, "")).isEqualTo("v1");
        assertThat(Processor.variant(amd64, cpu("flags", "fpu sse2"))).isEqualTo("v1");
        assertThat(Processor.variant(amd64, cpu("flags", first))).isEqualTo("v2");
        assertThat(Processor.variant(amd64, cpu("flags", second))).isEqualTo("v3");
        assertThat(Processor.variant(amd64, cpu("flags", third))).isEqualTo("v4");
        assertThat(Processor.variant(amd64, cpu("flags", third.replace("abm ", ""))))
                .isEqualTo("v2");
        assertThat(Processor.variant(amd64, cpu("vmx flags", third))).isEqualTo("v1");
        Platform arm64 = platform("linux/arm64/v8");
        assertThat(Processor.variant(arm64, cpu("Features", "fp asimd"))).isEqualTo("v8");
        assertThat(Processor.variant(arm64, cpu("Features", "fp sve sve2"))).isEqualTo("v9");
        Platform arm = platform("linux/arm");
        assertThat(Processor.variant(arm, cpu("CPU architecture", "7"))).isEqualTo("v7");
        assertThat(Processor.variant(arm, cpu("CPU architecture", "6TEJ"))).isEqualTo("v6");
        assertThat(Processor.variant(arm, cpu("CPU architecture", "AArch64"))).isEqualTo("v8");
        assertThat(Processor.variant(arm, "")).isEmpty();
        assertThat(Processor.variant(platform("linux/s390x"), "")).isEmpty();
    }

    private static String cpu(String name, String value) {
        return "processor\t: 0\n" + name + "\t\t: " + value + "\nbogomips\t: 1\n\nprocessor\t: 1\n";
    }

    /** A processor runs what it is said to be, so far as the test can know. */
    @Test
    void thisMachine() {
        assertThat(Machine.host().architecture()).isEqualTo(Platform.host().architecture());
        Machine machine = Machine.of(Machine.host());
        assertThat(PlatformChoice.runs(Platform.host(), machine)).isTrue();
        assertThat(PlatformChoice.runs(Machine.host(), machine)).isTrue();
        assertThat(Machine.of(platform("linux/s390x")).runs32Bit()).isFalse();
    }
}
