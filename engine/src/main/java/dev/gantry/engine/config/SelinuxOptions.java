package dev.gantry.engine.config;

/** Parts of an SELinux label (CRI SELinuxOption); an empty part is the node's default. */
public record SelinuxOptions(String user, String role, String type, String level) {
    public static final SelinuxOptions NONE = new SelinuxOptions("", "", "", "");

    /** Whether any part is given. */
    public boolean given() {
        return !equals(NONE);
    }
}
