package dev.gantry.runtime.oci;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The process of a container (OCI config, {@code process}). {@code env} entries are {@code
 * NAME=value}; an empty AppArmor profile or SELinux label is "not given".
 */
public record OciProcess(
        boolean terminal,
        OciUser user,
        List<String> args,
        List<String> env,
        String cwd,
        OciCapabilities capabilities,
        List<OciRlimit> rlimits,
        boolean noNewPrivileges,
        OptionalInt oomScoreAdj,
        String apparmorProfile,
        String selinuxLabel) {
    public OciProcess {
        user = Objects.requireNonNullElse(user, OciUser.ROOT);
        capabilities = Objects.requireNonNullElse(capabilities, OciCapabilities.NONE);
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
    }

    public OciProcess withTerminal(boolean value) {
        return with(parts -> parts.terminal = value);
    }

    public OciProcess withUser(OciUser value) {
        return with(parts -> parts.user = value);
    }

    public OciProcess withArgs(List<String> value) {
        return with(parts -> parts.args = value);
    }

    public OciProcess withEnv(List<String> value) {
        return with(parts -> parts.env = value);
    }

    public OciProcess withCwd(String value) {
        return with(parts -> parts.cwd = value);
    }

    public OciProcess withCapabilities(OciCapabilities value) {
        return with(parts -> parts.capabilities = value);
    }

    public OciProcess withRlimits(List<OciRlimit> value) {
        return with(parts -> parts.rlimits = value);
    }

    public OciProcess withNoNewPrivileges(boolean value) {
        return with(parts -> parts.noNewPrivileges = value);
    }

    public OciProcess withOomScoreAdj(OptionalInt value) {
        return with(parts -> parts.oomScoreAdj = value);
    }

    public OciProcess withApparmorProfile(String value) {
        return with(parts -> parts.apparmorProfile = value);
    }

    public OciProcess withSelinuxLabel(String value) {
        return with(parts -> parts.selinuxLabel = value);
    }

    private OciProcess with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.whole();
    }

    /** A copy to be changed. */
    private static final class Parts {
        private boolean terminal;
        private OciUser user;
        private List<String> args;
        private List<String> env;
        private String cwd;
        private OciCapabilities capabilities;
        private List<OciRlimit> rlimits;
        private boolean noNewPrivileges;
        private OptionalInt oomScoreAdj;
        private String apparmorProfile;
        private String selinuxLabel;

        Parts(OciProcess from) {
            terminal = from.terminal;
            user = from.user;
            args = from.args;
            env = from.env;
            cwd = from.cwd;
            capabilities = from.capabilities;
            rlimits = from.rlimits;
            noNewPrivileges = from.noNewPrivileges;
            oomScoreAdj = from.oomScoreAdj;
            apparmorProfile = from.apparmorProfile;
            selinuxLabel = from.selinuxLabel;
        }

        OciProcess whole() {
            return new OciProcess(
                    terminal,
                    user,
                    args,
                    env,
                    cwd,
                    capabilities,
                    rlimits,
                    noNewPrivileges,
                    oomScoreAdj,
                    apparmorProfile,
                    selinuxLabel);
        }
    }
}
