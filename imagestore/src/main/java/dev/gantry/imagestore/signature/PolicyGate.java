package dev.gantry.imagestore.signature;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by the policy file whether an image may be pulled. The file is read again when it, or a
 * key, has changed; one that cannot be read lets nothing through, since nobody knows what it would
 * have refused, and so does one that was there and is gone. Where there never was a file everything
 * may be pulled.
 */
public final class PolicyGate {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyGate.class);

    /** What CRI-O's users know, and kubelet shows, of an image that is refused. */
    private static final String REFUSED = "SignatureValidationFailed: ";

    private final Path file;
    private @Nullable Loaded loaded;
    private boolean seen;

    /** What was read, and when each file of it was written. */
    private record Loaded(SignaturePolicy policy, Map<Path, FileTime> written) {}

    /**
     * @param file the policy; may be missing
     */
    public PolicyGate(Path file) {
        this.file = file;
    }

    /**
     * Returns when no rule refuses the repository outright; for before anything is asked of it.
     *
     * @throws Failure PERMISSION_DENIED naming the rule; FAILED_PRECONDITION when the policy cannot
     *     be read
     */
    public void admit(ImageReference reference) {
        Optional<PolicyRule> rule = rule(reference);
        if (rule.isPresent() && rule.get().action() instanceof PolicyRule.Action.Reject reject) {
            String reason = reject.reason().isEmpty() ? "" : ": " + reject.reason();
            throw refused("%s is refused by %s%s".formatted(reference.name(), rule.get(), reason));
        }
    }

    /**
     * Returns when the image has the signature that its rule asks for, or the rule asks for none.
     *
     * @param resolved what the reference means: the manifest's or the index's digest
     * @throws Failure PERMISSION_DENIED naming the rule and what was found instead; what the
     *     registry answers when it cannot be asked
     */
    public void verify(ImageReference reference, Digest resolved, RemoteSignatures remote) {
        Optional<PolicyRule> found = rule(reference);
        if (found.isEmpty()
                || !(found.get().action() instanceof PolicyRule.Action.RequireSignature required)) {
            return;
        }
        List<SignedClaim> claims = SignatureReader.of(remote, resolved);
        Map<String, Integer> objections = new LinkedHashMap<>();
        for (SignedClaim claim : claims) {
            Optional<String> objection = claim.objection(required, reference, resolved);
            if (objection.isEmpty()) {
                LOG.atInfo()
                        .addKeyValue("image", reference)
                        .addKeyValue("digest", resolved)
                        .addKeyValue("rule", found.get())
                        .log("image signature verified");
                return;
            }
            objections.merge(objection.get(), 1, Integer::sum);
        }
        throw refused(
                "%s is refused by %s, which requires a signature by %s; found %s"
                        .formatted(
                                reference.withDigest(resolved),
                                found.get(),
                                names(required.keys()),
                                objections.isEmpty() ? "none" : counted(objections)));
    }

    private static String names(List<VerificationKey> keys) {
        return keys.stream().map(VerificationKey::name).collect(Collectors.joining(" or "));
    }

    private static String counted(Map<String, Integer> objections) {
        return objections.entrySet().stream()
                .map(e -> e.getValue() == 1 ? e.getKey() : e.getValue() + " times " + e.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Whether a rule refused; such a message names the image and begins with the field's word. */
    public static boolean isRefusal(Failure failure) {
        return failure.message().startsWith(REFUSED);
    }

    private static Failure refused(String why) {
        return new Failure(Failure.Code.PERMISSION_DENIED, REFUSED + why);
    }

    private synchronized Optional<PolicyRule> rule(ImageReference reference) {
        try {
            Loaded current = loaded;
            if (current == null || !current.written().equals(written(current.written().keySet()))) {
                loaded = null;
                if (!Files.exists(file) && !seen) {
                    return Optional.empty();
                }
                current = load();
                seen = true;
                loaded = current;
            }
            return Optional.of(current.policy().rule(reference));
        } catch (NoSuchFileException e) {
            throw Failure.precondition(
                    "image policy %s: %s is not there".formatted(file, e.getFile()));
        } catch (IOException e) {
            throw Failure.precondition(
                    "image policy %s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    /** Times are taken before the files are read: a change in between is seen the next time. */
    private Loaded load() throws IOException {
        Map<Path, FileTime> written = written(List.of(file));
        PolicyFile.Parsed parsed = PolicyFile.parse(file, Files.readString(file));
        written.putAll(written(parsed.keyFiles()));
        return new Loaded(PolicyFile.policy(parsed), written);
    }

    private static Map<Path, FileTime> written(Iterable<Path> files) throws IOException {
        Map<Path, FileTime> written = new LinkedHashMap<>();
        for (Path path : files) {
            written.put(path, Files.getLastModifiedTime(path));
        }
        return written;
    }
}
