package dev.gantry.cli.format;

import java.util.Locale;

/** Numbers of bytes as docker writes them. */
public final class Sizes {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Sizes() {}

    /** With three digits in powers of 1000: {@code 1.23MB}; of images and writable layers. */
    public static String decimal(long bytes) {
        return scaled(bytes, 1000, DECIMAL, 3);
    }

    /** With four digits in powers of 1024: {@code 1.234MiB}; of memory. */
    public static String binary(long bytes) {
        return scaled(bytes, 1024, BINARY, 4);
    }

    private static String scaled(long bytes, int base, String[] units, int digits) {
        double value = bytes;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        return general(value, digits) + units[unit];
    }

    /** As printf's {@code %.Ng}: so many significant digits, without the zeros at the end. */
    private static String general(double value, int digits) {
        int whole = value < 1 ? 1 : (int) Math.floor(Math.log10(value)) + 1;
        String text = String.format(Locale.ROOT, "%." + Math.max(0, digits - whole) + "f", value);
        if (text.indexOf('.') < 0) {
            return text;
        }
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
