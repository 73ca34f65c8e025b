package dev.gantry.runtime.oci;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * A resource limit of a process (OCI config, {@code process.rlimits}); the type as {@code
 * RLIMIT_NOFILE}, the numbers unsigned, so -1 is {@code RLIM_INFINITY}.
 */
public record OciRlimit(
        String type,
        @JsonSerialize(using = Unsigned.Serializer.class)
                @JsonDeserialize(using = Unsigned.Deserializer.class)
                long hard,
        @JsonSerialize(using = Unsigned.Serializer.class)
                @JsonDeserialize(using = Unsigned.Deserializer.class)
                long soft) {}
