package dev.gantry.engine.config;

/**
 * A seccomp or AppArmor profile (CRI SecurityProfile). {@code localhostRef} is a path, a profile's
 * name, or the text of a seccomp profile, when {@code type} is LOCALHOST. UNSPECIFIED means that
 * the caller did not say: CRI treats it as unconfined for seccomp.
 */
public record SecurityProfile(Type type, String localhostRef) {
    public static final SecurityProfile UNSPECIFIED = new SecurityProfile(Type.UNSPECIFIED, "");
    public static final SecurityProfile RUNTIME_DEFAULT =
            new SecurityProfile(Type.RUNTIME_DEFAULT, "");
    public static final SecurityProfile UNCONFINED = new SecurityProfile(Type.UNCONFINED, "");

    /** CRI SecurityProfile.ProfileType, and the absence of a profile. */
    public enum Type {
        UNSPECIFIED,
        RUNTIME_DEFAULT,
        UNCONFINED,
        LOCALHOST
    }
}
