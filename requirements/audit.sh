#!/usr/bin/env bash
# Holds the locks against the list of known vulnerabilities at osv.dev, which needs a network; `make audit` calls this.
#
#   requirements/audit.sh PYTHON   PYTHON is that of an environment with uv
#
# Exit status: 0 none is known, 1 some are, 2 the list or the auditor could not be had.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 venv=.venv-audit
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ! cmp -s requirements/audit.lock "$venv/.complete"; then
    rm -rf "$venv"
    if ! { "$python" -m venv "$venv" && "$(dirname "$python")/uv" pip install --quiet --python "$venv/bin/python" \
        --require-hashes --no-deps -r requirements/audit.lock; } >"$log" 2>&1; then
        printf 'Audit: the auditor cannot be installed (%s). Connect to a network, and try again.\n' "$(tail -n 1 "$log")" >&2
        exit 2
    fi
    cp requirements/audit.lock "$venv/.complete"
fi

status=0
for lock in tfx-1.16 tfx-1.21 image; do
    known=0
    answer=$("$venv/bin/pip-audit" --vulnerability-service osv --disable-pip --require-hashes --progress-spinner off \
        --requirement "requirements/$lock.lock" 2>"$log") || known=$?
    if [ $known -ne 0 ] && [ -z "$answer" ]; then
        why=$(tail -n 1 "$log" | cut -c1-200)
        if grep -qiE 'connection|resolve|timed out' <<<"$why"; then
            printf 'Audit: osv.dev does not answer. Connect to a network that reaches it, and try again.\n' >&2
        else
            printf 'Audit: pip-audit failed (%s). Please report it.\n' "$why" >&2
        fi
        exit 2
    fi
    printf '%s\n' "requirements/$lock.lock" "${answer:-  nothing is known}"
    [ $known -eq 0 ] || status=1
done
exit $status
