package dev.gantry.runtime.handler;

import dev.gantry.linux.Errno;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Tells by an OCI runtime's own words that the command of a container or an exec could not be
 * invoked, and by which errno, as the native launcher does. Mounts and the rest of a start fail in
 * the same words of the kernel, so what comes before them has to be about the command.
 */
final class RefusedCommand {
    /** Of the command and its working directory: runc's and youki's, then crun's. */
    private static final Pattern ABOUT =
            Pattern.compile(
                    "exec: \"|(?<!/)exec /\\S+: |exec user process caused|chdir to cwd \\("
                            + "|executable '[^']*' (for container )?not found"
                            + "|executable file `|open executable: |exec `"
                            + "|chdir to `|chdir `");

    private static final Map<String, Integer> SAID = new LinkedHashMap<>();

    static {
        SAID.put("not found in $path", Errno.ENOENT);
        SAID.put("no such file or directory", Errno.ENOENT);
        SAID.put("permission denied", Errno.EACCES);
        SAID.put("is a directory", Errno.EACCES);
        SAID.put("not a directory", Errno.ENOTDIR);
        SAID.put("exec format error", Errno.ENOEXEC);
    }

    private RefusedCommand() {}

    /** The errno, when it is the command that failed. */
    static OptionalInt errno(String said) {
        var about = ABOUT.matcher(said);
        if (!about.find()) {
            return OptionalInt.empty();
        }
        String why = said.substring(about.start()).toLowerCase(Locale.ROOT);
        return SAID.entrySet().stream()
                .filter(known -> why.contains(known.getKey()))
                .mapToInt(Map.Entry::getValue)
                .findFirst();
    }
}
