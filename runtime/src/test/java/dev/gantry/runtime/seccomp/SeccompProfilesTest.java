package dev.gantry.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.seccomp.SeccompFilter;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
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
        refused("\"defaultAction\":\"SCMP_ACT_MAYBE\"", "SCMP_ACT_MAYBE");
        refused("\"defaultAction\":\"SCMP_ACT_NOTIFY\"", "SCMP_ACT_NOTIFY");
        String allow = "\"defaultAction\":\"SCMP_ACT_ALLOW\",";
        refused(allow + "\"listenerPath\":\"/run/x\"", "listenerPath");
        refused(allow + "\"flags\":[\"SECCOMP_FILTER_FLAG_X\"]", "SECCOMP_FILTER_FLAG_X");
        refused(
                allow + "\"architectures\":[\"A\"],\"archMap\":[{\"architecture\":\"B\"}]",
                "both architectures and archMap");
        refused(allow + "\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\"}]", "names no system call");
        refused(allow + rule("\"errnoRet\":5000"), "errno 5000");
        refused(allow + rule("\"args\":[{\"index\":6,\"op\":\"SCMP_CMP_EQ\"}]"), "argument 6");
        refused(allow + rule("\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_IS\"}]"), "SCMP_CMP_IS");
        refused(
                allow + rule("\"args\":[{\"value\":18446744073709551616,\"op\":\"SCMP_CMP_EQ\"}]"),
                "64 bits");
        refused(allow + rule("\"includes\":{\"minKernel\":\"new\"}"), "kernel version");
    }

    private static String rule(String more) {
        return "\"syscalls\":[{\"names\":[\"chmod\"],\"action\":\"SCMP_ACT_ERRNO\",%s}]"
                .formatted(more);
    }

    private static void refused(String members, String why) {
        assertThatThrownBy(() -> parse("{" + members + "}", Set.of()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(why);
    }

    @Test
    void conditionsOnTheKernelHold() {
        String json =
                """
                {"defaultAction":"SCMP_ACT_ALLOW", "syscalls":[
                  {"names":["chmod"],"action":"SCMP_ACT_LOG","includes":{"minKernel":"4.8"}},
                  {"names":["chown"],"action":"SCMP_ACT_LOG","includes":{"minKernel":"99.0"}},
                  {"names":["acct"],"action":"SCMP_ACT_LOG","excludes":{"minKernel":"4.8"}},
                  {"names":["sync"],"action":"SCMP_ACT_LOG","excludes":{"minKernel":"99.0"}}]}
                """;
        assertThat(parse(json, Set.of()).syscalls())
                .extracting(c -> c.names().getFirst())
                .containsExactly("chmod", "sync");
    }

    @Test
    void everyActionComparisonAndSubArchitectureCompiles() {
        String json =
                """
                {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":38,
                 "archMap":[{"architecture":"SCMP_ARCH_X86_64","subArchitectures":["SCMP_ARCH_X86","SCMP_ARCH_X32"]},
                            {"architecture":"SCMP_ARCH_AARCH64","subArchitectures":["SCMP_ARCH_ARM"]}],
                 "flags":["SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_TSYNC"],
                 "syscalls":[
                  {"names":["read"],"action":"SCMP_ACT_ALLOW","args":[{"index":0,"value":18446744073709551615,"op":"SCMP_CMP_NE"}]},
                  {"names":["write"],"action":"SCMP_ACT_LOG","args":[{"index":1,"value":1,"op":"SCMP_CMP_LT"}]},
                  {"names":["close"],"action":"SCMP_ACT_KILL","args":[{"index":2,"value":1,"op":"SCMP_CMP_LE"}]},
                  {"names":["dup"],"action":"SCMP_ACT_KILL_THREAD","args":[{"index":3,"value":1,"op":"SCMP_CMP_EQ"}]},
                  {"names":["dup2"],"action":"SCMP_ACT_KILL_PROCESS","args":[{"index":4,"value":1,"op":"SCMP_CMP_GE"}]},
                  {"names":["pipe"],"action":"SCMP_ACT_TRAP","args":[{"index":5,"value":1,"op":"SCMP_CMP_GT"}]},
                  {"names":["chmod"],"action":"SCMP_ACT_TRACE","errnoRet":9,
                   "args":[{"index":1,"value":2048,"valueTwo":2048,"op":"SCMP_CMP_MASKED_EQ"}]}]}
                """;
        OciSeccomp profile = parse(json, Set.of());
        assertThat(new SeccompPrograms().program(profile)).isNotEmpty();
        SeccompFilter.Test masked =
                SeccompPrograms.filter(profile).rules().getLast().tests().getFirst();
        assertThat(masked)
                .isEqualTo(
                        new SeccompFilter.Test(1, SeccompFilter.Comparison.MASKED_EQ, 2048, 2048));
        assertThat(SeccompPrograms.filter(profile).rules().getFirst().tests().getFirst().a())
                .isEqualTo(-1L);
    }

    /** Damaged profiles are refused in words or taken; nothing else ever happens. */
    @Test
    void damagedProfilesAreRefusedInWords() {
        long seed = Long.getLong("gantry.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] good =
                """
                {"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":1,"architectures":["SCMP_ARCH_X86_64"],
                 "flags":["SECCOMP_FILTER_FLAG_LOG"],"syscalls":[{"names":["read","write"],"action":"SCMP_ACT_ALLOW",
                 "args":[{"index":0,"value":1,"valueTwo":2,"op":"SCMP_CMP_MASKED_EQ"}],"includes":{"caps":["CAP_CHOWN"],
                 "arches":["amd64"],"minKernel":"4.8"},"excludes":{}}]}
                """
                        .getBytes(StandardCharsets.UTF_8);
        int taken = 0;
        for (int round = 0; round < 4000; round++) {
            byte[] damaged = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(128);
            }
            try {
                OciSeccomp profile = SeccompProfiles.parse(damaged, Set.of("CAP_CHOWN"));
                var _ = SeccompPrograms.filter(profile);
                taken++;
            } catch (Failure e) {
                assertThat(e.code())
                        .as("seed %d, round %d: %s", seed, round, e.message())
                        .isIn(Failure.Code.INVALID_ARGUMENT, Failure.Code.UNIMPLEMENTED);
                assertThat(e.message()).isNotBlank();
            }
        }
        assertThat(taken).as("seed %d", seed).isPositive();
    }
}
