#!/usr/bin/env bash
# Runs a command with the words of the variable ARGS behind its own: spaces part them, quotes and backslashes keep a word
# together, as in a shell; nothing in them is run or expanded.
#
#   ARGS='-m "not kubeflow"' requirements/with_args.sh python -m pytest
set -euo pipefail
words=()
if [ -n "${ARGS:-}" ]; then
    if ! xargs printf '%s\0' <<<"$ARGS" >/dev/null 2>&1; then
        printf 'ARGS: %s has a quote that is not closed: close it.\n' "$ARGS" >&2
        exit 2
    fi
    mapfile -d '' -t words < <(xargs printf '%s\0' <<<"$ARGS")
fi
exec "$@" "${words[@]}"
