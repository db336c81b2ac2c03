"""Whatever happens to the file, the disk, the clock or a process: nothing wrong is returned."""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from pytest_scaling.trials.execution import Trials
from pytest_scaling.trials.store.leases import LEASE, Leases, is_zombie, new_owner
from pytest_scaling.trials.store.store import Store, StoreError
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, InProcess, trial

NEW_OWNER = "from pytest_scaling.trials.store.leases import new_owner; print(new_owner())"
TRIALS = [trial(m=m) for m in (20, 30, 64)]
DAMAGES = 60  # files that are harmed in each way


@pytest.fixture(scope="module")
def expected():
    return {one.identity: compute(one) for one in TRIALS}


@pytest.fixture(scope="module")
def content(expected, tmp_path_factory):
    """The bytes of a store with three trials."""
    path = tmp_path_factory.mktemp("store") / "trials.sqlite3"
    with Store(path) as store:
        for one in TRIALS:
            store.put(one, expected[one.identity])
    return path.read_bytes()


def found(path):
    """What a store gives for each trial, and what it reports meanwhile."""
    with Store(path) as store:
        return [store.get(one.identity, one.seeds) for one in TRIALS], store.notices


def flipped(content, chance):
    at = chance.randrange(len(content) * 8)
    harmed = bytearray(content)
    harmed[at // 8] ^= 1 << at % 8
    return bytes(harmed)


def cut(content, chance):
    return content[: chance.randrange(len(content))]


def overwritten(content, chance):
    start = chance.randrange(len(content))
    return content[:start] + chance.randbytes(512) + content[start + 512 :]


@pytest.mark.parametrize("harm", [flipped, cut, overwritten])
def test_a_file_that_is_harmed_anywhere_gives_right_results_or_none(
    content, expected, harm, tmp_path
):
    chance = random.Random(5)
    lost = 0
    for number in range(DAMAGES):
        path = tmp_path / f"{number}.sqlite3"
        path.write_bytes(harm(content, chance))
        results, notices = found(path)
        for one, result in zip(TRIALS, results, strict=True):
            assert result in (None, expected[one.identity])
        lost += None in results
        assert all(notice.count(". ") == 0 and "\n" not in notice for notice in notices)
    assert lost  # the harm was felt


class Full(Store):
    """A store on a disk that has room for so many pages of 4 KiB."""

    pages = 12

    def _open(self):
        connection = super()._open()
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        return connection


def test_a_full_disk_keeps_what_was_written_and_the_run_goes_on_without(path, expected):
    large = [trial(m=m) for m in range(20, 120)]
    with Full(path) as store, closing(Trials(store, workers=1, pool=InProcess)) as trials:
        results = trials.results(large)
        (notice,) = trials.notices
    assert results == [compute(one) for one in large]
    assert notice == (
        f"The store {path} cannot be written (database or disk is full); "
        "name another file with `--scaling-store`."
    )
    with Store(path) as store:
        kept = [store.get(one.identity, one.seeds) for one in large]
        assert 0 < sum(each is not None for each in kept) < len(large)
        assert all(each in (None, result) for each, result in zip(kept, results, strict=True))
        assert store.notices == []


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_jumps_keeps_nobody_waiting(store, run, monkeypatch, hours):
    Leases(store, "dead").acquire(trial().identity)
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 3_600 * hours)
    assert run(pool=InProcess).results([trial()]) == [compute(trial())]


def test_the_lease_of_a_process_that_has_ended_lapses_at_once(store):
    done = subprocess.run(
        [sys.executable, "-c", NEW_OWNER], capture_output=True, text=True, check=True
    )
    ended, following, living = (
        Leases(store, owner) for owner in (done.stdout.strip(), "next", new_owner())
    )
    assert ended.acquire("trial")
    assert following.acquire("trial")
    assert not living.acquire("trial")
    assert living.acquire("another")
    assert not following.acquire("another")


def test_a_process_of_another_host_may_live(store):
    host, _, number = new_owner().split("/")
    assert Leases(store, f"not-{host}/{2**22 + 1}/{number}").acquire("trial")
    assert not Leases(store, "next").acquire("trial")


def test_a_lease_still_holds_where_the_clock_is_a_little_slower(store, monkeypatch):
    Leases(store, "a").acquire("trial", seconds=LEASE - 1)
    monkeypatch.setattr(time, "time", lambda now=time.time: now() - 0.9)
    assert not Leases(store, "b").acquire("trial")


def test_a_store_that_is_locked_when_it_is_opened_is_told_in_one_sentence(path, monkeypatch):
    Store(path).close()
    monkeypatch.setattr("pytest_scaling.trials.store.database.PATIENCE", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"cannot be opened for writing \(database is locked\);"):
        Store(path)
    other.close()


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only by their mode")
@pytest.mark.parametrize("filled", [False, True])
def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(filled):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "cache", "trials.sqlite3")
        path.parent.mkdir()
        if filled:
            Store(path).close()
            path.chmod(0o444)
        path.parent.chmod(0o555)
        Path(name).chmod(0o755)
        root = os.geteuid() == 0
        if root:  # whom no mode stops
            os.seteuid(65_534)
        try:
            with pytest.raises(StoreError) as caught:
                Store(path)
        finally:
            if root:
                os.seteuid(0)
            path.parent.chmod(0o755)
    assert str(caught.value).startswith(f"The store {path} cannot be opened for writing (")
    assert str(caught.value).endswith("); name another file with `--scaling-store`.")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_that_has_ended_and_that_nobody_reaped_holds_no_lease(store):
    ended = subprocess.Popen([sys.executable, "-c", NEW_OWNER], stdout=subprocess.PIPE, text=True)
    owner = ended.stdout.read().strip()
    end = time.monotonic() + 10
    while not is_zombie(ended.pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert Leases(store, owner).acquire("trial")
    assert Leases(store, "next").acquire("trial")
    ended.communicate()


def test_a_run_says_for_whom_it_waits(store, run, monkeypatch):
    monkeypatch.setattr("pytest_scaling.trials.workers.dispatch.LONG_WAIT", 0.1)
    Leases(store, "lab-3/1234/ab").acquire(trial().identity)
    trials = run(pool=InProcess)
    trials.request([trial()])
    assert trials.waits == []
    time.sleep(0.3)
    assert trials.waits == [
        "nearest centroid on stripes, m = 64, seeds 0-4: waiting for process 1234 on host lab-3, "
        "which is training it; end that process if it is stuck"
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_trial_without_any_progress_loses_its_lease_to_another_run(path, monkeypatch):
    monkeypatch.setattr("pytest_scaling.trials.workers.dispatch.STALL", 0.5)
    monkeypatch.setattr("pytest_scaling.trials.workers.dispatch.RENEWAL", 0.1)
    monkeypatch.setattr("pytest_scaling.trials.workers.dispatch.POLL", 0.1)
    monkeypatch.setattr("pytest_scaling.trials.store.leases.Leases.renew", brief)
    busy, stuck = (
        trial(learner=Centroids(name=name, pause=pause)) for name, pause in (("a", 0), ("b", 30))
    )
    with Store(path) as one, closing(Trials(one, workers=1)) as first:
        first.results([busy])
        first.request([stuck])
        other = Leases(one, "next")
        end = time.monotonic() + 20
        while not other.acquire(stuck.identity) and time.monotonic() < end:
            time.sleep(0.05)
        assert other.owner_of(stuck.identity) == "next"


def brief(self, identities, seconds=0.4, renew=Leases.renew):
    """Renews a lease for less than half a second; the first time cuts it to that."""
    renew(self, identities, seconds)
