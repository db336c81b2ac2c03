"""The store keeps what was computed, and trusts nothing that it did not write."""

import os
import platform
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_scaling.trials.result import SeedResult, Trained, Warned
from pytest_scaling.trials.store.database import MAGIC, SCHEMA, TABLES, set_aside
from pytest_scaling.trials.store.leases import Leases, in_words
from pytest_scaling.trials.store.relatives import relatives
from pytest_scaling.trials.store.row import read_row, read_warnings, write_row
from pytest_scaling.trials.store.store import Store, StoreError, default_path, this_processor
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import trial


@pytest.fixture(scope="module")
def results():
    return compute(trial())


@pytest.fixture
def filled(path, results):
    """A file with one trial, closed."""
    with Store(path) as store:
        store.put(trial(), results)
    return path


def get(store):
    return store.get(trial().identity, trial().seeds)


def test_what_was_put_comes_back_bit_for_bit(filled, results):
    with Store(filled) as store:
        assert get(store) == results
        assert [r.seconds for r in get(store)] == [r.seconds for r in results]
        assert store.get(trial().identity, (3, 1)) == (results[3], results[1])
        assert store.get(trial().identity, (4, 5)) is None
        assert store.get(trial(1).identity, trial(1).seeds) is None
        assert store.count() == 1


def test_ingredients_and_date_are_kept_with_a_trial(filled):
    connection = sqlite3.connect(filled)
    row = connection.execute("SELECT * FROM trials").fetchone()
    identity, ingredients, created, machine, family, processor, trained_as, warnings = row
    connection.close()
    assert identity == trial().identity
    assert '"learner":{"name":"centroids","version":1}' in ingredients
    assert warnings == "[]"
    assert created.endswith("+00:00")
    assert (machine, family) == (platform.machine(), trial().family)
    assert (processor, trained_as) == (this_processor(), "")


@pytest.mark.parametrize(
    "change",
    [
        "metrics = replace(metrics, '0.', '1.')",
        "correct = x'00' || substr(correct, 2)",
        "correct = substr(correct, 1, 3)",
        "correct = NULL",
        "diverged = 1",
        "rows = 44",
        "metrics = x'ff'",
        "rows = 'many'",
        "checksum = 'none'",
    ],
)
def test_a_row_that_changed_is_not_returned_and_told_of_once(filled, results, change):
    connection = sqlite3.connect(filled)
    connection.execute(f"UPDATE results SET {change} WHERE seed = 2")
    connection.commit()
    connection.close()
    with Store(filled) as store:
        assert get(store) is None
        assert get(store) is None
        assert store.get(trial().identity, (0, 1)) == results[:2]
        (notice,) = store.notices
        assert "result of seed 2 of trial" in notice
        store.put(trial(), results)
        assert get(store) == results


def test_a_result_moved_to_another_trial_is_not_returned(filled):
    connection = sqlite3.connect(filled)
    connection.execute("UPDATE results SET identity = ?", (trial(m=65).identity,))
    connection.commit()
    connection.close()
    with Store(filled) as store:
        assert store.get(trial(m=65).identity, trial().seeds) is None


def broken_header(path):
    path.write_bytes(b"not a database at all" + path.read_bytes()[21:])


def truncated(path):
    path.write_bytes(path.read_bytes()[:9_000])


def newer_schema(path):
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    connection.close()


def another_database(path):
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE poems (line)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (truncated, "is damaged"),
        (newer_schema, "was written by a newer version"),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside_and_still_there(filled, results, harm, reason):
    harm(filled)
    content = filled.read_bytes()
    with Store(filled) as store:
        (notice,) = store.notices
        assert reason in notice
        assert "set aside as trials.sqlite3.set-aside-1" in notice
        assert get(store) is None
        store.put(trial(), results)
    assert filled.with_name("trials.sqlite3.set-aside-1").read_bytes() == content
    with Store(filled) as store:
        assert store.notices == []
        assert get(store) == results


def a_view(path):
    path.unlink()
    connection = sqlite3.connect(path)
    for table in TABLES:
        connection.execute(table.replace("TABLE IF NOT EXISTS results", "TABLE real_results"))
    connection.execute("CREATE VIEW results AS SELECT * FROM real_results")
    connection.close()


def a_trigger(path):
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TRIGGER t AFTER INSERT ON results BEGIN DELETE FROM trials; END",
    )
    connection.close()


def a_computed_column(path):
    path.unlink()
    connection = sqlite3.connect(path)
    for table in TABLES:
        connection.execute(table.replace("seed INTEGER", "seed INTEGER CHECK (seed < 9)"))
    connection.close()


def a_newer_database_of_others(path):
    another_database(path)
    newer_schema(path)


@pytest.mark.parametrize(
    "harm",
    [
        broken_header,
        another_database,
        a_newer_database_of_others,
        a_view,
        a_trigger,
        a_computed_column,
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_store_is_left_alone(filled, harm, read_only):
    harm(filled)
    content = filled.read_bytes()
    with pytest.raises(StoreError, match="is not a store of trials"):
        Store(filled, read_only=read_only)
    assert filled.read_bytes() == content
    assert [each.name for each in filled.parent.iterdir()] == [filled.name]


@pytest.mark.parametrize("kind", ["a pipe", "a device", "a link to a device"])
def test_what_is_no_regular_file_is_neither_read_nor_renamed(tmp_path, kind):
    path = tmp_path / "s.db"
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path = Path(os.devnull)
    else:
        path.symlink_to(os.devnull)
    with pytest.raises(StoreError, match="is not a regular file; name another"):
        Store(path)
    assert os.path.lexists(path)


IMPOSSIBLE = [
    {"metrics": {"error": 2.0, "majority_error": 0.5}},
    {"metrics": {"error": -0.5}},
    {"metrics": {"error": True}},
    {"metrics": {"error": 0.9}},  # with all rows right
    {"seconds": -1.0},
    {"rows": 2**40},
    {"correct": b"\xff" * 99},
    {"seed": -1},
]


@pytest.mark.parametrize("change", IMPOSSIBLE, ids=str)
def test_a_result_that_no_training_gives_is_not_used(change):
    good = SeedResult(0, {"error": 0.0}, b"\xff\xff", 16, False, 1.0)
    assert read_row("x", write_row("x", good)) == good
    assert read_row("x", write_row("x", replace(good, **change))) is None


@pytest.fixture
def protected(filled, monkeypatch):
    """The store on a medium that cannot be written."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    filled.chmod(0o444)
    return filled


def test_a_store_that_cannot_be_written_is_read_where_nothing_is_trained(protected, results):
    files = {each.name for each in protected.parent.iterdir()}
    with Store(protected, read_only=True) as store:
        assert get(store) == results
        assert store.count() == 1
        with pytest.raises(StoreError, match="cannot be written"):
            store.put(trial(1), results)
    assert {each.name for each in protected.parent.iterdir()} == files


def test_the_second_file_that_is_set_aside_does_not_replace_the_first(filled):
    for number in (1, 2):
        rubbish = MAGIC + b"rubbish" * 99 * number
        filled.write_bytes(rubbish)
        Store(filled).close()
        aside = filled.with_name(f"trials.sqlite3.set-aside-{number}")
        assert aside.read_bytes() == rubbish


def test_the_companions_of_a_file_are_set_aside_with_it(filled):
    filled.with_name("trials.sqlite3-wal").write_bytes(b"what was written last")
    aside = set_aside(filled)
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"what was written last"


def test_damage_found_while_reading_is_set_aside_too(filled, results):
    content = bytearray(filled.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    content[page * 3 :] = b"\xff" * (len(content) - page * 3)  # the tables, not the schema
    filled.write_bytes(content)
    with Store(filled) as store:
        assert get(store) is None
        store.put(trial(), results)
        assert "is damaged" in store.notices[0]
        assert get(store) == results
    assert filled.with_name("trials.sqlite3.set-aside-1").exists()


def test_a_place_that_cannot_be_written_is_named_with_the_option(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "trials.sqlite3", tmp_path):
        with pytest.raises(StoreError) as caught:
            Store(path)
        assert str(path) in str(caught.value)
        assert "`--scaling-store`" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_store_that_stays_locked_is_told_in_one_sentence(filled, results, monkeypatch):
    monkeypatch.setattr("pytest_scaling.trials.store.database.PATIENCE", 0.05)
    with Store(filled) as store:
        other = sqlite3.connect(filled, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"cannot be written .*locked.*--scaling-store"):
            store.put(trial(), results)
        assert get(store) == results
        other.close()


def test_the_default_place_is_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_path().name == "trials.sqlite3"
    assert "pytest-scaling" in default_path().parts


def test_a_lease_says_who_its_owner_is(store):
    assert Leases(store, "lab-3/1234/ab").acquire("trial")
    other = Leases(store, "lab-4/5/cd")
    assert in_words(other.owner_of("trial")) == "process 1234 on host lab-3"
    assert other.owner_of("another") == ""


def test_what_a_training_warned_of_is_recalled_with_its_results(store, results):
    warned = (Warned("sklearn.exceptions.ConvergenceWarning", "UserWarning", "no", "a.py", 7, 3),)
    store.put(trial(), results, warned)
    assert store.recall(trial().identity, trial().seeds) == Trained(results, warned)
    assert store.get(trial().identity, trial().seeds) == results


@pytest.mark.parametrize("text", ["", "[[1, 2]]", '[["a", "b", "c", "d", "1", 1]]', "7", "{}"])
def test_warnings_that_somebody_else_wrote_into_a_store_are_checked(text):
    assert read_warnings(text) == ()


def test_one_lease_has_one_owner(store):
    a, b = Leases(store, "a"), Leases(store, "b")
    assert a.acquire("trial")
    assert a.acquire("trial")
    assert not b.acquire("trial")
    assert b.acquire("another")
    b.release("trial")
    assert not b.acquire("trial")
    a.release("trial")
    assert b.acquire("trial")


def test_a_lease_that_is_not_renewed_lapses(store):
    a, b = Leases(store, "a"), Leases(store, "b")
    assert a.acquire("trial", seconds=0.1)
    a.renew(["trial", "another"], seconds=0.3)
    time.sleep(0.15)
    assert not b.acquire("trial")
    time.sleep(0.2)
    assert b.acquire("trial")
    a.renew(["trial"])
    assert b.acquire("trial")


def test_threads_share_a_store_and_files_share_between_stores(path, results):
    arms = [trial(m=m) for m in range(100, 140)]
    failures = []

    def fill(store, part):
        try:
            for one in part:
                store.put(one, results)
                assert store.get(one.identity, one.seeds) == results
        except Exception as error:
            failures.append(error)

    with Store(path) as first, Store(path) as second:
        threads = [
            threading.Thread(target=fill, args=(store, arms[start::4]))
            for start, store in enumerate((first, second, first, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert first.count() == second.count() == len(arms)


def test_a_trial_is_looked_up_by_its_key_however_many_there_are(store, monkeypatch):
    asked = []
    store._connection.set_trace_callback(asked.append)
    get(store)
    (question,) = asked
    plans = [line[-1] for line in store._connection.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert len(plans) == 2
    assert all(plan.startswith("SEARCH ") and plan.endswith("(identity=?)") for plan in plans)


def older(path):
    """The same store as schema 1 had it."""
    connection = sqlite3.connect(path)
    connection.execute("DROP INDEX families")
    for column in ("machine", "family", "processor", "trained_as", "warnings"):
        connection.execute(f"ALTER TABLE trials DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


def test_a_file_of_an_older_schema_is_migrated_and_loses_nothing(filled, results):
    older(filled)
    for _ in range(2):
        with Store(filled) as store:
            assert get(store) == results
            assert [each.identity for each in relatives(store, trial(2))][-1] == trial().identity
            assert store.notices == []
            store.put(trial(1), compute(trial(1)))
            assert store.count() == 2


def test_two_processes_that_find_an_older_file_migrate_it_once(filled, results):
    older(filled)
    stores, threads = [], []
    for _ in range(4):
        threads.append(threading.Thread(target=lambda: stores.append(Store(filled))))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert [get(store) for store in stores] == [results] * 4
    for store in stores:
        assert store.notices == []
        store.close()


def test_what_another_kind_of_machine_trained_is_not_returned(filled, results, monkeypatch):
    with Store(filled) as store:
        with monkeypatch.context() as there:
            there.setattr("platform.machine", lambda: "abacus")
            assert get(store) is None
            store.put(trial(), results)
            assert get(store) == results
        assert get(store) is None
        store.put(trial(), results)
        assert get(store) == results
        assert store.count() == 1
