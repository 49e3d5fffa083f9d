#!/bin/sh
# Makes the Python environment that everything else runs in; `make setup` and every target that needs it call this.
#
#   requirements/install.sh                  .venv, with the stack that fits this machine's glibc
#   STACK=tfx-1.16 requirements/install.sh   .venv-tfx-1.16, with that stack
#
# Says nothing and ends at once when the environment is whole and up to date. Otherwise it is made again from
# nothing: packages come from uv's cache then, and no half-finished install can survive.
# Exit status: 0 ready, 1 the installation failed, 2 this machine or STACK is not supported.
set -eu

# Settings of the calling shell that would put packages, or Python itself, somewhere else.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PIP_USER PIP_TARGET PIP_PREFIX UV_SYSTEM_PYTHON UV_TARGET UV_PREFIX UV_PYTHON
unset CDPATH

cd "$(dirname "$0")/.."
root=$(pwd -P)
supported='supported: 64-bit Intel/AMD Linux with glibc 2.28 or newer (WSL 2 and containers too) and Python 3.11'

die() { # status, sentence
    printf 'Set-up: %s\n' "$2" >&2
    exit "$1"
}

# --- which stack -----------------------------------------------------------------------------------------------

stack=${STACK:-}
case $stack in
    '') venv=.venv ;;
    tfx-1.16 | tfx-1.21) venv=.venv-$stack ;;
    *) die 2 "STACK=$stack is no stack of this project: use STACK=tfx-1.16 or STACK=tfx-1.21, or leave it out." ;;
esac

system=$(uname -s) machine=$(uname -m)
[ "$system" = Linux ] || die 2 "$system is not supported; $supported."
# ml-metadata has no wheel for Linux on ARM in either stack.
[ "$machine" = x86_64 ] || die 2 "Linux on $machine is not supported; $supported."

glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || glibc=
glibc=${glibc#glibc }
case $glibc in
    2.*) minor=${glibc#2.} minor=${minor%%[!0-9]*} ;;
    *) die 2 "this Linux has no glibc (musl, as in Alpine, is not supported); $supported." ;;
esac
[ "$minor" -ge 28 ] || die 2 "glibc $glibc is too old; $supported."
# The native wheels of TFX 1.21 (ml-metadata, TFDV) are built for glibc 2.39.
if [ "$minor" -lt 39 ]; then
    [ "$stack" != tfx-1.21 ] ||
        die 2 "STACK=tfx-1.21 needs glibc 2.39 or newer (Debian 13, Ubuntu 24.04) and this machine has $glibc: use STACK=tfx-1.16."
    stack=${stack:-tfx-1.16}
fi
stack=${stack:-tfx-1.21}
lock=requirements/$stack.lock

# --- nothing to do? --------------------------------------------------------------------------------------------

python=$venv/bin/python
stamp=$venv/.complete

# The path is part of it: an environment does not survive being moved with its folder. So is the version of
# Python, which is asked from the environment's own interpreter: it fails when the one underneath is gone.
wanted() {
    printf '%s\n' "$root/$venv" &&
        "$python" -I -S -c 'import sys; print(sys.version)' &&
        sha256sum requirements/install.sh requirements/bootstrap.lock "$lock"
}
complete() { [ -f "$stamp" ] && [ "$(wanted 2>/dev/null)" = "$(cat "$stamp")" ]; }

if complete; then exit 0; fi

# --- which Python ----------------------------------------------------------------------------------------------

# Each candidate is started before it is believed: a pyenv shim exists for versions that are not selected.
probe='import sys
assert sys.version_info[:2] == (3, 11) and sys.implementation.name == "cpython" and sys.maxsize > 2**32
missing = []
for name in ("ensurepip", "venv", "bz2", "ctypes", "lzma", "sqlite3", "ssl", "zlib"):
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
print(*missing)'

base='' lacking=''
for candidate in python3.11 python3 python "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.11.*/bin/python; do
    found=$(command -v "$candidate" 2>/dev/null) || continue
    missing=$("$found" -I -c "$probe" 2>/dev/null) || continue
    if [ -z "$missing" ]; then
        base=$found
        break
    fi
    lacking=${lacking:-$found without its standard modules $missing}
done
if [ -z "$base" ] && [ -n "$lacking" ]; then
    die 2 "found $lacking: add them (Debian, Ubuntu: apt-get install python3.11-venv; pyenv: build 3.11 again after installing the libraries that it reported missing)."
elif [ -z "$base" ]; then
    die 2 "no Python 3.11 found on PATH or under pyenv: install it (Debian 12: apt-get install python3.11-venv; elsewhere: pyenv install 3.11) and run the same command again; $supported."
fi

# --- install ---------------------------------------------------------------------------------------------------

# One set-up at a time. The lock lies on this script, so there is no lock file to leave behind, and the kernel
# drops it when the last process of a killed set-up is gone.
if command -v flock >/dev/null 2>&1; then
    exec 9<requirements/install.sh
    flock -n 9 || {
        echo 'Set-up: another set-up is running here; waiting for it…' >&2
        flock 9
    }
    if complete; then exit 0; fi
fi

printf 'Setting up %s (TFX %s, about 3 GB, about a minute)…\n' "$venv" "${stack#tfx-}"
started=$(date +%s)
# The stamp goes first: should the removal be interrupted, what is left does not look complete.
{ rm -f "$stamp" && rm -rf "$venv" && mkdir "$venv"; } 2>/dev/null ||
    die 1 "cannot make $root/$venv again: make sure that you may write in this folder and own $venv, then run the same command again."
log=$venv/setup.log

step() { # what, command…
    what=$1
    shift
    printf '+ %s\n' "$*" >>"$log"
    "$@" </dev/null >>"$log" 2>&1 ||
        die 1 "$what failed, most often for want of a network or of 5 GB of free disk: see $root/$log, then run the same command again."
}
step 'making the environment' "$base" -m venv "$venv"
step 'fetching the installer' "$python" -m pip install --require-hashes -r requirements/bootstrap.lock
# A network with an authority of its own is known to the system, as to git, and not to uv.
for bundle in /etc/ssl/certs/ca-*.crt; do
    [ ! -s "$bundle" ] || export UV_SYSTEM_CERTS=true
done
# Bytecode is compiled here, on all cores: it takes 17 s off the first run, and off every run where
# PYTHONDONTWRITEBYTECODE is set. The build constraint pins what builds the few packages that are source only.
step "installing $lock" "$venv/bin/uv" pip install --python "$python" --no-deps --require-hashes \
    --build-constraints requirements/bootstrap.lock --compile-bytecode -r "$lock"
# uv remembers what it was once told of the interpreter at this path: that may have been another one.
step 'finding the packages in the environment' "$python" -I -c '
import importlib.util, sys
if importlib.util.find_spec("tfx") is None:
    sys.exit("uv has put the packages elsewhere: run `uv cache clean`, or remove its cache, ~/.cache/uv")'

# The project itself, from this folder, and not a copy of it: its command, and `from pipeline import fit, load` in any
# folder. What builds it is in the lock.
step 'installing the project' "$venv/bin/uv" pip install --python "$python" --offline --no-deps --no-build-isolation \
    --editable .

# Last, and by a rename: the environment counts as complete only when all of it is there.
{ wanted >"$stamp.new" && mv "$stamp.new" "$stamp"; } 2>>"$log" ||
    die 1 "the new environment does not start: see $root/$log."
printf 'Set up %s in %s s.\n' "$venv" "$(($(date +%s) - started))"
