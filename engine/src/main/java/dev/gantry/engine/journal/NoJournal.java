package dev.gantry.engine.journal;

import dev.gantry.model.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** For tests of other things. */
record NoJournal() implements Journal {
    @Override
    public void tell(Story story, Step step) {}

    @Override
    public void retire(Story story) {}

    @Override
    public void retireOthers(Set<Story> alive) {}

    @Override
    public List<Step> read(Story story) {
        return List.of();
    }

    @Override
    public Optional<Match> find(Scope scope, String reference) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
