#!/usr/bin/env bash
# Makes .venv, whether or not the system's Python came with venv and pip; says what to install where it cannot.
set -euo pipefail
cd "$(dirname "$0")/.."

# The distribution's own Python first: it is built with optimizations that a plain build (pyenv's) has not, and does
# the same work in a tenth less time.
new_enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
name_it="name one that is there: make setup PYTHON=/path/to/python3.11"
python=${PYTHON:-}
if [ -n "$python" ] && ! new_enough "$python"; then
    echo "$python is no Python 3.11 or newer; $name_it" >&2
    exit 2
fi
if [ -z "$python" ] && new_enough /usr/bin/python3 && /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then
    python=/usr/bin/python3
fi
for other in python3.11 python3; do
    [ -n "$python" ] || ! new_enough "$other" || python=$other
done
if [ -z "$python" ]; then
    echo "ipshare needs Python 3.11 or newer; install it, e.g.: apt-get install python3-venv; or $name_it" >&2
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
