package dev.gantry.engine.journal;

import dev.gantry.linux.Errno;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds what an error is about in its words: those of this program, of C's and of Go's. */
final class ErrorWords {
    private static final Pattern SYMBOL = Pattern.compile("\\b(E[A-Z0-9]{2,})\\b");
    private static final Pattern COMMAND = Pattern.compile("exec \"([^\"]+)\"");
    private static final Pattern PATH =
            Pattern.compile("(?<![\\w./:@-])/[^\\s\"'`:;,()<>\\[\\]{}…]+");

    /** Of Java's exceptions, of strerror(3), of Go's package syscall, and of this program. */
    private static final Map<String, String> SAID = new LinkedHashMap<>();

    static {
        SAID.put("nosuchfileexception", "ENOENT");
        SAID.put("accessdeniedexception", "EACCES");
        SAID.put("filealreadyexistsexception", "EEXIST");
        SAID.put("no such file or directory", "ENOENT");
        SAID.put("is missing on the host", "ENOENT");
        SAID.put("does not exist on the host", "ENOENT");
        SAID.put("source path does not exist", "ENOENT");
        SAID.put("no program \"", "ENOENT");
        SAID.put("permission denied", "EACCES");
        SAID.put("operation not permitted", "EPERM");
        SAID.put("no space left on device", "ENOSPC");
        SAID.put("disk quota exceeded", "EDQUOT");
        SAID.put("read-only file system", "EROFS");
        SAID.put("exec format error", "ENOEXEC");
        SAID.put("too many open files in system", "ENFILE");
        SAID.put("too many open files", "EMFILE");
        SAID.put("address already in use", "EADDRINUSE");
        SAID.put("cannot assign requested address", "EADDRNOTAVAIL");
        SAID.put("connection refused", "ECONNREFUSED");
        SAID.put("file exists", "EEXIST");
        SAID.put("not a directory", "ENOTDIR");
        SAID.put("is a directory", "EISDIR");
        SAID.put("device or resource busy", "EBUSY");
        SAID.put("cannot allocate memory", "ENOMEM");
        SAID.put("invalid argument", "EINVAL");
        SAID.put("input/output error", "EIO");
    }

    private ErrorWords() {}

    /** The kernel's symbol, or nothing. */
    static String errno(String words) {
        Matcher symbol = SYMBOL.matcher(words);
        while (symbol.find()) {
            if (Errno.number(symbol.group(1)).isPresent()) {
                return symbol.group(1);
            }
        }
        String lower = words.toLowerCase(Locale.ROOT);
        return SAID.entrySet().stream()
                .filter(entry -> lower.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("");
    }

    /** The first absolute path, or the command that was to be executed; or nothing. */
    static String path(String words) {
        Matcher command = COMMAND.matcher(words);
        if (command.find()) {
            return command.group(1);
        }
        Matcher path = PATH.matcher(words);
        return path.find() ? path.group() : "";
    }
}
