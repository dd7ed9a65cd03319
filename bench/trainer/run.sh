#!/usr/bin/env bash
# Compares tokens per second of the JAX trainer and of an equivalent eager torch model, in one run,
# one thread each.
#
#   bash bench/trainer/run.sh            all shapes, two minutes; the first run installs torch,
# several GB
#   bash bench/trainer/run.sh quickstart one shape
#
# Needs the set-up (npm start or npm test). Torch is installed into its own environment in the state
# folder.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
state="${FORETUNE_STATE_DIR:-$root/.foretune}/bench"
recipes="$root/.venv/bin/python"
torch="$state/trainer-env/bin/python"

if [ ! -x "$recipes" ]; then
  echo "The trainer's environment is missing. Run: node infra/setup.mjs" >&2
  exit 1
fi

# The stamp is a copy of the lock file: an install that was interrupted or is out of date is
# repeated.
if ! cmp -s "$here/requirements.lock" "$state/trainer-env/requirements.lock"; then
  echo "Installing torch into $state/trainer-env ..." >&2
  "$recipes" -m venv --clear "$state/trainer-env"
  "$torch" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$here/requirements.lock"
  cp "$here/requirements.lock" "$state/trainer-env/requirements.lock"
fi

export PYTHONPATH="$root/recipes/protocol:$root/recipes/measures:$root/recipes/jax"
exec "$recipes" "$here/compare.py" --state "$state" --torch "$torch" "$@"
