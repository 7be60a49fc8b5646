#!/usr/bin/env bash
# Re-makes requirements.lock from pyproject.toml: versions and hashes, no address of any index in it.
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
if ! "$python" -m piptools --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet pip-tools
fi
CUSTOM_COMPILE_COMMAND=scripts/lock.sh "$python" -m piptools compile --quiet --extra dev --generate-hashes --allow-unsafe \
    --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
    --output-file requirements.lock pyproject.toml
