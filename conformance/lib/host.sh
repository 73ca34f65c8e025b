# A host for daemons under test: a network namespace, a registry with the field's images, a gantryd on roots of its own; sourced.
# Sets host (the namespace), work (a temporary folder), and ends everything at exit.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$project/scripts/lib/oci-image.sh"
tools=$project/conformance/target/tools

inside() { nsenter "--net=/run/netns/$host" -- "$@"; }

# make_host PURPOSE
make_host() {
    host=gt-$1-$$
    work=$(mktemp -d /tmp/gt.XXXX)
    # The root of a pod's user namespace has to walk through it to what an OCI runtime mounts.
    chmod 711 "$work"
    trap end_host EXIT
    ip netns add "$host"
    ip -n "$host" link set lo up
    registry_with_images
    local registry
    for registry in registry.k8s.io k8s.gcr.io gcr.io; do
        mkdir -p "$work/certs.d/$registry"
        printf '[host."http://127.0.0.1:5000"]\ncapabilities = ["pull", "resolve"]\n' >"$work/certs.d/$registry/hosts.toml"
    done
    mkdir -p "$work/cni"
    cat >"$work/cni/10-bridge.conflist" <<CNI
{"cniVersion": "1.0.0", "name": "$host", "plugins": [
  {"type": "bridge", "bridge": "gt0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$work/ipam", "ranges": [[{"subnet": "10.85.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CNI
}

# The registry's storage is filled once for what the images are made from, and only read from then on, by all that run at a time.
registry_with_images() {
    local images=$project/conformance/target/images made_from storage lock
    made_from=$(cat "$project/conformance/bin/make-images" "$project/scripts/lib/oci-image.sh" "$(command -v busybox)" "$(command -v nginx)" | sha256sum | cut -c 1-16)
    storage=$images/storage-$made_from
    mkdir -p "$work/registry" "$images"
    exec {lock}>"$images/.storage-lock"
    flock "$lock"
    if [ ! -d "$storage" ]; then
        rm -rf "$images"/storage-*
        start_registry "$work/registry" 127.0.0.1:5000 nsenter "--net=/run/netns/$host"
        inside "$project/conformance/bin/make-images" "$images" http://127.0.0.1:5000 {lock}>&-
        kill "$(cat "$work/registry/pid")"
        mv "$work/registry/storage" "$storage"
    fi
    exec {lock}>&-
    ln -s "$storage" "$work/registry/storage"
    start_registry "$work/registry" 127.0.0.1:5000 nsenter "--net=/run/netns/$host"
}

end_host() {
    local pid
    for pid in "${daemons[@]:-}"; do
        [ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
    done
    [ -e "$work/registry/pid" ] && kill "$(cat "$work/registry/pid")" 2>/dev/null
    ip netns del "$host"
    rm -rf --one-file-system "$work"
}

# until_it_answers SOCKET LOG : waits for the daemon that was started last.
until_it_answers() {
    local end=$((SECONDS + 120))
    while [ $SECONDS -lt $end ]; do
        [ -S "$1" ] && "$tools/crictl" --config /dev/null --runtime-endpoint "unix://$1" version >/dev/null 2>&1 && return 0
        kill -0 "${daemons[-1]}" 2>/dev/null || break
        sleep 0.05
    done
    tail -n 30 "$2" >&2
    echo "nothing answers at $1" >&2
    return 1
}

# start_gantryd [CONFIGURATION-FILE] : sets socket
start_gantryd() {
    local configuration=()
    [ $# -eq 0 ] || configuration=(--config "$1")
    socket=$work/gantry.sock
    nsenter "--net=/run/netns/$host" -- "$project/target/gantry/bin/gantryd" "${configuration[@]}" --root "$work/root" --state "$work/state" --socket "$socket" \
        --cni-conf-dir "$work/cni" --cni-bin-dir /usr/lib/cni --certs-dir "$work/certs.d" --metrics-address "" >"$work/gantryd.log" 2>&1 &
    daemons+=($!)
    until_it_answers "$socket" "$work/gantryd.log"
}
