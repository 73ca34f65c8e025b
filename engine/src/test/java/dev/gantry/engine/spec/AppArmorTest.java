package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppArmorTest {
    private static final SecurityProfile NAMED =
            new SecurityProfile(SecurityProfile.Type.LOCALHOST, "mine");

    @TempDir Path temp;
    private final List<String> loaded = new ArrayList<>();
    private AppArmor apparmor = AppArmor.HOST;

    @BeforeEach
    void machine() {
        apparmor = new AppArmor(temp.resolve("enabled"), temp.resolve("profiles"), loaded::add);
    }

    private void kernel(String enabled, String profiles) throws IOException {
        Files.writeString(temp.resolve("enabled"), enabled + "\n");
        Files.writeString(temp.resolve("profiles"), profiles);
    }

    @Test
    void theKernelSaysWhetherItIsOn() throws IOException {
        assertThat(apparmor.enabled()).isFalse();
        kernel("N", "");
        assertThat(apparmor.enabled()).isFalse();
        kernel("Y", "");
        assertThat(apparmor.enabled()).isTrue();
    }

    @Test
    void withoutItTheDefaultIsNothingAndANameIsRefused() {
        assertThat(apparmor.profile(SecurityProfile.RUNTIME_DEFAULT, false)).isEmpty();
        assertThat(apparmor.profile(SecurityProfile.UNCONFINED, false)).isEmpty();
        assertThatThrownBy(() -> apparmor.profile(NAMED, false))
                .hasMessageContaining("mine")
                .hasMessageContaining("no AppArmor")
                .extracting("code")
                .isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThat(loaded).isEmpty();
    }

    @Test
    void theDefaultIsLoadedWhenItIsNotThere() throws IOException {
        kernel("Y", "other (enforce)\n");
        assertThat(apparmor.profile(SecurityProfile.RUNTIME_DEFAULT, false))
                .isEqualTo("gantry-default");
        assertThat(loaded).hasSize(1).first().asString().contains("profile gantry-default");
        kernel("Y", "gantry-default (enforce)\n");
        assertThat(apparmor.profile(SecurityProfile.UNSPECIFIED, false))
                .isEqualTo("gantry-default");
        assertThat(loaded).hasSize(1);
    }

    @Test
    void aPrivilegedContainerHasNoneButWhatItNames() throws IOException {
        kernel("Y", "mine (complain)\n");
        assertThat(apparmor.profile(SecurityProfile.RUNTIME_DEFAULT, true)).isEmpty();
        assertThat(apparmor.profile(NAMED, true)).isEqualTo("mine");
        assertThat(apparmor.profile(SecurityProfile.UNCONFINED, false)).isEqualTo("unconfined");
    }

    @Test
    void aNamedProfileMustBeLoaded() throws IOException {
        kernel("Y", "mine2 (enforce)\n");
        assertThatThrownBy(() -> apparmor.profile(NAMED, false))
                .hasMessageContaining("mine is not loaded")
                .hasMessageContaining("apparmor_parser")
                .extracting("code")
                .isEqualTo(Failure.Code.FAILED_PRECONDITION);
    }
}
