package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.linux.quota.DirectoryProject;
import dev.gantry.linux.quota.ProjectQuotas;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the store's file system does about projects, found out by a trial on it.
 *
 * @param accounting whether it counts what each takes
 * @param enforced whether it keeps limits, too
 * @param trouble what there is to say when not
 */
record QuotaSupport(boolean accounting, boolean enforced, String trouble) {
    static QuotaSupport none(String trouble) {
        return new QuotaSupport(false, false, trouble);
    }

    /**
     * @param spare a project that nobody has
     */
    static QuotaSupport of(StoreLayout layout, long spare) {
        ProjectQuotas quotas = new ProjectQuotas(layout.root());
        try {
            ProjectQuotas.State state = quotas.state();
            if (!state.accounting()) {
                return none("");
            }
            long around = DirectoryProject.of(layout.containers());
            if (around != 0) {
                // Nothing could be moved from one project to another, and its limit is to hold.
                return none("the directory is in project %d already".formatted(around));
            }
            if (!counts(layout, quotas, spare)) {
                return none("it does not count what projects take");
            }
            return new QuotaSupport(true, state.enforced(), "it counts, but keeps no limits");
        } catch (IOException e) {
            return none(String.valueOf(e.getMessage()));
        }
    }

    private static boolean counts(StoreLayout layout, ProjectQuotas quotas, long spare)
            throws IOException {
        Path directory = layout.temporary("quota-probe");
        try {
            StoreLayout.privateDirectory(directory);
            DirectoryProject.set(directory, spare);
            Files.createDirectory(directory.resolve("below"));
            return quotas.usage(spare).inodes() >= 2;
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    /** FAILED_PRECONDITION, with what to do, where limits are not kept. */
    void require(Path root) {
        if (!enforced) {
            throw Failure.precondition(words(root));
        }
    }

    private String words(Path root) {
        String type = "";
        String name = "";
        String where = "";
        try {
            FileStore store = Files.getFileStore(root);
            type = store.type();
            name = store.name();
            where = store.toString();
        } catch (IOException e) {
            where = "unknown";
        }
        return "the writable layer is to have a limit, and the file system of %s (%s, %s) has no project quotas for it%s: %s"
                .formatted(
                        root,
                        where,
                        type,
                        trouble.isEmpty() ? "" : " (" + trouble + ")",
                        advice(type, name));
    }

    private static String advice(String type, String device) {
        String boot =
                "; for the root file system the option goes on the kernel's command line (rootflags=prjquota)";
        return switch (type) {
            case "ext4" ->
                    "unmount it, run \"tune2fs -O project,quota %s\" unless it has these features, and mount it with the option prjquota%s"
                            .formatted(device, boot);
            case "xfs" -> "mount it anew with the option prjquota (a remount is not enough)" + boot;
            default ->
                    "put the daemon's root on an ext4 (mkfs.ext4 -O project,quota) or xfs that is mounted with the option prjquota, or ask for no limit";
        };
    }
}
