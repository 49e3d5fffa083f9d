#!/usr/bin/env bash
# Builds the image, and walks the compiled pipeline with every step in a container of it, to a pushed model that measures
# like that of a local run in the same image.
#
#   PYTHON=.venv/bin/python image/walk.sh [options of pytest…]
#
# The steps run as the image's own user. They see the folder of the walk and the sample tables, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
. image/builder.sh

image/build.sh
image=$(runtime_image)
find_builder
work=$(mktemp -d)
chmod 711 "$work" # the image's user passes through it
volumes=(--volume "$work:$work" --volume "$PWD/data:/project/data:ro")
case $builder in
    docker | podman)
        prefix=("$builder" run --rm --network none --read-only --tmpfs /tmp "${volumes[@]}" "$image")
        trap 'rm -rf "$work"' EXIT
        ;;
    buildah)
        container=$(buildah from --pull-never "$image")
        trap 'buildah rm "$container" >/dev/null; rm -rf "$work"' EXIT
        prefix=(buildah run --isolation "$BUILDAH_ISOLATION" "${volumes[@]}" "$container" --)
        ;;
esac
printf 'Walking the compiled pipeline in %s…\n' "$image"
KUBEFLOW_WALK_PREFIX="${prefix[*]@Q}" "${PYTHON:-.venv/bin/python}" -m pytest -p no:cacheprovider \
    --basetemp "$work/walk" -m kubeflow tests/e2e/kubeflow "$@"
