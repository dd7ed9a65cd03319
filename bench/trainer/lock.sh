#!/usr/bin/env bash
# Writes the lock file from requirements.in: versions and hashes, no download addresses.
set -euo pipefail
cd "$(dirname "$0")"
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --no-emit-find-links --custom-compile-command 'bench/trainer/lock.sh' requirements.in -o requirements.lock
