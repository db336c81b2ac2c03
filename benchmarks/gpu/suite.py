"""The parts that run pytest: the tests of a real device, and claims in both tiers.

Their logs, reports and stores stay in the run's working folder. What is worth keeping of them is
packed into two files of the results after each part, so that few files have to be carried away.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_scaling.commands.store import opened
from pytest_scaling.trials.store.inventory import trials

from ..machine import ROOT
from .bench import Bench, Row

WORKERS = 4  # a context on the card each
GRACE = 20  # seconds in which an interrupted run writes its report, and it is packed
LEAST = 20  # seconds left, without which a claim of the full tier is not begun
JUDGED = (0, 1)  # exit codes of a run that came to its end
STORE, ARCHIVE = "trials.db", "suite.tar.gz"


class SuiteError(RuntimeError):
    """A run of pytest that did not come to its end."""


def tests(bench: Bench) -> Iterator[Row]:
    """The tests that are marked for a real device."""
    command = ["tests/devices", "-q", "-rfEs", "-k", "real", "-p", "no:cacheprovider"]
    seconds, status, log = run(bench, "tests", command, bench.left)
    yield {"seconds": seconds, "exit": status, "last": " ".join(log[-1:])}
    for line in log:
        if line.startswith(("FAILED", "ERROR")):
            yield {"last": line[:400]}
    if status:
        raise SuiteError(" ".join(log[-1:]) or f"pytest ended with {status}")


def claims_in_small(bench: Bench) -> Iterator[Row]:
    """One small claim on the device: that the package is installed, and trains and judges there."""
    yield from judge(bench, "claims-in-small", ["-k", "relu-unit-slope"], bench.left)


def devices(bench: Bench) -> Iterator[Row]:
    """Whether a network errs alike on both devices, and trains faster on this one; in seconds."""
    yield from judge(bench, "devices", ["-k", "cpu-or-gpu"], bench.left)
    yield from training_seconds(bench.work / STORE)


def claims(bench: Bench) -> Iterator[Row]:
    """The quick tier on the device, in one run."""
    chosen = ["-k", bench.scale.claims] if bench.scale.claims else []
    yield from judge(bench, "claims", chosen, bench.left)


def full(bench: Bench) -> Iterator[Row]:
    """The full tier on the device, claim by claim with its controls, in the lecture's order."""
    for claim, controls in claims_of_tier(bench, "full"):
        if bench.scale.claims_in_full not in ("", claim):
            continue
        if bench.left < LEAST + GRACE:
            raise SuiteError(f"no time was left for {claim} and what follows")
        chosen = ["-k", " or ".join([claim, *controls]), "--scaling-tier=full"]
        yield from judge(bench, f"full-{claim}", chosen, bench.left)


def claims_of_tier(bench: Bench, tier: str) -> list[tuple[str, list[str]]]:
    """The ids of claims that take no times, each with those of its controls."""
    command = [sys.executable, "-m", "pytest_scaling", "list", "claims", f"--tier={tier}", "--json"]
    found = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=max(1, bench.left), check=True
    )
    controls: dict[str, list[str]] = {}
    for each in json.loads(found.stdout):
        if "in-seconds" in each["id"]:
            continue
        if each["control_of"]:
            controls.setdefault(each["control_of"], []).append(each["id"])
        else:
            controls.setdefault(each["id"], [])
    return list(controls.items())


def judge(bench: Bench, name: str, chosen: Sequence[str], limit: float) -> Iterator[Row]:
    """Run claims and yield what the run says, then the verdict of each.

    Raises SuiteError where the run was cut short; the claims that it had judged are there.
    """
    report = bench.work / f"report-{name}"
    command = ["claims/", f"--scaling-device={bench.device}", f"--scaling-workers={WORKERS}"]
    command += [f"--scaling-report={report}", f"--scaling-store={bench.work / STORE}"]
    command += ["--durations=12", "-p", "no:cacheprovider", *chosen]
    seconds, status, log = run(bench, name, command, limit)
    row: Row = {"run": name, "seconds": seconds, "exit": status, "last": " ".join(log[-1:])}
    yield row | {"trials": next((line for line in log if line.startswith("trials:")), "")}
    for file in sorted((report / "records").glob("*.json")):
        record = json.loads(file.read_text(encoding="utf-8"))
        evidence = [each["sentence"] for cell in record["cells"] for each in cell["evidence"]]
        words = {key: record[key] for key in ("verdict", "reason")}
        yield {"run": name, "claim": record["claim"]["id"], **words, "evidence": evidence}
    keep(bench)
    if status not in JUDGED:
        raise SuiteError(f"{name}: pytest ended with {status}: {' '.join(log[-1:])}")


def run(
    bench: Bench, name: str, arguments: Sequence[str], limit: float
) -> tuple[float, int, list[str]]:
    """Seconds, exit status and output of pytest, which is interrupted a little before its limit."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for what a shell runs behind
        signal.signal(signal.SIGINT, signal.default_int_handler)  # or pytest would ignore it too
    log = bench.work / f"{name}.log"
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        for seconds, end in ((limit - GRACE, signal.SIGINT), (GRACE / 2, signal.SIGKILL)):
            try:
                process.wait(max(0.1, seconds))
                break
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, end)
    status = process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return time.perf_counter() - start, status, lines


def training_seconds(store: Path) -> Iterator[Row]:
    """Seconds of training and seeds of every learner on each device, from the store."""
    spent: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0])
    with opened(store) as connection:
        for held in trials(connection):
            sums = spent[held.learner, str(held.ingredients.get("device", ""))]
            sums[0] += held.seconds
            sums[1] += held.seeds
    for (learner, device), (seconds, seeds) in sorted(spent.items()):
        yield {"learner": learner, "on": device, "training_seconds": seconds, "seeds": seeds}


def keep(bench: Bench) -> None:
    """Pack logs and reports into one file of the results, and the store into another."""
    part = bench.work / ARCHIVE
    with tarfile.open(part, "w:gz", compresslevel=1) as archive:
        for path in sorted([*bench.work.glob("*.log"), *bench.work.glob("report-*")]):
            archive.add(path, path.name)
    shutil.move(part, bench.out / ARCHIVE)
    if (bench.work / STORE).exists():
        packed = bench.work / f"{STORE}.gz"
        with (bench.work / STORE).open("rb") as plain, gzip.open(packed, "wb", 1) as file:
            shutil.copyfileobj(plain, file)
        shutil.move(packed, bench.out / packed.name)


def unpack_store(folder: Path, work: Path) -> None:
    """Let a run go on with the trials that an earlier one has kept in a folder, if there are any.

    A file that was cut off is left alone, and its trials are trained again.
    """
    packed = folder / f"{STORE}.gz"
    if not packed.exists():
        return
    try:
        with gzip.open(packed) as file, (work / STORE).open("wb") as plain:
            shutil.copyfileobj(file, plain)
    except (EOFError, OSError) as error:
        (work / STORE).unlink(missing_ok=True)
        print(f"{packed} cannot be read ({error}); its trials are trained again", flush=True)
