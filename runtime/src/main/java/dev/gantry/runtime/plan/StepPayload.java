package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciIdMapping;
import java.nio.file.Path;
import java.util.List;

/** The types and payloads of steps on the wire, as the table of docs/shim-protocol.md has them. */
final class StepPayload {
    private StepPayload() {}

    static int type(LaunchStep step) {
        return switch (step) {
            case LaunchStep.JoinCgroup _ -> 1;
            case LaunchStep.JoinPodNamespaces _ -> 2;
            case LaunchStep.JoinNamespace _ -> 3;
            case LaunchStep.Unshare _ -> 4;
            case LaunchStep.Fork _ -> 5;
            case LaunchStep.MapIds _ -> 6;
            case LaunchStep.Propagation _ -> 7;
            case LaunchStep.Overlay _ -> 8;
            case LaunchStep.Root _ -> 9;
            case LaunchStep.Mount _ -> 10;
            case LaunchStep.Bind _ -> 11;
            case LaunchStep.PodShm _ -> 12;
            case LaunchStep.Device _ -> 13;
            case LaunchStep.Symlink _ -> 14;
            case LaunchStep.Mask _ -> 15;
            case LaunchStep.ReadOnlyPath _ -> 16;
            case LaunchStep.Pivot _ -> 17;
            case LaunchStep.RemountRoot _ -> 18;
            case LaunchStep.Hostname _ -> 19;
            case LaunchStep.Domainname _ -> 20;
            case LaunchStep.Sysctl _ -> 21;
            case LaunchStep.Rlimit _ -> 22;
            case LaunchStep.OomScoreAdj _ -> 23;
            case LaunchStep.Umask _ -> 24;
            case LaunchStep.Ids _ -> 25;
            case LaunchStep.Bounding _ -> 26;
            case LaunchStep.Capabilities _ -> 27;
            case LaunchStep.NoNewPrivileges _ -> 28;
            case LaunchStep.Seccomp _ -> 29;
            case LaunchStep.WorkDir _ -> 30;
            case LaunchStep.Exec _ -> 31;
            case LaunchStep.Terminal _ -> 32;
            case LaunchStep.Loopback _ -> 33;
            case LaunchStep.PinNamespace _ -> 34;
            case LaunchStep.KeepNamespaces _ -> 35;
            case LaunchStep.PodInit _ -> 36;
            case LaunchStep.HoldShm _ -> 37;
            case LaunchStep.SetSid _ -> 39;
            case LaunchStep.Chdir _ -> 40;
            case LaunchStep.JoinContainer _ -> 41;
            case LaunchStep.Attribute _ -> 50;
            case LaunchStep.HookRunner _ -> 51;
            case LaunchStep.Hook _ -> 52;
            case LaunchStep.BindBelow _ -> 53;
            case LaunchStep.JoinOther _ -> 54;
            case LaunchStep.Prepare _ -> 60;
            case LaunchStep.GiveStdio _ -> 61;
            case LaunchStep.LayerNamespace _ -> 62;
        };
    }

    static WireWriter write(LaunchStep step, WireWriter w) {
        return switch (step) {
            case LaunchStep.JoinCgroup(List<Path> files) -> paths(w, files);
            case LaunchStep.JoinPodNamespaces(int mask) -> w.u32(mask);
            case LaunchStep.JoinNamespace(int kind, Path path) ->
                    w.u32(kind).string(path.toString());
            case LaunchStep.Unshare(int mask) -> w.u32(mask);
            case LaunchStep.Fork() -> w;
            case LaunchStep.MapIds(List<OciIdMapping> uids, List<OciIdMapping> gids) ->
                    ids(ids(w, uids), gids);
            case LaunchStep.Propagation(Path path, long flags) ->
                    w.string(path.toString()).u64(flags);
            case LaunchStep.Overlay(
                            List<Path> lowers,
                            String upper,
                            String work,
                            Path target,
                            long flags,
                            String options,
                            LaunchStep.Idmap idmap) ->
                    paths(w, lowers)
                            .string(upper)
                            .string(work)
                            .string(target.toString())
                            .u64(flags)
                            .string(options)
                            .u8(idmap.number());
            case LaunchStep.Root(Path path, long propagation) ->
                    w.string(path.toString()).u64(propagation);
            case LaunchStep.Mount(
                            String type,
                            String source,
                            String destination,
                            long flags,
                            String data,
                            LaunchStep.Create create) ->
                    w.string(type)
                            .string(source)
                            .string(destination)
                            .u64(flags)
                            .string(data)
                            .u8(create.number());
            case LaunchStep.Bind(
                            String source,
                            String destination,
                            long flags,
                            boolean recursive,
                            boolean readOnlyRecursively,
                            long propagation,
                            LaunchStep.Create create,
                            LaunchStep.Idmap idmap) ->
                    w.string(source)
                            .string(destination)
                            .u64(flags)
                            .u8(bit(recursive))
                            .u8(bit(readOnlyRecursively))
                            .u64(propagation)
                            .u8(create.number())
                            .u8(idmap.number());
            case LaunchStep.PodShm(String destination) -> w.string(destination);
            case LaunchStep.Device(
                            String path,
                            char type,
                            long major,
                            long minor,
                            int mode,
                            long uid,
                            long gid) ->
                    w.string(path).u8(type).u32(major).u32(minor).u32(mode).u32(uid).u32(gid);
            case LaunchStep.Symlink(String target, String path) -> w.string(target).string(path);
            case LaunchStep.Mask(String path) -> w.string(path);
            case LaunchStep.ReadOnlyPath(String path) -> w.string(path);
            case LaunchStep.Pivot() -> w;
            case LaunchStep.RemountRoot(long flags) -> w.u64(flags);
            case LaunchStep.Hostname(String name) -> w.string(name);
            case LaunchStep.Domainname(String name) -> w.string(name);
            case LaunchStep.Sysctl(String key, String value) -> w.string(key).string(value);
            case LaunchStep.Rlimit(int resource, long soft, long hard) ->
                    w.u32(resource).u64(soft).u64(hard);
            case LaunchStep.OomScoreAdj(int value, boolean clamp) -> w.u32(value).u8(bit(clamp));
            case LaunchStep.Umask(int mask) -> w.u32(mask);
            case LaunchStep.Ids(long uid, long gid, List<Long> groups) ->
                    numbers(w.u32(uid).u32(gid), groups);
            case LaunchStep.Bounding(long mask) -> w.u64(mask);
            case LaunchStep.Capabilities(
                            long permitted,
                            long effective,
                            long inheritable,
                            long ambient) ->
                    w.u64(permitted).u64(effective).u64(inheritable).u64(ambient);
            case LaunchStep.NoNewPrivileges() -> w;
            case LaunchStep.Seccomp(int flags, byte[] program) -> w.u32(flags).bytes(program);
            case LaunchStep.WorkDir(String path, boolean create) -> w.string(path).u8(bit(create));
            case LaunchStep.Exec(List<String> candidates, List<String> argv, List<String> env) ->
                    w.strings(candidates).strings(argv).strings(env);
            case LaunchStep.Terminal(int rows, int columns, long uid) ->
                    w.u16(rows).u16(columns).u32(uid);
            case LaunchStep.Loopback() -> w;
            case LaunchStep.PinNamespace(int kind, Path path) ->
                    w.u32(kind).string(path.toString());
            case LaunchStep.KeepNamespaces(int mask) -> w.u32(mask);
            case LaunchStep.PodInit() -> w;
            case LaunchStep.HoldShm(long size, int mode) -> w.u64(size).u32(mode);
            case LaunchStep.SetSid() -> w;
            case LaunchStep.Chdir(Path path) -> w.string(path.toString());
            case LaunchStep.JoinContainer(int mask) -> w.u32(mask);
            case LaunchStep.Attribute(String name, String value) -> w.string(name).string(value);
            case LaunchStep.HookRunner() -> w;
            case LaunchStep.Hook hook ->
                    w.u8(bit(hook.here()))
                            .string(hook.path().toString())
                            .strings(hook.argv())
                            .strings(hook.env())
                            .u32(hook.seconds())
                            .string(hook.before())
                            .string(hook.after());
            case LaunchStep.BindBelow bind ->
                    w.string(bind.base().toString())
                            .string(bind.part())
                            .string(bind.destination())
                            .u64(bind.flags())
                            .u64(bind.propagation())
                            .u8(bind.create().number());
            case LaunchStep.JoinOther(String containerId, int mask) ->
                    w.string(containerId).u32(mask);
            case LaunchStep.Prepare() -> w;
            case LaunchStep.GiveStdio(long uid) -> w.u32(uid);
            case LaunchStep.LayerNamespace(Path namespace) -> w.string(namespace.toString());
        };
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    private static WireWriter paths(WireWriter w, List<Path> paths) {
        return w.strings(paths.stream().map(Path::toString).toList());
    }

    private static WireWriter numbers(WireWriter w, List<Long> numbers) {
        w.u32(numbers.size());
        numbers.forEach(w::u32);
        return w;
    }

    private static WireWriter ids(WireWriter w, List<OciIdMapping> mappings) {
        w.u32(mappings.size());
        mappings.forEach(m -> w.u32(m.containerID()).u32(m.hostID()).u32(m.size()));
        return w;
    }
}
