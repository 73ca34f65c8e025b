package dev.gantry.engine.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppArmorTest {
    @TempDir Path temp;

    @Test
    void theKernelSaysWhetherItIsOn() throws IOException {
        Path parameter = temp.resolve("enabled");
        assertThat(AppArmor.enabled(parameter)).isFalse();
        Files.writeString(parameter, "N\n");
        assertThat(AppArmor.enabled(parameter)).isFalse();
        Files.writeString(parameter, "Y\n");
        assertThat(AppArmor.enabled(parameter)).isTrue();
    }

    @Test
    void namedProfilesAreRefusedAndKubeletsDefaultIsNot() {
        SecurityProfile named = new SecurityProfile(SecurityProfile.Type.LOCALHOST, "mine");
        assertThatThrownBy(() -> AppArmor.check(named, true))
                .hasMessageContaining("mine")
                .extracting("code")
                .isEqualTo(Failure.Code.UNIMPLEMENTED);
        assertThatThrownBy(() -> AppArmor.check(named, false))
                .hasMessageContaining("no AppArmor")
                .extracting("code")
                .isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThatCode(() -> AppArmor.check(SecurityProfile.RUNTIME_DEFAULT, true))
                .doesNotThrowAnyException();
    }
}
