#!/usr/bin/env bash
# Runs the tests in the image: the stack that the image has, on a machine that may be too old for it.
#
#   image/test.sh [options of pytest…]
#   image/test.sh --check      runs no test: succeeds where this machine can build images, else says why not; makes the base
#
# The tests run as the image's own user and, with docker and podman, without a network and on a read-only root.
set -euo pipefail
cd "$(dirname "$0")/.."
. image/builder.sh

if [ "${1:-}" = --check ]; then
    find_builder
    store=/var/lib needed=16
    # Where the kernel gives no overlays, each step of a build is a copy of all before it.
    ! "$builder" info 2>/dev/null | grep -qi 'graphdrivername.*vfs' || needed=80
    free=$(($(df --output=avail -k "$store" | tail -n 1) / 1024 / 1024))
    [ "$free" -ge $needed ] || die "$needed GB of free disk are needed, and $store has $free GB."
    choose_base
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    log=$probe/log
    printf 'FROM %s\nRUN true\n' "$base" >"$probe/Dockerfile"
    build --tag "$own_base-probe" "$probe" || die "$builder is here, and cannot run a step: $(tail -n 1 "$log")."
    "$builder" rmi "$own_base-probe" >/dev/null 2>&1 || true
    exit 0
fi

image/build.sh test
image=$(test_image)
find_builder
printf 'Running the tests in %s…\n' "$image"
command=(python -m pytest -p no:cacheprovider "$@")
case $builder in
    docker) exec docker run --rm --network none --read-only --volume /tmp "$image" "${command[@]}" ;;
    podman)
        # podman asks for higher limits than a caller without all rights may give, and Debian 12's crun knows fewer
        # set-ups of cgroups than runc does.
        runtime=()
        ! command -v runc >/dev/null 2>&1 || runtime=(--runtime runc)
        limits=(--ulimit "nofile=$(ulimit -n)" --ulimit nproc=4096:4096)
        exec podman "${runtime[@]}" run --rm --network none "${limits[@]}" --read-only --volume /tmp "$image" "${command[@]}"
        ;;
    buildah)
        container=$(buildah from --pull-never "$image")
        trap 'buildah rm "$container" >/dev/null' EXIT
        buildah run "$container" -- "${command[@]}"
        ;;
esac
