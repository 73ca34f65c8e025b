package dev.gantry.imagestore.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlatformChoiceTest {
    private static Platform platform(String text) {
        String[] parts = text.split("/", -1);
        return new Platform(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
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
                        texts.stream().map(PlatformChoiceTest::entry).toList(), platform(wanted))
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
        assertThat(PlatformChoice.choose(entries, platform("linux/amd64")))
                .contains(entry("linux/amd64"));
        assertThat(PlatformChoice.choose(entries, platform("linux/arm64"))).contains(entry(""));
    }

    @Test
    void theFirstOfEquals() {
        Descriptor first = entry("linux/amd64");
        Descriptor second =
                new Descriptor(MediaTypes.DOCKER_MANIFEST, first.digest(), 2, first.platform());
        assertThat(PlatformChoice.choose(List.of(first, second), platform("linux/amd64")))
                .contains(first);
    }
}
