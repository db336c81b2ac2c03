"""Three hundred stores of strangers through every command that opens a store."""

import contextlib
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from pytest_scaling.__main__ import main
from pytest_scaling.ledger.reading.strict_json import is_plain
from pytest_scaling.trials.store.store import Store, StoreError
from pytest_scaling.trials.workers.worker import compute
from tests.security.mutations import MANY, harm_store
from tests.trials.toys import Centroids, trial

STORES = int(300 * MANY)
TRIALS = [trial(), trial(1), trial(m=20, learner=Centroids(name="means"))]
COMPANIONS = ("-wal", "-shm", "-journal")


@pytest.fixture(scope="module")
def results():
    return [compute(one) for one in TRIALS]


@pytest.fixture
def folder(tmp_path):
    """A folder in memory where there is one: a disk is waited for at every change of a store."""
    in_memory = Path("/dev/shm")
    if not os.access(in_memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="stores-", dir=in_memory) as name:
        yield Path(name)


@pytest.fixture
def sound(folder, results):
    """A store of three trials, closed."""
    path = folder / "sound.db"
    with Store(path) as store:
        for one, result in zip(TRIALS, results, strict=True):
            store.put(one, result)
    return path


@pytest.fixture
def command(capsys):
    """Run `store` on a path; its exit status, and what it wrote, which must be plain lines."""

    def run(path, *arguments):
        capsys.readouterr()
        status = main(["store", "--scaling-store", str(path), *map(str, arguments)])
        printed = capsys.readouterr()
        text = printed.out + printed.err
        assert status in (0, 1, 4)
        assert all(is_plain(line) for line in text.split("\n")), text
        assert "Traceback" not in text
        return status, text

    return run


def test_no_command_fails_over_a_store_or_believes_a_wrong_result(sound, command, results, folder):
    chance = random.Random(4)
    refused = merged = 0
    for number in range(STORES):
        here = folder / str(number)
        here.mkdir()
        path = here / "theirs.db"
        shutil.copy(sound, path)
        harm_store(path, chance)
        content = path.read_bytes()
        statuses = [command(path, action)[0] for action in ("info", "verify")]
        statuses.append(command(path, "prune", "--dry-run")[0])
        statuses.append(command(path, "export", here / "copy.db")[0])
        own = here / "own.db"
        _, text = command(own, "merge", path)
        assert path.read_bytes() == content
        refused += 4 in statuses
        merged += " 3 trials from " in text
        known = {"theirs.db", "copy.db", "own.db"}
        assert {each.name for each in here.iterdir()} <= known | {
            f"{name}{ending}" for name in known for ending in COMPANIONS
        }
        if own.exists():
            expect_right(own, results)
        command(path, "prune")
        expect_right(path, results)
        shutil.rmtree(here)
    assert refused
    assert merged


def expect_right(path, results):
    """A store that can be opened gives each trial its right results or none."""
    with contextlib.suppress(StoreError), Store(path) as store:
        for one, result in zip(TRIALS, results, strict=True):
            assert store.get(one.identity, one.seeds) in (None, result)


def test_what_was_merged_says_where_it_comes_from(sound, command, tmp_path, results):
    theirs = tmp_path / "th\nei\x1b[2Jrs.db"
    shutil.copy(sound, theirs)
    assert command(tmp_path / "own.db", "merge", theirs)[0] == 0
    with Store(tmp_path / "own.db") as store:
        assert {one.origin for one in store.get(TRIALS[0].identity, TRIALS[0].seeds)} == {
            "th ei [2Jrs.db"
        }
        store.put(TRIALS[0], results[0])
        assert {one.origin for one in store.get(TRIALS[0].identity, TRIALS[0].seeds)} == {""}


def test_a_store_that_cannot_be_written_is_read_by_every_command_that_only_reads(
    sound, command, tmp_path, monkeypatch
):
    sound.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    before = sound.read_bytes()
    for arguments in (["info"], ["verify"], ["prune", "--dry-run"], ["export", tmp_path / "c.db"]):
        assert command(sound, *arguments)[0] == 0
    assert command(tmp_path / "own.db", "merge", sound) == (
        0,
        f"{tmp_path / 'own.db'}: 3 trials from {sound}\n",
    )
    assert sound.read_bytes() == before
    assert not sound.with_name("sound.db-shm").exists()
