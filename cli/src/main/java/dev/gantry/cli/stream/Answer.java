package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;

/** What attach and exec answer, in one form. */
public sealed interface Answer {
    /** The process runs. */
    record Begun() implements Answer {}

    /** It wrote to standard output. */
    record Stdout(ByteString data) implements Answer {}

    /** It wrote to standard error. */
    record Stderr(ByteString data) implements Answer {}

    /** It has ended. */
    record Exited(int code) implements Answer {}
}
