package dev.gantry.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.runtime.seccomp.SeccompProfiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** config.json has no member that the OCI runtime specification (config.md) does not name. */
class OciMembersTest {
    private static final Set<String> HOOK = Set.of("path", "args", "env", "timeout");
    private static final Set<String> ID_MAPPING = Set.of("containerID", "hostID", "size");

    /** The members that we write, by the path of their object; {@code *} is an array's item. */
    private static final Map<String, Set<String>> MEMBERS =
            Map.ofEntries(
                    Map.entry(
                            "",
                            Set.of(
                                    "ociVersion",
                                    "process",
                                    "root",
                                    "hostname",
                                    "mounts",
                                    "hooks",
                                    "annotations",
                                    "linux")),
                    Map.entry(
                            "/process",
                            Set.of(
                                    "terminal",
                                    "user",
                                    "args",
                                    "env",
                                    "cwd",
                                    "capabilities",
                                    "rlimits",
                                    "noNewPrivileges",
                                    "oomScoreAdj",
                                    "apparmorProfile",
                                    "selinuxLabel")),
                    Map.entry("/process/user", Set.of("uid", "gid", "umask", "additionalGids")),
                    Map.entry(
                            "/process/capabilities",
                            Set.of("bounding", "effective", "inheritable", "permitted", "ambient")),
                    Map.entry("/process/rlimits/*", Set.of("type", "hard", "soft")),
                    Map.entry("/root", Set.of("path", "readonly")),
                    Map.entry("/mounts/*", Set.of("destination", "type", "source", "options")),
                    Map.entry(
                            "/hooks",
                            Set.of(
                                    "prestart",
                                    "createRuntime",
                                    "createContainer",
                                    "startContainer",
                                    "poststart",
                                    "poststop")),
                    Map.entry("/hooks/prestart/*", HOOK),
                    Map.entry("/hooks/createRuntime/*", HOOK),
                    Map.entry("/hooks/createContainer/*", HOOK),
                    Map.entry("/hooks/startContainer/*", HOOK),
                    Map.entry("/hooks/poststart/*", HOOK),
                    Map.entry("/hooks/poststop/*", HOOK),
                    Map.entry("/annotations", Set.of("a.key")),
                    Map.entry(
                            "/linux",
                            Set.of(
                                    "uidMappings",
                                    "gidMappings",
                                    "devices",
                                    "cgroupsPath",
                                    "resources",
                                    "namespaces",
                                    "maskedPaths",
                                    "readonlyPaths",
                                    "rootfsPropagation",
                                    "seccomp",
                                    "sysctl",
                                    "mountLabel",
                                    "intelRdt")),
                    Map.entry(
                            "/linux/intelRdt",
                            Set.of(
                                    "closID",
                                    "l3CacheSchema",
                                    "memBwSchema",
                                    "enableCMT",
                                    "enableMBM")),
                    Map.entry("/linux/uidMappings/*", ID_MAPPING),
                    Map.entry("/linux/gidMappings/*", ID_MAPPING),
                    Map.entry(
                            "/linux/devices/*",
                            Set.of("path", "type", "major", "minor", "fileMode", "uid", "gid")),
                    Map.entry("/linux/namespaces/*", Set.of("type", "path")),
                    Map.entry(
                            "/linux/resources",
                            Set.of(
                                    "devices",
                                    "memory",
                                    "cpu",
                                    "pids",
                                    "hugepageLimits",
                                    "unified")),
                    Map.entry(
                            "/linux/resources/devices/*",
                            Set.of("allow", "type", "major", "minor", "access")),
                    Map.entry("/linux/resources/memory", Set.of("limit", "reservation", "swap")),
                    Map.entry(
                            "/linux/resources/cpu",
                            Set.of("shares", "quota", "period", "cpus", "mems")),
                    Map.entry("/linux/resources/pids", Set.of("limit")),
                    Map.entry("/linux/resources/hugepageLimits/*", Set.of("pageSize", "limit")),
                    Map.entry("/linux/resources/unified", Set.of("memory.high")),
                    Map.entry(
                            "/linux/seccomp",
                            Set.of(
                                    "defaultAction",
                                    "defaultErrnoRet",
                                    "architectures",
                                    "flags",
                                    "syscalls")),
                    Map.entry(
                            "/linux/seccomp/syscalls/*",
                            Set.of("names", "action", "errnoRet", "args")),
                    Map.entry(
                            "/linux/seccomp/syscalls/*/args/*",
                            Set.of("index", "value", "valueTwo", "op")),
                    Map.entry("/linux/sysctl", Set.of("net.a")));

    @Test
    void allMembersAndNoOthers() throws Exception {
        JsonNode json = new ObjectMapper().readTree(full().toJson());
        var seen = new java.util.TreeMap<String, Set<String>>();
        collect(json, "", seen);
        assertThat(seen).isEqualTo(new java.util.TreeMap<>(MEMBERS));
        assertThat(OciSpec.parse(full().toJson())).isEqualTo(full());
    }

    private static void collect(JsonNode node, String path, Map<String, Set<String>> into) {
        if (node.isArray()) {
            node.forEach(item -> collect(item, path + "/*", into));
        } else if (node.isObject()) {
            Set<String> names = into.computeIfAbsent(path, _ -> new TreeSet<>());
            node.properties()
                    .forEach(
                            e -> {
                                names.add(e.getKey());
                                collect(e.getValue(), path + "/" + e.getKey(), into);
                            });
        }
    }

    private static OciSpec full() {
        OciSpec spec = SpecDefaults.spec(List.of("/bin/sh"));
        return spec.withProcess(process(spec.process()))
                .withHostname("h")
                .withHooks(Optional.of(hooks()))
                .withAnnotations(Map.of("a.key", "v"))
                .withLinux(linux(spec.linux()));
    }

    private static OciProcess process(OciProcess process) {
        List<String> caps = SpecDefaults.CAPABILITIES;
        return new OciProcess(
                true,
                new OciUser(1, 2, OptionalInt.of(022), List.of(3L)),
                process.args(),
                process.env(),
                "/",
                new OciCapabilities(caps, caps, caps, caps, caps),
                List.of(new OciRlimit("RLIMIT_CORE", -1, 0)),
                true,
                OptionalInt.of(1),
                "profile",
                "label");
    }

    private static OciHooks hooks() {
        var hook = new OciHooks.Hook("/h", List.of("h"), List.of("A=b"), OptionalInt.of(1));
        List<OciHooks.Hook> one = List.of(hook);
        return new OciHooks(one, one, one, one, one, one);
    }

    private static OciLinux linux(OciLinux linux) {
        var mapping = List.of(new OciIdMapping(0, 1, 2));
        var one = OptionalLong.of(1);
        return linux.withUidMappings(mapping)
                .withGidMappings(mapping)
                .withCgroupsPath("/c")
                .withNamespaces(List.of(new OciNamespace(OciNamespace.Type.USER, "/p")))
                .withRootfsPropagation("rslave")
                .withSysctl(Map.of("net.a", "1"))
                .withMountLabel("label")
                .withIntelRdt(Optional.of(new OciIntelRdt("id", "L3:0=f", "MB:0=10", true, true)))
                .withSeccomp(Optional.of(seccomp()))
                .withResources(
                        new OciResources(
                                List.of(OciDeviceRule.all(true), rule()),
                                Optional.of(new OciMemory(one, one, one)),
                                Optional.of(new OciCpu(one, one, one, "0", "0")),
                                Optional.of(new OciPids(1)),
                                List.of(new OciHugepageLimit("2MB", 1)),
                                Map.of("memory.high", "1")));
    }

    private static OciDeviceRule rule() {
        return new OciDeviceRule(true, "c", OptionalLong.of(1), OptionalLong.of(3), "rw");
    }

    private static OciSeccomp seccomp() {
        OciSeccomp defaults = SeccompProfiles.defaults(Set.copyOf(SpecDefaults.CAPABILITIES));
        return new OciSeccomp(
                defaults.defaultAction(),
                OptionalInt.of(1),
                List.of("SCMP_ARCH_X86_64"),
                List.of("SECCOMP_FILTER_FLAG_LOG"),
                defaults.syscalls());
    }
}
