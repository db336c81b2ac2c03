#!/usr/bin/env bash
# The GPU benchmark on a machine that can fetch nothing: bash benchmarks/gpu.sh WHEELS [ARGUMENTS]
# WHEELS is a folder made beforehand, with this package and what the machine lacks:
#   python -m pip wheel --no-deps --wheel-dir wheels .
#   python -m pip download --no-deps --dest wheels platformdirs global-land-mask==1.0.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python3 -m pip install --quiet --no-index --no-deps "$1"/*.whl
PYTHONUNBUFFERED=1 python3 -m benchmarks.gpu "${@:2}"
