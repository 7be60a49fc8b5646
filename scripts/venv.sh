#!/usr/bin/env bash
# Makes .venv, whether or not the system's Python came with venv and pip; says what to install where it cannot.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "ipshare needs Python 3.11 or newer; name it: make setup PYTHON=/path/to/python3.11" >&2
    exit 2
fi
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    exec "$python" -m venv .venv
fi
# Debian and Ubuntu keep venv in a package of its own.
if "$python" -m virtualenv --version >/dev/null 2>&1; then
    exec "$python" -m virtualenv --quiet .venv
fi
if "$python" -m pip --version >/dev/null 2>&1; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    if "$python" -m pip install --quiet --target "$scratch" virtualenv 2>/dev/null; then
        PYTHONPATH=$scratch "$python" -m virtualenv --quiet .venv
        exit 0
    fi
fi
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
echo "this Python cannot make a virtual environment; install it, e.g.: apt-get install python$version-venv" >&2
exit 2
