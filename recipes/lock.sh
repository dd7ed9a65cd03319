#!/usr/bin/env bash
# Writes the lock files anew from requirements*.in: versions and hashes, no download addresses.
set -euo pipefail
cd "$(dirname "$0")"
for name in requirements requirements-test requirements-hf; do
  uv pip compile --quiet --config-file uv.toml --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'recipes/lock.sh' "$name.in" -o "$name.lock"
done
