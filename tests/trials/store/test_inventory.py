"""`python -m pytest_scaling store`: what it holds, whether it is sound, and how to trim it."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from pytest_scaling.__main__ import main
from pytest_scaling.trials.store.leases import Leases
from pytest_scaling.trials.store.store import Store
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import Centroids, trial, with_other_libraries

USAGE = pytest.ExitCode.USAGE_ERROR
TRIALS = [trial(), trial(1), trial(m=20, learner=Centroids(name="means"))]


@pytest.fixture
def results():
    return [compute(one) for one in TRIALS]


@pytest.fixture
def filled(path, results):
    """A store of three trials, closed."""
    with Store(path) as store:
        for one, result in zip(TRIALS, results, strict=True):
            store.put(one, result)
    return path


@pytest.fixture
def command(path, capsys, monkeypatch):
    """Run `store` on the path; its exit status, and what it wrote."""
    monkeypatch.setenv("PYTEST_SCALING_STORE", str(path))

    def run(*arguments):
        capsys.readouterr()
        status = main(["store", *map(str, arguments)])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return status, printed.out + printed.err

    return run


def change(path, statement, *values):
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def kept(path, results):
    """Which of the trials a store still has, all of them as they were."""
    with Store(path) as store:
        found = [store.get(one.identity, one.seeds) for one in TRIALS]
    assert all(each in (None, result) for each, result in zip(found, results, strict=True))
    return [each is not None for each in found]


def test_info_tells_size_age_and_contents(command, filled):
    status, text = command("info")
    assert status == 0
    lines = text.splitlines()
    assert lines[0].startswith(f"store: {filled}, ")
    assert lines[1].startswith("trials: 3 (12 trained learners, 0.0 min of training)")
    assert lines[2].startswith("trained: from 20")
    assert lines[2].endswith(" UTC")
    assert lines[3] == ""
    table = {tuple(line.split()[:4]) for line in lines[4:]}
    assert ("centroids", "stripes", "2", "7") in table
    assert ("means", "stripes", "1", "5") in table


def test_info_shows_ten_rows_and_all_of_them_where_asked_for(command, path):
    with Store(path) as store:
        for number in range(13):
            one = trial(learner=Centroids(name=f"means-{number}"))
            store.put(one, compute(one))
    lines = command("info")[1].splitlines()
    assert sum(line.startswith("means-") for line in lines) == 10
    assert lines[-1].startswith("and 3 more, ")
    assert lines[-1].endswith(" seconds in all; --all shows them")
    lines = command("info", "--all")[1].splitlines()
    assert sum(line.startswith("means-") for line in lines) == 13
    assert "more" not in lines[-1]


def test_info_of_an_empty_store_has_no_table(command, path):
    Store(path).close()
    status, text = command("info")
    assert status == 0
    assert "trials: 0 (0 trained learners" in text
    assert "learner  " not in text


def test_the_option_beats_the_environment(command, filled, tmp_path):
    status, text = command("--scaling-store", tmp_path / "other.db", "info")
    assert status == USAGE
    assert text == (
        f"ERROR: there is no store {tmp_path / 'other.db'}; a run that trains creates one\n"
    )
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("action", ["info", "verify", "prune"])
def test_a_file_that_is_no_store_is_left_alone(command, path, action):
    path.parent.mkdir()
    path.write_bytes(b"rubbish" * 99)
    status, text = command(action)
    assert status == USAGE
    assert text == (
        f"ERROR: {path} is not a store of trials (it does not begin as SQLite's files); "
        "name another file\n"
    )
    assert path.read_bytes() == b"rubbish" * 99


def test_a_sound_store_is_verified(command, filled):
    status, text = command("verify")
    assert status == 0
    assert text.startswith(f"{filled}: 3 (12 trained learners, ")
    assert text.endswith(", all sound\n")


DAMAGES = [
    ("UPDATE results SET diverged = 1 WHERE seed = 2 AND identity = ?", "damaged: seeds 2"),
    ("DELETE FROM results WHERE seed IN (1, 3) AND identity = ?", "missing: seeds 1, 3"),
    (
        "UPDATE trials SET ingredients = replace(ingredients, '64', '65') WHERE identity = ?",
        "its ingredients do not match its identity",
    ),
    ("DELETE FROM trials WHERE identity = ?", "5 results without a trial"),
]


@pytest.mark.parametrize(("damage", "fault"), DAMAGES)
def test_damage_is_found_named_and_pruned(command, filled, results, damage, fault):
    change(filled, damage, TRIALS[0].identity)
    status, text = command("verify")
    assert status == 1
    assert fault in text
    assert f"{filled}: 1 fault; no run uses damaged results; they are trained again" in text
    assert command("prune")[0] == 0
    assert kept(filled, results) == [False, True, True]
    assert command("verify")[0] == 0


def test_results_of_other_libraries_are_pruned(command, filled, results, monkeypatch):
    with monkeypatch.context() as there:
        with_other_libraries(there, numpy="0.0.1")
        other = trial(m=40)
        with Store(filled) as store:
            store.put(other, compute(other))
    text = command("info")[1]
    assert "trained with other versions of libraries: 1 trial; `store prune` removes them" in text
    which = "1 trial (1 of other library versions), 3 remain"
    assert command("prune", "--dry-run") == (0, f"{filled}: would remove {which}\n")
    assert command("prune") == (0, f"{filled}: removed {which}\n")
    assert command("prune") == (0, f"{filled}: removed 0 trials, 3 remain\n")
    assert kept(filled, results) == [True, True, True]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("centroids", [False, False, True]),
        ("means", [True, True, False]),
        ("stripes", [False, False, False]),
        (TRIALS[1].identity[:8], [True, False, True]),
    ],
)
def test_a_learner_a_task_or_an_identity_is_forgotten(command, filled, results, name, left):
    count = f"{3 - sum(left)} ("
    status, text = command("forget", name, "--dry-run")
    assert (status, text.startswith(f"{filled}: would remove {count}")) == (0, True)
    assert kept(filled, results) == [True, True, True]
    status, text = command("forget", name)
    assert status == 0
    assert text.startswith(f"{filled}: removed {count}")
    assert text.endswith(f", {sum(left)} remain\n")
    assert kept(filled, results) == left


def test_what_a_store_does_not_have_cannot_be_forgotten(command, filled):
    status, text = command("forget", "nobody")
    assert (status, text) == (
        USAGE,
        f"ERROR: the store {filled} has no trial of a learner or task 'nobody', and none whose id "
        "begins so; `store info --all` lists what it has\n",
    )


def test_old_results_are_pruned_where_asked_for(command, filled, results):
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds")
    change(filled, "UPDATE trials SET created = ? WHERE identity = ?", old, TRIALS[1].identity)
    assert command("prune", "--older-than", 4)[1].endswith("removed 0 trials, 3 remain\n")
    assert command("prune", "--older-than", 2)[1].endswith(
        "removed 1 trial (1 too old), 2 remain\n"
    )
    assert kept(filled, results) == [True, False, True]


def test_a_store_is_pruned_while_a_run_uses_it(command, filled, results):
    with Store(filled) as store:
        Leases(store, "a run").acquire("running")
        change(filled, DAMAGES[0][0], TRIALS[0].identity)
        assert command("prune")[0] == 0
        store.put(TRIALS[0], results[0])
        assert not Leases(store, "another").acquire("running")
    assert kept(filled, results) == [True, True, True]


def test_an_exported_store_is_merged_without_what_is_damaged(command, filled, results, tmp_path):
    copy, other = tmp_path / "copy.db", tmp_path / "deep" / "other.db"
    assert command("export", copy)[0] == 0
    assert command("export", copy)[0] == USAGE
    change(copy, DAMAGES[0][0], TRIALS[0].identity)
    status, text = command("--scaling-store", other, "merge", copy)
    assert (status, text) == (
        0,
        f"{other}: 2 trials from {copy}; left out 1 damaged trial\n",
    )
    assert kept(other, results) == [False, True, True]
    assert command("--scaling-store", other, "merge", filled)[1].endswith(
        f"1 trial from {filled}\n"
    )
    assert command("--scaling-store", other, "merge", filled)[1].endswith(
        f"0 trials from {filled}\n"
    )
    assert kept(other, results) == [True, True, True]


def test_a_number_of_days_that_means_nothing_is_refused(command, filled, capsys):
    with pytest.raises(SystemExit) as ended:
        command("prune", "--older-than", "-1")
    assert ended.value.code == USAGE
    assert "takes a number of days from 0 on, not '-1'" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named(command, filled, tmp_path):
    status, text = command("export", tmp_path / "nowhere" / "copy.db")
    assert status == USAGE
    assert text.startswith(f"ERROR: {tmp_path / 'nowhere' / 'copy.db'} cannot be written: ")
    (tmp_path / "file").write_text("")
    below = tmp_path / "file" / "other.db"
    status, text = command("--scaling-store", below, "merge", filled)
    assert status == USAGE
    assert text.startswith(f"ERROR: the store {below} cannot be made: ")
