package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Points at which something may go wrong: before and after each effect on the machine. A failure is
 * what a room reports; a kill is an Error, which no code of the engine catches, so that nothing is
 * undone, as with kill -9.
 */
final class Faults {
    /** The daemon was killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed(String where) {
            super(where);
        }
    }

    private final List<String> passed = new ArrayList<>();
    private int failAt = -1;
    private int killAt = -1;

    synchronized void failAt(int point) {
        passed.clear();
        failAt = point;
        killAt = -1;
    }

    synchronized void killAt(int point) {
        passed.clear();
        killAt = point;
        failAt = -1;
    }

    synchronized void none() {
        failAt(-1);
    }

    synchronized List<String> passed() {
        return List.copyOf(passed);
    }

    /** An effect, with a point before and one after it. */
    <T> T around(String name, Supplier<T> effect) {
        point("before " + name);
        T value = effect.get();
        point("after " + name);
        return value;
    }

    void around(String name, Runnable effect) {
        point("before " + name);
        effect.run();
        point("after " + name);
    }

    private synchronized void point(String name) {
        passed.add(name);
        int number = passed.size() - 1;
        if (number == failAt) {
            throw Failure.internal("injected " + name);
        }
        if (number == killAt) {
            throw new Killed(name);
        }
    }
}
