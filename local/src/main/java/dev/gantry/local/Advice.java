package dev.gantry.local;

import dev.gantry.engine.journal.Step;
import dev.gantry.engine.journal.Trouble;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to do about a step that failed: a table from kinds of failure to advice. The first row that
 * fits is the most particular one.
 */
final class Advice {
    private static final String ELSE = "put right what the error names, and start it again";

    /**
     * A row.
     *
     * @param advice with PATH for the path and NAME for whose step it is
     */
    private record Row(BiPredicate<String, Trouble> fits, List<String> advice) {}

    private static final List<Row> ROWS =
            List.of(
                    said(
                            "OOM|out of memory",
                            "give it more memory: gantry update --memory SIZE NAME; of kubelet's, resources.limits.memory in the manifest",
                            "or have the program take less: gantry stats NAME shows what it takes"),
                    errno(
                            Set.of("ENOSPC"),
                            "the disk is full: look with df -h PATH, and df -i PATH for inodes",
                            "free some: gantry system df says what Gantry has there, gantry system prune removes what nobody uses"),
                    errno(
                            Set.of("EDQUOT"),
                            "a quota is used up: look with gantry system df, and raise the quota or remove something"),
                    errno(
                            Set.of("EMFILE", "ENFILE"),
                            "too many files are open: raise LimitNOFILE= of gantryd's unit (systemctl edit gantryd), or --ulimit nofile= of the container",
                            "for the whole machine: sysctl fs.file-max, and see who has them with lsof"),
                    said(
                            "no program \".*\" in ",
                            "install the CNI plugin there (Debian: containernetworking-plugins; else the network add-on does it), or name its directory with --cni-bin-dir",
                            "gantry info lists the plugins that the network needs"),
                    said(
                            "no CNI network is configured",
                            "install a network add-on, or write a .conflist in PATH; docs/networking.md has an example"),
                    said(
                            "no IP addresses available|no free address|range is full",
                            "the network's addresses are used up: remove pods, widen the range of the network's list, or clear leases of pods that are gone (host-local keeps them in /var/lib/cni/networks)"),
                    said(
                            "CNI .* did not end within",
                            "the network plugin hangs: look for what it waits for (ps, its own log), or raise deadline in [cni] of gantryd.toml"),
                    said(
                            "is not on this node|no such image",
                            "pull the image: gantry pull IMAGE; or correct its name",
                            "kubelet does that itself unless imagePullPolicy is Never"),
                    said(
                            "unauthorized|authentication required|\\b401\\b|access denied|\\b403\\b",
                            "log in to the registry: gantry login REGISTRY; for kubelet's pods, imagePullSecrets",
                            "registries say the same of an image that does not exist: check its name"),
                    said(
                            "manifest unknown|name unknown|\\b404\\b|not found in (the )?registry",
                            "the registry has no such image or tag: correct the name; look with skopeo list-tags docker://IMAGE"),
                    said(
                            "x509|certificate|PKIX",
                            "the registry's certificate is not trusted: put its CA in certs.d/REGISTRY/ca.crt (docs/operating.md)"),
                    said(
                            "no such host|UnknownHost|unresolved|cannot be resolved",
                            "the name cannot be resolved: look at the node's /etc/resolv.conf"),
                    said(
                            "\\bport \\d+ is already allocated",
                            "another program or container has the port: choose another one with -p, or stop that one (ss -lnp shows it)"),
                    errno(
                            Set.of("EADDRINUSE"),
                            "another program has the address: choose another port with -p, or stop that one (ss -lnp shows it)"),
                    said(
                            "already in use by container|exists (in the pod )?as ",
                            "the name is taken: remove or rename the one that has it, or use another name"),
                    said(
                            "seccomp profile",
                            "correct the seccomp profile, or put it where it is looked for; --security-opt seccomp=unconfined starts without one, for a test"),
                    said(
                            "AppArmor profile",
                            "load the profile on this node: apparmor_parser -r FILE; aa-status lists those that are loaded",
                            "or start without one: --security-opt apparmor=unconfined"),
                    errno(
                            Set.of("ENOEXEC"),
                            "the program is for another architecture, or a script without #! in its first line: pull the image for this node (--platform), or give the script its interpreter"),
                    said(
                            "exec \".*(ENOENT|no such file)",
                            "the image has no program PATH: correct the command; look around with gantry run --rm -it --entrypoint sh IMAGE",
                            "if it is there, its interpreter (the #! line, or the dynamic loader) is not"),
                    said(
                            "exec \".*(EACCES|permission denied)",
                            "PATH is not executable for the container's user: chmod +x it in the image, or choose another --user; a mount with noexec does the same"),
                    said(
                            "(mount|bind) source .*(missing|does not exist)",
                            "make the source on this node (mkdir -p PATH), or correct the path in -v, --mount or hostPath",
                            "-v makes a missing directory itself, --mount and a hostPath without DirectoryOrCreate do not"),
                    said(
                            "mount source .*did not answer",
                            "the file system that PATH lies on hangs: look at its server (NFS) and at mount"),
                    said(
                            "working directory",
                            "the image has no directory PATH: correct --workdir, or make it in the image"),
                    said(
                            "is not in the image's /etc/(passwd|group)",
                            "use a numeric user (--user 1000:1000, runAsUser), or add the user to the image"),
                    said(
                            "set sysctl",
                            "the kernel does not have this sysctl, or not for a pod: correct --sysctl; only those of the pod's own namespaces can be set"),
                    said(
                            "resource limit|oom_score_adj",
                            "the daemon may not go so far: lower the limit, or raise that of gantryd's unit"),
                    said(
                            "control group|cgroup",
                            "the kernel refused a limit or the group: compare the limit with the parent group's (--cgroup-parent) and with what the node has; look at PATH"),
                    said(
                            "runtime handler|is not configured",
                            "name a handler that is configured; gantry info lists them"),
                    said(
                            "user namespace",
                            "this node cannot give it a user namespace: run it without (hostUsers: true), or on a newer kernel"),
                    said(
                            "shim .*(gone|does not answer|no answer)|shim is gone",
                            "its shim was killed or hangs; look for the kernel's OOM killer in dmesg, then start it again: gantry start NAME (kubelet does by itself)"),
                    said(
                            "iptables|nft",
                            "the packet filter refused: iptables-save shows what is there; the modules may be missing (modprobe br_netfilter, ip_tables)"),
                    errno(
                            Set.of("EROFS"),
                            "PATH lies on a read-only file system: run without --read-only, give it a volume or --tmpfs there, or remount it writable"),
                    errno(
                            Set.of("ENOMEM"),
                            "the node is out of memory: stop something, or give the daemon's unit more"),
                    errno(
                            Set.of("EACCES", "EPERM"),
                            "look at mode and owner of PATH and of the directories above it (namei -l PATH), and at the container's --user and capabilities",
                            "SELinux or AppArmor may refuse it too: dmesg says so"),
                    errno(Set.of("ENOENT"), "PATH is missing: make it, or correct what names it"),
                    errno(
                            Set.of("EBUSY"),
                            "somebody uses PATH: see who with fuser -vm PATH, and try again"),
                    errno(
                            Set.of("ECONNREFUSED"),
                            "nothing listens there: start that service, or correct its address"),
                    errno(
                            Set.of("EIO"),
                            "the disk below PATH fails: look at dmesg, and save what is on it"));

    private Advice() {}

    private static Row said(String words, String... advice) {
        Pattern pattern = Pattern.compile(words, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
        return new Row(
                (what, trouble) -> pattern.matcher(what + ": " + trouble.message()).find(),
                List.of(advice));
    }

    private static Row errno(Set<String> symbols, String... advice) {
        return new Row((_, trouble) -> symbols.contains(trouble.errno()), List.of(advice));
    }

    /** What to do; never empty. */
    static List<String> of(Step failed, String name) {
        if (failed.trouble().isEmpty()) {
            return List.of(ELSE);
        }
        Trouble trouble = failed.trouble().get();
        String path = trouble.path().isEmpty() ? "the file" : trouble.path();
        return ROWS.stream()
                .filter(row -> row.fits().test(failed.what(), trouble))
                .findFirst()
                .map(Row::advice)
                .orElse(List.of(ELSE))
                .stream()
                .map(line -> line.replaceAll("\\bPATH\\b", quoted(path)))
                .map(line -> line.replaceAll("\\bNAME\\b", quoted(name.isEmpty() ? "NAME" : name)))
                .toList();
    }

    private static String quoted(String text) {
        return Matcher.quoteReplacement(text);
    }
}
