package dev.gantry.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.engine.journal.Step;
import dev.gantry.engine.journal.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdviceTest {
    private static List<String> advice(String what, String error) {
        return Advice.of(
                new Step(
                        Instant.EPOCH,
                        Duration.ZERO,
                        "",
                        "",
                        "",
                        Step.Kind.FAILED,
                        what,
                        Optional.of(Trouble.said(error))),
                "web");
    }

    /** The errors are those that this program, the kernel, plugins and registries really say. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "launch its process | exec \"/no/such\": no such file or directory (ENOENT) | no program /no/such",
                "launch its process | exec \"/etc/passwd\": permission denied (EACCES) | /etc/passwd is not executable",
                "launch its process | exec \"/app\": exec format error (ENOEXEC) | another architecture",
                "launch its process | working directory /nowhere: no such file or directory (ENOENT) | no directory /nowhere",
                "launch its process | mount source /srv/x (for /data) is missing on the host | mkdir -p /srv/x",
                "put its configuration together | mount source \"/srv/x\" of container web does not exist on the host | mkdir -p /srv/x",
                "CNI ADD of plugin nope of network n (/etc/cni/net.d/n.conflist) | no program \"nope\" in /opt/cni/bin: install the CNI plugin | install the CNI plugin there",
                "choose the network | no CNI network is configured: /etc/cni/net.d has no .conflist | write a .conflist in /etc/cni/net.d",
                "CNI ADD of plugin bridge | it exited 1: failed to allocate for range 0: no IP addresses available in range set | addresses are used up",
                "CNI ADD of plugin x | CNI ADD of plugin x did not end within 30 s and was killed | plugin hangs",
                "create container web | image \"nope:1\" is not on this node; pull it first | gantry pull IMAGE",
                "create container web | no such image: nope:1; pull it first | gantry pull IMAGE",
                "pull image r/x:1 | http://r/v2/x/manifests/1 (anonymous) answered 401: unauthorized | gantry login",
                "pull image r/x:1 | http://r/v2/x/manifests/1 (anonymous) answered 404: manifest unknown | no such image or tag",
                "the container ended with exit code 137 | the kernel killed it for want of memory (OOM): its memory limit is 16MiB | gantry update --memory SIZE web",
                "start it | port 8080 is already allocated: container other publishes it | choose another one with -p",
                "create container web | the container name \"web\" is already in use by container abc | the name is taken",
                "put its configuration together | AppArmor profile x is not loaded on this node | apparmor_parser -r",
                "put its configuration together | the given seccomp profile has no defaultAction | correct the seccomp profile",
                "write the pod's files | /run/gantry/files/x/hosts: No space left on device | df -h /run/gantry/files/x/hosts",
                "write the pod's files | /run/gantry/x: Disk quota exceeded | quota",
                "start the shim | /run/gantry/x: Too many open files | LimitNOFILE",
                "launch its process | mount tmpfs at /x (mkdir): read-only file system (EROFS) | lies on a read-only file system",
                "make the control group /gantry/x | write 1 to /sys/fs/cgroup/pids/gantry/pids.max: invalid argument (EINVAL) | the kernel refused a limit",
                "find out its user | user \"bob\" is not in the image's /etc/passwd and is not a number | numeric user",
                "launch its process | set sysctl kernel.nope to \"1\": no such file or directory (ENOENT) | correct --sysctl",
                "something | stars are wrong | put right what the error names",
            })
    void eachKindOfFailureHasItsAdvice(String what, String error, String says) {
        assertThat(String.join("\n", advice(what, error))).contains(says);
    }
}
