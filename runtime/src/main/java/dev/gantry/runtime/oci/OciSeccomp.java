package dev.gantry.runtime.oci;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import java.util.OptionalInt;

/**
 * A system call filter (OCI config, {@code linux.seccomp}); actions and architectures as {@code
 * SCMP_ACT_ERRNO}, {@code SCMP_ARCH_X86_64}.
 */
public record OciSeccomp(
        String defaultAction,
        OptionalInt defaultErrnoRet,
        List<String> architectures,
        List<String> flags,
        List<Syscall> syscalls) {
    public OciSeccomp {
        architectures = List.copyOf(architectures);
        flags = List.copyOf(flags);
        syscalls = List.copyOf(syscalls);
    }

    /** What happens to calls of these names, when all the arguments are as said. */
    public record Syscall(
            List<String> names, String action, OptionalInt errnoRet, List<Argument> args) {
        public Syscall {
            names = List.copyOf(names);
            args = List.copyOf(args);
        }
    }

    /**
     * A test of an argument, whose numbers are unsigned: {@code op} as {@code SCMP_CMP_EQ}; {@code
     * valueTwo} is for {@code SCMP_CMP_MASKED_EQ}, whose mask is {@code value}.
     */
    public record Argument(
            int index,
            @JsonSerialize(using = Unsigned.Serializer.class)
                    @JsonDeserialize(using = Unsigned.Deserializer.class)
                    long value,
            @JsonSerialize(using = Unsigned.Serializer.class)
                    @JsonDeserialize(using = Unsigned.Deserializer.class)
                    long valueTwo,
            String op) {}
}
