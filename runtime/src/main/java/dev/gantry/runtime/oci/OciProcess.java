package dev.gantry.runtime.oci;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

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
        return new OciProcess(
                value,
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

    public OciProcess withUser(OciUser value) {
        return new OciProcess(
                terminal,
                value,
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

    public OciProcess withArgs(List<String> value) {
        return new OciProcess(
                terminal,
                user,
                value,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withEnv(List<String> value) {
        return new OciProcess(
                terminal,
                user,
                args,
                value,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withCwd(String value) {
        return new OciProcess(
                terminal,
                user,
                args,
                env,
                value,
                capabilities,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withCapabilities(OciCapabilities value) {
        return new OciProcess(
                terminal,
                user,
                args,
                env,
                cwd,
                value,
                rlimits,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withRlimits(List<OciRlimit> value) {
        return new OciProcess(
                terminal,
                user,
                args,
                env,
                cwd,
                capabilities,
                value,
                noNewPrivileges,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withNoNewPrivileges(boolean value) {
        return new OciProcess(
                terminal,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                value,
                oomScoreAdj,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withOomScoreAdj(OptionalInt value) {
        return new OciProcess(
                terminal,
                user,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges,
                value,
                apparmorProfile,
                selinuxLabel);
    }

    public OciProcess withApparmorProfile(String value) {
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
                value,
                selinuxLabel);
    }

    public OciProcess withSelinuxLabel(String value) {
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
                value);
    }
}
