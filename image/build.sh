#!/usr/bin/env bash
# Builds the image with docker, podman or buildah, whichever is there.
#
#   image/build.sh [test]
#
#   IMAGE     its name                           (default: tfx-tabular-edge:latest)
#   BASE      an image with Debian trixie and Python 3.11, or `debootstrap`: make one from Debian's packages
#             (default: the official python image; where no registry answers, as with `debootstrap`)
#   REVISION  what the image says it was made of (default: git's name of the commit)
#
# With `test`: the image that image/test.sh runs, IMAGE with -test behind its name.
set -euo pipefail
cd "$(dirname "$0")/.."
. image/builder.sh

stage=${1:-runtime}
case $stage in runtime | test) ;; *) die 'usage: image/build.sh [test]' ;; esac
image=$("${stage}_image")
[ "$(uname -m)" = x86_64 ] || die "the image is for 64-bit Intel/AMD, as ml-metadata's wheels are, and this is $(uname -m): build it on such a machine."
find_builder
choose_base

# --- settings of this machine, as secrets of the build ---------------------------------------------------------

# A private folder, gone with this script: addresses of package indexes may hold passwords.
secrets=$(mktemp -d)
trap 'rm -rf "$secrets"' EXIT
image/settings.sh "$secrets"
options=()
for secret in "$secrets"/*; do
    options+=(--secret "id=$(basename "$secret"),src=$secret")
done

# --- the image -------------------------------------------------------------------------------------------------

log=build/image.log
mkdir -p build
: >"$log"
started=$(date +%s)
printf 'Building %s with %s on %s (some minutes the first time, seconds after a change of the code; log: %s)…\n' \
    "$image" "$builder" "$base" "$log"
build --build-arg "BASE=$base" --build-arg "REVISION=${REVISION:-$(git describe --always --dirty 2>/dev/null || echo unknown)}" \
    "${options[@]}" --target "$stage" --tag "$image" . ||
    { tail -n 15 "$log" >&2; die "building failed, most often for want of a network or of 14 GB of free disk: see $log, then run the same command again."; }
printf 'Built %s, %s, in %s s.\n' "$image" "$(size_of "$image")" "$(($(date +%s) - started))"
