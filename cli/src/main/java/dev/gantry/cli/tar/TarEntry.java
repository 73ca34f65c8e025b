package dev.gantry.cli.tar;

/**
 * What stands in front of a file in an archive.
 *
 * @param name with slashes between; of a directory without one at the end
 * @param link where a link leads; empty for all else
 * @param mode permission bits
 * @param modified seconds since the epoch
 */
public record TarEntry(
        Kind kind, String name, String link, long size, int mode, int uid, int gid, long modified) {
    /** What it is. */
    public enum Kind {
        FILE('0'),
        HARD_LINK('1'),
        SYMBOLIC_LINK('2'),
        DIRECTORY('5'),
        /** A device, a pipe or the like. */
        OTHER('7');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        char letter() {
            return letter;
        }

        static Kind of(int letter) {
            return switch (letter) {
                case 0, '0', '7' -> FILE;
                case '1' -> HARD_LINK;
                case '2' -> SYMBOLIC_LINK;
                case '5' -> DIRECTORY;
                default -> OTHER;
            };
        }
    }
}
