#!/usr/bin/env bash
# Writes the lock files from *.in: versions and hashes, no download addresses. Each peer has its own
# environment.
set -euo pipefail
cd "$(dirname "$0")"
for name in prefect dagster metaflow; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'bench/orchestration/lock.sh' "$name.in" -o "$name.lock"
done
