package dev.gantry.engine.journal;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.model.Failure;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step failed with.
 *
 * @param message in the words of whoever refused it: the kernel, a plugin, the launcher, a registry
 * @param path the file that it was about; empty when there was none
 * @param errno the kernel's symbol, e.g. {@code ENOENT}; empty when it was not the kernel
 * @param number the symbol's number; 0 when there is none
 */
public record Trouble(String message, String path, String errno, int number) {
    private static final int LONGEST = 2000;

    /** What an exception says, and what those say that caused it, the innermost first. */
    public static Trouble of(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable one = failure; one != null && chain.size() < 20; one = one.getCause()) {
            chain.addFirst(one);
        }
        String path = "";
        String errno = "";
        for (Throwable one : chain) {
            path = path.isEmpty() ? path(one) : path;
            errno = errno.isEmpty() ? errno(one) : errno;
        }
        return of(words(failure), path, errno);
    }

    /** What somebody says; path and errno are looked for in the words. */
    public static Trouble said(String words) {
        return of(words, ErrorWords.path(words), ErrorWords.errno(words));
    }

    private static Trouble of(String words, String path, String errno) {
        String cut = words.length() > LONGEST ? words.substring(0, LONGEST) + "…" : words;
        return new Trouble(cut, path, errno, Errno.number(errno).orElse(0));
    }

    private static String words(Throwable failure) {
        return failure instanceof Failure said ? said.message() : failure.toString();
    }

    private static String path(Throwable one) {
        if (one instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile();
        }
        return ErrorWords.path(words(one));
    }

    private static String errno(Throwable one) {
        if (one instanceof ErrnoException kernel) {
            return Errno.symbol(kernel.errno());
        }
        return ErrorWords.errno(one.toString());
    }
}
