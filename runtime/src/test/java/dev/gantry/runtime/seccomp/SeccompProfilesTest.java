package dev.gantry.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.seccomp.SeccompFilter;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeccompProfilesTest {
    private static final Set<String> DEFAULT = Set.copyOf(SpecDefaults.CAPABILITIES);

    private static List<OciSeccomp.Syscall> rules(OciSeccomp profile, String name) {
        return profile.syscalls().stream().filter(s -> s.names().contains(name)).toList();
    }

    private static OciSeccomp parse(String json, Set<String> capabilities) {
        return SeccompProfiles.parse(json.getBytes(StandardCharsets.UTF_8), capabilities);
    }

    @Test
    void namespacesNeedSysAdmin() {
        OciSeccomp profile = SeccompProfiles.defaults(DEFAULT);
        assertThat(profile.defaultAction()).isEqualTo("SCMP_ACT_ERRNO");
        assertThat(rules(profile, "mount")).isEmpty();
        assertThat(rules(profile, "unshare")).isEmpty();
        assertThat(rules(profile, "setns")).isEmpty();
        assertThat(rules(profile, "clone"))
                .singleElement()
                .satisfies(
                        r ->
                                assertThat(r.args())
                                        .containsExactly(
                                                new OciSeccomp.Argument(
                                                        0, 0x7E020000L, 0, "SCMP_CMP_MASKED_EQ")));
        assertThat(rules(profile, "clone3"))
                .singleElement()
                .satisfies(r -> assertThat(r.errnoRet()).hasValue(38));
        assertThat(rules(profile, "chroot")).hasSize(1);

        OciSeccomp admin = SeccompProfiles.defaults(Set.of("CAP_SYS_ADMIN"));
        assertThat(rules(admin, "mount")).hasSize(1);
        assertThat(rules(admin, "clone"))
                .singleElement()
                .satisfies(r -> assertThat(r.args()).isEmpty());
        assertThat(rules(admin, "chroot")).isEmpty();
    }

    @Test
    void theDefaultCompilesOnce() {
        SeccompPrograms programs = new SeccompPrograms();
        byte[] program = programs.program(SeccompProfiles.defaults(DEFAULT));
        assertThat(program.length).isGreaterThan(1000);
        assertThat(program.length % 8).isZero();
        assertThat(programs.program(SeccompProfiles.defaults(DEFAULT))).isSameAs(program);
        assertThat(programs.program(SeccompProfiles.defaults(Set.of("CAP_SYS_ADMIN"))))
                .isNotEqualTo(program);
    }

    @Test
    void readsDockersAndOcisForm() {
        String json =
                """
                {"defaultAction":"SCMP_ACT_ALLOW",
                 "architectures":["SCMP_ARCH_X86_64"],
                 "syscalls":[
                  {"name":"chmod","action":"SCMP_ACT_ERRNO","errnoRet":7},
                  {"names":["acct"],"action":"SCMP_ACT_KILL","includes":{"caps":["CAP_SYS_PACCT"]}}]}
                """;
        assertThat(parse(json, Set.of()).syscalls()).hasSize(1);
        OciSeccomp both = parse(json, Set.of("CAP_SYS_PACCT"));
        SeccompFilter filter = SeccompPrograms.filter(both);
        assertThat(filter.architectures()).containsExactly("x86_64");
        assertThat(filter.rules())
                .extracting(SeccompFilter.Rule::syscall)
                .containsExactly("chmod", "acct");
        assertThat(filter.rules().getFirst().action().data()).isEqualTo(7);
        assertThat(new SeccompPrograms().program(both)).isNotEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> parse("{", Set.of()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("seccomp profile");
        assertThatThrownBy(() -> parse("{}", Set.of())).hasMessageContaining("defaultAction");
        String action = "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}";
        assertThatThrownBy(() -> SeccompPrograms.filter(parse(action, Set.of())))
                .hasMessageContaining("SCMP_ACT_MAYBE");
    }
}
