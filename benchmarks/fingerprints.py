"""`python -m benchmarks.fingerprints`: the time to fingerprint every learner and task of the suite.

Each time in a fresh interpreter that has imported the suite, as a run has when it needs the first
fingerprint. CPU time stands beside wall time, because other programs disturb it less.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from .machine import description, spread, table

FEWEST = 5


def measure() -> tuple[float, float, int]:
    """Milliseconds, wall and CPU, and how many fingerprints."""
    from fixtures.subjects import LEARNERS
    from fixtures.tasks import TASKS
    from pytest_scaling.trials.fingerprint.fingerprint import fingerprint

    things = (*LEARNERS, *TASKS)
    wall, cpu = time.perf_counter(), time.process_time()
    for each in things:
        fingerprint(each)
    return 1_000 * (time.perf_counter() - wall), 1_000 * (time.process_time() - cpu), len(things)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--once", action="store_true", help="measure in this process")
    options = parser.parse_args()
    if options.once:
        print(*measure())
        return 0
    runs = max(options.runs, FEWEST)
    command = [sys.executable, "-m", "benchmarks.fingerprints", "--once"]
    lines = [
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        for _ in range(runs)
    ]
    print(description())
    rows = [
        (name, spread([float(line[place]) for line in lines]))
        for place, name in enumerate(("wall", "CPU"))
    ]
    print(table((f"{lines[0][2]} fingerprints", f"ms, median of {runs} (range)"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
