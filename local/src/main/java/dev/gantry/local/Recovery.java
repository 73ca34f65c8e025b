package dev.gantry.local;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a start of the daemon does with each container: ends what was begun, or goes on with it. */
record Recovery(Entries entries, Lives lives, Supervisor supervisor, Removal removal) {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    void run() {
        for (Entry entry : entries.all()) {
            try {
                recover(entry);
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("container", entry.id())
                        .addKeyValue("name", entry.name())
                        .addKeyValue("error", e.getMessage())
                        .log("a container was not recovered");
            }
        }
    }

    private void recover(Entry entry) {
        if (!entry.complete()) {
            removal.discard(entry, true);
        } else if (entry.removing()) {
            Life life = lives.of(entry.id());
            life.holding(() -> removal.locked(life, entry.id(), entry.removeVolumes()));
        } else {
            supervisor.resume(entry);
        }
    }
}
