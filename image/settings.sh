#!/usr/bin/env bash
# Writes what this machine knows about reaching its package index into a folder, for a build to read as secrets:
#
#   settings      shell lines: proxies, the variables of pip and uv, what pip's own configuration files say
#   authorities   the certificate authorities that this machine trusts
#
#   image/settings.sh FOLDER
#
# uv reads no pip.conf: where only pip is told of an index, uv is told the same. An index in a folder of this machine
# is left out, since a build cannot see it; so is pip's cache. Every package is checked by hash, wherever it comes from.
set -euo pipefail
folder=$1
umask 077

# One setting of pip: from the environment, as pip does, or from its files.
listed=$(python3 -m pip config list 2>/dev/null) || listed=
pip_setting() { # name as in pip.conf
    local variable=${1^^} line
    variable=PIP_${variable//-/_}
    if [ -n "${!variable:-}" ]; then
        printf '%s' "${!variable}"
        return
    fi
    line=$(grep -E "^(install|global)\.$1=" <<<"$listed" | sort -r | head -n 1) || return 0
    line=${line#*=}
    line=${line:1:-1}
    printf '%s' "${line//\\n/ }"
}

remote() { # addresses: only those that a build can reach
    local address kept=()
    for address in $1; do
        [[ $address != http://* && $address != https://* ]] || kept+=("$address")
    done
    printf '%s' "${kept[*]}"
}

export_line() { # name, value
    [ -z "$2" ] || printf 'export %s=%q\n' "$1" "$2"
}

index=$(remote "$(pip_setting index-url)")
extra=$(remote "$(pip_setting extra-index-url)")
{
    for name in $(compgen -e); do
        case $name in
            http_proxy | https_proxy | no_proxy | all_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | ALL_PROXY | \
                UV_DEFAULT_INDEX | UV_INDEX | UV_INDEX_* | UV_EXTRA_INDEX_URL | UV_INSECURE_HOST | UV_HTTP_*)
                export_line "$name" "${!name}"
                ;;
        esac
    done
    export_line PIP_INDEX_URL "$index"
    export_line PIP_EXTRA_INDEX_URL "$extra"
    for name in trusted-host proxy timeout default-timeout retries; do
        variable=PIP_${name^^}
        export_line "${variable//-/_}" "$(pip_setting "$name")"
    done
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-}" ]; then
        export_line UV_DEFAULT_INDEX "$index"
        export_line UV_INDEX "$extra"
        export_line UV_INSECURE_HOST "${UV_INSECURE_HOST:-$(pip_setting trusted-host)}"
        # As pip does: any index may have the package. The hash says whether it is the right one.
        [ -z "$extra" ] || export_line UV_INDEX_STRATEGY "${UV_INDEX_STRATEGY:-unsafe-best-match}"
    fi
} >"$folder/settings"

for bundle in "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
    if [ -s "$bundle" ]; then
        cp "$bundle" "$folder/authorities"
        for name in PIP_CERT SSL_CERT_FILE REQUESTS_CA_BUNDLE; do
            export_line "$name" /run/secrets/authorities
        done >>"$folder/settings"
        break
    fi
done
