"""Arrays in the user's cache are made once, whole or not at all."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fixtures.tasks.cache import kept

ROOT = Path(__file__).parents[2]
MAKE_SLOWLY = """
import sys, time
from pathlib import Path
import numpy as np
import platformdirs
platformdirs.user_cache_path = lambda *_, **__: Path(sys.argv[1])
from fixtures.tasks.cache import kept

def make():
    with (Path(sys.argv[1]) / "made").open("a") as made:
        made.write("x")
    time.sleep(0.5)
    return np.arange(1000)

print(kept("numbers", make).sum())
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    return tmp_path


def fails():
    raise OSError("no data")


def test_an_array_is_made_once_and_cannot_be_changed():
    array = kept("numbers", lambda: np.arange(12, dtype=np.int16).reshape(3, 4))
    again = kept("numbers", fails)
    assert array.dtype == np.int16
    assert array.tolist() == again.tolist() == np.arange(12).reshape(3, 4).tolist()
    with pytest.raises(ValueError, match="read-only"):
        again[0, 0] = 1


def test_another_name_is_another_array():
    kept("numbers", lambda: np.arange(3))
    assert kept("letters", lambda: np.zeros(2)).tolist() == [0, 0]


def test_what_could_not_be_made_is_made_the_next_time():
    with pytest.raises(OSError, match="no data"):
        kept("numbers", fails)
    assert kept("numbers", lambda: np.arange(3)).tolist() == [0, 1, 2]


def test_half_a_file_of_a_process_that_was_killed_is_not_taken(folder):
    kept("others", lambda: np.arange(3))
    (folder / "tasks" / "numbers.part.npy").write_bytes(b"\x93NUMPY half")
    assert kept("numbers", lambda: np.arange(3)).tolist() == [0, 1, 2]


def test_processes_that_need_it_at_once_make_it_once(tmp_path):
    arguments = [sys.executable, "-c", MAKE_SLOWLY, str(tmp_path)]
    running = [
        subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [each.communicate()[0].strip() for each in running] == ["499500"] * 3
    assert (tmp_path / "made").read_text() == "x"
