# Makes OCI images from programs of this machine and pushes them to a registry; sourced.

# copy_program ROOT PROGRAM... : copies programs with the shared libraries that they load.
copy_program() {
    local root=$1 program file
    shift
    for program in "$@"; do
        for file in "$program" $(ldd "$program" 2>/dev/null | grep -o '/[^ ]*'); do
            [ -e "$root$file" ] && continue
            mkdir -p "$root$(dirname "$file")"
            cp -L --preserve=mode "$file" "$root$file"
        done
    done
}

# busybox_root ROOT : a small system around the machine's busybox, with users, /tmp and a PATH of applets.
busybox_root() {
    local root=$1 applet
    mkdir -p "$root"/{bin,etc,root,tmp,var,usr/bin,usr/sbin,sbin,proc,sys,dev}
    chmod 1777 "$root/tmp"
    copy_program "$root" "$(command -v busybox)"
    local busybox
    busybox=$(command -v busybox)
    [ "$busybox" = /bin/busybox ] || cp -L "$busybox" "$root/bin/busybox"
    for applet in $("$busybox" --list); do
        [ "$applet" = busybox ] || ln -f "$root/bin/busybox" "$root/bin/$applet"
    done
    cat >"$root/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
PASSWD
    cat >"$root/etc/group" <<'GROUP'
root:x:0:
daemon:x:1:
users:x:100:
www-data:x:33:
nogroup:x:65534:
GROUP
}

# layer_of ROOT FILE : FILE becomes the gzip layer of ROOT, FILE.diffid the digest of the plain tar.
layer_of() {
    tar -C "$1" --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -cf "$2.tar" .
    echo "sha256:$(sha256sum <"$2.tar" | cut -d' ' -f1)" >"$2.diffid"
    gzip -n -1 -c "$2.tar" >"$2"
    rm "$2.tar"
}

# push_blob REGISTRY REPOSITORY FILE : prints the digest.
push_blob() {
    local registry=$1 repository=$2 file=$3 digest location
    digest=sha256:$(sha256sum <"$file" | cut -d' ' -f1)
    if ! curl -fsI -o /dev/null "$registry/v2/$repository/blobs/$digest" 2>/dev/null; then
        location=$(curl -fsS -X POST -D - -o /dev/null "$registry/v2/$repository/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
        case $location in
        /*) location=$registry$location ;;
        esac
        case $location in
        *\?*) location="$location&digest=$digest" ;;
        *) location="$location?digest=$digest" ;;
        esac
        curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$file" "$location" >/dev/null
    fi
    echo "$digest"
}

# push_image REGISTRY REPOSITORY TAG CONFIG LAYER... : CONFIG is the JSON of the image config's "config" member. Media types are
# OCI's, or Docker schema 2's when IMAGE_FORMAT=docker.
push_image() {
    local registry=$1 repository=$2 tag=$3 config=$4 layer digest work manifest layers= diffids=
    shift 4
    local manifest_type=application/vnd.oci.image.manifest.v1+json config_type=application/vnd.oci.image.config.v1+json
    local layer_type=application/vnd.oci.image.layer.v1.tar+gzip architecture
    if [ "${IMAGE_FORMAT:-oci}" = docker ]; then
        manifest_type=application/vnd.docker.distribution.manifest.v2+json
        config_type=application/vnd.docker.container.image.v1+json
        layer_type=application/vnd.docker.image.rootfs.diff.tar.gzip
    fi
    case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
    esac
    work=$(mktemp -d)
    for layer in "$@"; do
        digest=$(push_blob "$registry" "$repository" "$layer")
        layers="$layers${layers:+,}{\"mediaType\":\"$layer_type\",\"size\":$(stat -c %s "$layer"),\"digest\":\"$digest\"}"
        diffids="$diffids${diffids:+,}\"$(cat "$layer.diffid")\""
    done
    printf '{"architecture":"%s","os":"linux","created":"2026-01-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]}}' \
        "$architecture" "$config" "$diffids" >"$work/config.json"
    digest=$(push_blob "$registry" "$repository" "$work/config.json")
    printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","size":%s,"digest":"%s"},"layers":[%s]}' \
        "$manifest_type" "$config_type" "$(stat -c %s "$work/config.json")" "$digest" "$layers" >"$work/manifest.json"
    curl -fsS -X PUT -H "Content-Type: $manifest_type" --data-binary "@$work/manifest.json" "$registry/v2/$repository/manifests/$tag" >/dev/null
    rm -r "$work"
}

# start_registry DIRECTORY ADDRESS [COMMAND-PREFIX...] : a docker-registry with its storage in DIRECTORY, left running; its pid in
# DIRECTORY/pid. Returns when it answers.
start_registry() {
    local directory=$1 address=$2 i
    shift 2
    mkdir -p "$directory/storage"
    cat >"$directory/config.yml" <<YML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $directory/storage}, delete: {enabled: true}}
http: {addr: "$address"}
YML
    setsid "$@" docker-registry serve "$directory/config.yml" </dev/null >"$directory/log" 2>&1 &
    echo $! >"$directory/pid"
    for i in $(seq 100); do
        "$@" curl -fs -o /dev/null "http://$address/v2/" && return 0
        kill -0 "$(cat "$directory/pid")" 2>/dev/null || break
        sleep 0.05
    done
    cat "$directory/log" >&2
    echo "docker-registry does not answer on $address" >&2
    return 1
}
