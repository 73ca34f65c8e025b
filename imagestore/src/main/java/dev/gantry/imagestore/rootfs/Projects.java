package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.ProjectRange;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.quota.DirectoryProject;
import dev.gantry.linux.quota.ProjectQuotas;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which project each writable layer is counted and held to its limit by. Every layer gets one of
 * its own where the file system counts projects, with a limit or without.
 *
 * <p>A project is free when no record has it, nobody has given it away, and the file system counts
 * nothing for it. Its directory is given to it before it gets its limit, and it keeps its limit
 * until the directory is deleted: so one with a limit of which nothing is left is no one's, be the
 * daemon killed where it may, and several daemons' ranges may overlap. Of one thread at a time, but
 * for what is measured.
 */
final class Projects {
    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);

    private final StoreLayout layout;
    private final WritableSettings settings;
    private final Supplier<Set<Long>> recorded;
    private final Set<Long> ending = new HashSet<>();
    private final ProjectQuotas quotas;
    private final QuotaSupport support;

    /**
     * @param recorded the projects that layers have
     * @throws Failure FAILED_PRECONDITION when the settings have a limit that cannot be kept
     */
    Projects(StoreLayout layout, WritableSettings settings, Supplier<Set<Long>> recorded) {
        this.layout = layout;
        this.settings = settings;
        this.recorded = recorded;
        this.quotas = new ProjectQuotas(layout.root());
        this.support = tried();
        if (settings.quota() instanceof WritableQuota.Bytes) {
            requireEnforced();
        }
    }

    private QuotaSupport tried() {
        try {
            return quotas.state().accounting()
                    ? QuotaSupport.of(layout, free())
                    : QuotaSupport.none("");
        } catch (ErrnoException e) {
            return QuotaSupport.none(String.valueOf(e.getMessage()));
        }
    }

    private void requireEnforced() {
        support.require(layout.root());
    }

    /**
     * Gives a new, empty directory to a project that is free, within its quota.
     *
     * @return the project; empty where none is needed
     * @throws Failure FAILED_PRECONDITION when there is to be a limit and it cannot be kept
     */
    OptionalLong assign(Path directory, WritableQuota asked) {
        long limit = limit(asked);
        if (!support.accounting()) {
            return OptionalLong.empty();
        }
        try {
            long id = free();
            DirectoryProject.set(directory, id);
            if (support.enforced()) {
                quotas.limit(id, limit);
            }
            return OptionalLong.of(id);
        } catch (ErrnoException e) {
            throw StoreLayout.failure("give the writable layer " + directory + " a quota", e);
        }
    }

    /** Before anything is made: whether the quota can be kept. */
    long limit(WritableQuota asked) {
        return switch (asked instanceof WritableQuota.OfNode ? settings.quota() : asked) {
            case WritableQuota.Bytes(long count) -> {
                requireEnforced();
                yield count;
            }
            case WritableQuota.Unlimited _, WritableQuota.OfNode _ -> 0;
        };
    }

    private long free() throws ErrnoException {
        ProjectRange range = settings.projects();
        Set<Long> taken = TakenProjects.ofThisMachine();
        taken.addAll(recorded.get());
        taken.addAll(ending);
        long size = range.last() - range.first() + 1;
        // Daemons with one range begin in different places of it.
        long start = Math.floorMod((long) layout.root().toString().hashCode(), size);
        for (long tried = 0; tried < size; tried++) {
            long id = range.first() + (start + tried) % size;
            if (!taken.contains(id) && isEmpty(quotas.usage(id))) {
                return id;
            }
        }
        throw new Failure(
                Failure.Code.RESOURCE_EXHAUSTED,
                "every project of %s is in use on the file system of %s: widen images.writable-quota-ids"
                        .formatted(range, layout.root()));
    }

    private static boolean isEmpty(ProjectQuotas.Usage usage) {
        return usage.inodes() == 0 && usage.bytes() == 0;
    }

    /** The project of ours that a directory is in; begins its end. */
    OptionalLong ending(Path directory) {
        if (!support.accounting()) {
            return OptionalLong.empty();
        }
        try {
            long id = DirectoryProject.of(directory);
            return settings.projects().contains(id) && ending.add(id)
                    ? OptionalLong.of(id)
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty(); // It is not there.
        }
    }

    /** Frees a project whose directory is deleted, or left for the next start to delete. */
    void end(long id) {
        try {
            unlimit(id);
        } catch (ErrnoException e) {
            LOG.atWarn()
                    .addKeyValue("project", id)
                    .addKeyValue("error", e.getMessage())
                    .log("the quota of a removed container is left until the next start");
        } finally {
            ending.remove(id);
        }
    }

    private void unlimit(long id) throws ErrnoException {
        if (quotas.usage(id).limit() != 0) {
            quotas.limit(id, 0);
        }
    }

    /** Removes the limits of projects that nothing is counted for: their ends were cut short. */
    void sweep() {
        if (!support.accounting()) {
            return;
        }
        Set<Long> known = recorded.get();
        try {
            long from = settings.projects().first();
            while (true) {
                OptionalLong next = quotas.next(from);
                if (next.isEmpty() || !settings.projects().contains(next.getAsLong())) {
                    return;
                }
                long id = next.getAsLong();
                if (!known.contains(id) && isEmpty(quotas.usage(id))) {
                    unlimit(id);
                }
                from = id + 1;
            }
        } catch (ErrnoException e) {
            LOG.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("quotas of removed containers may be left");
        }
    }

    /** What a project takes; empty where it is not counted (any more). */
    Optional<ProjectQuotas.Usage> usage(OptionalLong project) {
        if (project.isEmpty() || !support.accounting()) {
            return Optional.empty();
        }
        try {
            return Optional.of(quotas.usage(project.getAsLong()))
                    .filter(usage -> usage.inodes() > 0);
        } catch (ErrnoException e) {
            return Optional.empty();
        }
    }

    /** The projects that layers have. */
    static Set<Long> of(List<WritableRecords.Row> layers) {
        Set<Long> projects = new HashSet<>();
        layers.forEach(layer -> layer.project().ifPresent(projects::add));
        return projects;
    }
}
