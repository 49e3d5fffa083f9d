# shellcheck shell=bash
# Read by the scripts beside it: which builder this machine has, and the few calls in which the builders differ.
# buildah's own default needs a runtime that may do everything; chroot isolation needs root or nothing but a user.
export BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
# docker below 23 has the builder that understands mounts and secrets, but does not take it by itself.
export DOCKER_BUILDKIT=1

official_base=docker.io/library/python:3.11-slim-trixie
own_base=localhost/tfx-tabular-edge-base:3.11-trixie

die() { # sentence
    printf 'Image: %s\n' "$1" >&2
    exit 1
}

# A name that begins like an option would be one to the builder.
check_name() { # variable, name
    [[ $2 =~ ^[[:alnum:]][[:alnum:]:._/@-]*$ ]] || die "$1=$2 is not the name of an image: write REGISTRY/NAME:TAG."
}

# The names of the image and of the one with the tests, with their tags.
runtime_image() {
    local image=${IMAGE:-tfx-tabular-edge}
    check_name IMAGE "$image"
    case ${image##*/} in *:*) ;; *) image=$image:latest ;; esac
    printf '%s' "$image"
}
test_image() {
    local image
    image=$(runtime_image) || exit
    printf '%s-test:%s' "${image%:*}" "${image##*:}"
}

# Sets builder to docker, podman or buildah: the first that is there and works.
find_builder() {
    local why=''
    builder=''
    if command -v docker >/dev/null 2>&1; then
        if ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
            why=' (docker is there, but no engine of its answers)'
        elif ! docker buildx version >/dev/null 2>&1; then
            why=' (docker is there, but not its buildx)'
        else
            builder=docker
            return
        fi
    fi
    for builder in podman buildah; do
        ! command -v "$builder" >/dev/null 2>&1 || return 0
    done
    die "no docker, podman or buildah to build with$why: install one (Debian, Ubuntu: apt-get install buildah) and run the same command again."
}

has_image() { # name
    case $builder in
        buildah) buildah inspect --type image "$1" >/dev/null 2>&1 ;;
        *) "$builder" image inspect "$1" >/dev/null 2>&1 ;;
    esac
}

# Sets base to an image with Debian trixie and Python 3.11: the one that BASE names, the official one, or one of this
# machine's making, which is made if it is not there.
choose_base() {
    base=${BASE:-}
    [ -z "$base" ] || check_name BASE "$base"
    if [ -z "$base" ]; then
        if has_image "$official_base" || { ! has_image "$own_base" && "$builder" pull -q "$official_base" >/dev/null 2>&1; }; then
            base=$official_base
        else
            base=debootstrap
        fi
    fi
    if [ "$base" = debootstrap ]; then
        base=$own_base
        has_image "$base" || image/base.sh
    fi
}

# Bytes of all layers, unpacked.
size_of() { # name
    case $builder in
        buildah) buildah images --format '{{.Size}}' "$1" | head -n 1 ;;
        *) "$builder" image inspect --format '{{.Size}}' "$1" | awk '{ printf "%.2f GB\n", $1 / 1e9 }' ;;
    esac
}

# Builds with the layers of earlier builds. $log gets what the builder says; the caller hears of a failure only.
build() { # options of the builder's build…
    local layers=()
    [ "$builder" = docker ] || layers=(--layers)
    printf '+ %s build %s\n' "$builder" "$*" >>"$log"
    "$builder" build "${layers[@]}" "$@" </dev/null >>"$log" 2>&1
}
