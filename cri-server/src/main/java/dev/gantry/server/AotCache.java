package dev.gantry.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the AOT cache of the tree usable. The JVM takes the cache only when each jar has the size
 * and the time that it had at the build. A tree that was copied without its times would start
 * slowly for ever, so the daemon sets them again, for the next start.
 */
final class AotCache {
    /** The time of every jar of a tree, in seconds since the epoch; the build reads it here. */
    static final long JAR_TIME = 1_767_225_600L;

    private static final Logger LOG = LoggerFactory.getLogger(AotCache.class);

    private AotCache() {}

    /** Mends the times of the jars on the class path, if that is needed and allowed. */
    static void mend() {
        String home = System.getProperty("gantry.home");
        if (home != null) {
            mend(Path.of(home, "lib"), System.getProperty("java.class.path", ""));
        }
    }

    /** Whether a jar's time was mended. */
    static boolean mend(Path lib, String classPath) {
        boolean mended = false;
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            File jar = new File(entry);
            if (jar.toPath().startsWith(lib)
                    && jar.lastModified() != JAR_TIME * 1000
                    && Files.exists(jar.toPath())) {
                mended |= jar.setLastModified(JAR_TIME * 1000);
            }
        }
        if (mended) {
            LOG.atInfo()
                    .addKeyValue("lib", lib)
                    .log("the tree was copied without its times; the next start is a quick one");
        }
        return mended;
    }
}
