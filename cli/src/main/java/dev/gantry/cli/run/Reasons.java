package dev.gantry.cli.run;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file cannot be had, in words; Java's own messages are only its path. */
public final class Reasons {
    private Reasons() {}

    /** The words. */
    public static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "file exists";
            case CharacterCodingException _ -> "not UTF-8";
            case FileSystemException failed when failed.getReason() != null ->
                    String.valueOf(failed.getReason());
            default ->
                    e.getMessage() == null
                            ? e.getClass().getSimpleName()
                            : String.valueOf(e.getMessage());
        };
    }
}
