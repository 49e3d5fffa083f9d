#!/usr/bin/env bash
# Makes the base image where no registry can be reached: Debian trixie from Debian's packages, with this machine's own
# Python 3.11 copied to /usr/local, where the official python image has its own.
#
#   image/base.sh    makes it, anew if it is there
#
# Root is needed for debootstrap; mmdebstrap, where it is installed, does without.
set -euo pipefail
cd "$(dirname "$0")/.."
. image/builder.sh

[ $# -eq 0 ] || die 'usage: image/base.sh'
name=$own_base
find_builder

# What the standard library links to, and the authorities that it trusts.
packages=ca-certificates,libbz2-1.0,libcrypt1,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8t64,libsqlite3-0
packages=$packages,libssl3t64,libstdc++6,libuuid1,netbase,tzdata,zlib1g

# --- this machine's Python 3.11 --------------------------------------------------------------------------------

# Where the interpreter, the library that it may link to, the standard library and the wheels of ensurepip lie.
probe='import os, sys, sysconfig
assert sys.version_info[:2] == (3, 11) and sys.implementation.name == "cpython" and sys.maxsize > 2**32
import bz2, ctypes, ensurepip, lzma, sqlite3, ssl, venv, zlib
value = sysconfig.get_config_var
libraries = [os.path.join(sys.base_prefix, "lib"), value("LIBDIR") or ""]
shared = value("LDLIBRARY") if value("Py_ENABLE_SHARED") else ""
found = [os.path.realpath(os.path.join(folder, shared)) for folder in libraries if shared]
print(os.path.realpath(os.path.join(sys.base_prefix, "bin", "python3.11")))
print(next(filter(os.path.isfile, found), ""))
print(os.path.dirname(os.__file__))
print(value("WHEEL_PKG_DIR") or "")'

python=()
for candidate in "${VENV:-.venv}/bin/python" python3.11 python3 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.11.*/bin/python; do
    if answer=$("$candidate" -I -c "$probe" 2>/dev/null); then
        mapfile -t python <<<"$answer"
        break
    fi
done
[ ${#python[@]} -ge 3 ] || die 'no whole Python 3.11 found to copy into the base image: install it (Debian 12: apt-get install python3.11-venv; elsewhere: pyenv install 3.11), or name an image that has it with BASE=…'

# --- Debian ----------------------------------------------------------------------------------------------------

if command -v mmdebstrap >/dev/null 2>&1; then
    bootstrap=mmdebstrap
elif command -v debootstrap >/dev/null 2>&1; then
    bootstrap=debootstrap
    [ "$(id -u)" -eq 0 ] || die 'debootstrap needs root: use sudo, install mmdebstrap, or name a base image with BASE=…'
else
    die 'no registry can be reached for a base image, and neither mmdebstrap nor debootstrap is here to make one: apt-get install debootstrap, or name a base image with BASE=…'
fi

log=build/base.log
mkdir -p build
: >"$log"
# debootstrap mounts /proc in the new root: a cleaning that is cut short must not walk into it.
work=$(mktemp -d -p "${TMPDIR:-/var/tmp}" base-image.XXXXXX)
trap 'umount -q "$work/root/proc" "$work/root/sys" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
mkdir "$work/context"

# From where this machine takes its own packages, when it is a Debian.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | grep -v security | head -n 1) || true
mirror=${mirror:-http://deb.debian.org/debian}

printf 'Making the base image %s: Debian trixie by %s, Python 3.11 from %s (log: %s)…\n' "$name" "$bootstrap" "${python[0]}" "$log"
failed() { die "making the base image failed, most often for want of a network or of rights: see $log."; }
rest=(./var/cache/apt './var/lib/apt/lists/*' ./usr/share/doc ./usr/share/man ./usr/share/locale ./var/log './dev/*' './proc/*' './sys/*')
if [ $bootstrap = mmdebstrap ]; then
    mmdebstrap --variant=minbase --include="$packages" --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        trixie "$work/context/debian.tar" "$mirror" >>"$log" 2>&1 || failed
else
    debootstrap --variant=minbase --include="$packages" trixie "$work/root" "$mirror" >>"$log" 2>&1 || failed
    tar -C "$work/root" --one-file-system --numeric-owner "${rest[@]/#/--exclude=}" -cf "$work/context/debian.tar" . || failed
    rm -rf --one-file-system "$work/root"
fi

# --- Python in it ----------------------------------------------------------------------------------------------

target=$work/python/usr/local
mkdir -p "$target/bin" "$target/lib/python3.11"
cp "${python[0]}" "$target/bin/python3.11"
[ -z "${python[1]}" ] || cp "${python[1]}" "$target/lib/"
# Without what somebody installed, and without tests, windows and what only building extensions needs.
tar -C "${python[2]}" --exclude=./site-packages --exclude=./dist-packages --exclude=test --exclude=tests --exclude=./idlelib \
    --exclude=./tkinter --exclude='./config-3.11*' --exclude=__pycache__ -chf - . | tar -C "$target/lib/python3.11" -xf -
mkdir -p "$target/lib/python3.11/site-packages"
if [ -n "${python[3]:-}" ]; then # Debian keeps ensurepip's wheels apart
    mkdir -p "$work/python${python[3]}"
    cp -L "${python[3]}"/*.whl "$work/python${python[3]}"
fi
ln -s python3.11 "$target/bin/python3"
ln -s python3.11 "$target/bin/python"
tar -C "$work/python" --owner=0 --group=0 --numeric-owner -cf "$work/context/python.tar" .

cat >"$work/context/Dockerfile" <<'END'
FROM scratch
ADD debian.tar /
ADD python.tar /
RUN ldconfig && python3.11 -I -c 'import bz2, ctypes, ensurepip, hashlib, lzma, sqlite3, ssl, uuid, venv, zlib' \
    && python3.11 -I -m compileall -q /usr/local/lib/python3.11
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
CMD ["python3.11"]
END
build --tag "$name" "$work/context" || failed
