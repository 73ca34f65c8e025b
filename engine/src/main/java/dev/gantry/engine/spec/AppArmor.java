package dev.gantry.engine.spec;

import dev.gantry.engine.config.SecurityProfile;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * AppArmor profiles of containers. The default one is loaded when it is first needed; named ones
 * are the operator's to load. Without AppArmor in the kernel the default is nothing, and a name is
 * refused.
 */
public final class AppArmor {
    /** This machine's. */
    public static final AppArmor HOST =
            new AppArmor(
                    Path.of("/sys/module/apparmor/parameters/enabled"),
                    Path.of("/sys/kernel/security/apparmor/profiles"),
                    new AppArmorParser());

    /** Loads a profile's text into the kernel. */
    @FunctionalInterface
    interface Loader {
        void load(String text);
    }

    private final Path enabled;
    private final Path profiles;
    private final Loader loader;
    private final ReentrantLock loading = new ReentrantLock();

    AppArmor(Path enabled, Path profiles, Loader loader) {
        this.enabled = enabled;
        this.profiles = profiles;
        this.loader = loader;
    }

    /** Whether the kernel has AppArmor switched on. */
    public boolean enabled() {
        return HostFiles.read(enabled).map(String::strip).filter("Y"::equals).isPresent();
    }

    /**
     * The profile that a container runs in, loaded; empty for none, so that it runs as the daemon
     * does. FAILED_PRECONDITION when a named profile is not loaded or there is no AppArmor.
     */
    String profile(SecurityProfile asked, boolean privileged) {
        return switch (asked.type()) {
            case UNCONFINED -> enabled() ? "unconfined" : "";
            case LOCALHOST -> named(asked.localhostRef());
            case RUNTIME_DEFAULT, UNSPECIFIED -> privileged || !enabled() ? "" : standard();
        };
    }

    private String named(String name) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c < ' ')) {
            throw Failure.invalid("AppArmor profile \"" + name + "\" is not a profile's name");
        }
        if (!enabled()) {
            throw Failure.precondition(
                    "AppArmor profile %s is asked for, but this kernel has no AppArmor"
                            .formatted(name));
        }
        if (!loaded(name)) {
            throw Failure.precondition(
                    "AppArmor profile %s is not loaded on this node: load it there with apparmor_parser -r FILE"
                            .formatted(name));
        }
        return name;
    }

    private String standard() {
        loading.lock();
        try {
            if (!loaded(AppArmorProfile.NAME)) {
                loader.load(AppArmorProfile.text());
            }
            return AppArmorProfile.NAME;
        } finally {
            loading.unlock();
        }
    }

    // A line a profile: "name (enforce)".
    private boolean loaded(String name) {
        return HostFiles.read(profiles)
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        profiles
                                                + " cannot be read, so it is not known which AppArmor profiles are"
                                                + " loaded: mount securityfs on /sys/kernel/security"))
                .lines()
                .anyMatch(line -> line.startsWith(name + " ("));
    }
}
