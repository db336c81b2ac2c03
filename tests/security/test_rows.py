"""Two thousand rows of strangers through every command that reads rows."""

import os
import random
import subprocess
import sys

import pytest

from pytest_scaling.__main__ import main
from pytest_scaling.commands.verify import wrong_protocol
from pytest_scaling.experiments.bodies.body import Body
from pytest_scaling.experiments.evaluation import Evaluation
from pytest_scaling.ledger.environment import Profile
from pytest_scaling.ledger.ledger import Ledger, RowFile
from pytest_scaling.ledger.reading.sharing import contradictions, unbound
from pytest_scaling.ledger.reading.strict_json import is_plain
from pytest_scaling.ledger.record import record
from pytest_scaling.ledger.replay import Replay
from pytest_scaling.ledger.verification import evaluated_again
from pytest_scaling.report.citation import project
from pytest_scaling.spec.declaration import Claim, Source
from pytest_scaling.spec.scope import scope
from tests.experiments.bench import EFFECT, GOOD, POOR, TASK, TIERS, planted, swinging
from tests.security.mutations import MANY, at, changed, file_of, renewed, text_of

ROWS = int(2_000 * MANY)
BATCH = 20  # rows in one ledger
QUICK = TIERS["quick"]
PROFILE = Profile("cpu", "x86_64", "quick")
CODES = {0, 1, 4}  # well, something is wrong, nothing can be done
FORMATS = ("text", "bibtex", "csl-json", "json")
CLAIMS = """
import pytest
from pytest_scaling import claim

def test_nothing(exact):
    assert exact(True, "so")

for number in range({}):
    def body(exact):
        assert exact(True, "so")
    globals()[f"test_c{{number}}"] = claim(f"c{{number}}", "It is so")(body)
"""


def body(compare, task, smallest_effect):
    assert compare(POOR, GOOD, task=task, m=64) > smallest_effect


def evaluation(source, name="it"):
    talk = Source("A talk", author="A. Teacher", url="https://example.org/talk", times=("05:01",))
    claim = Claim(name, "It is so", smallest_effect=EFFECT, tasks=(TASK,), source=talk)
    laid = scope(claim, (), QUICK, None, ("task",))
    arguments = ("compare", "task", "smallest_effect")
    return Evaluation(Body(body, arguments), laid, source, QUICK, "cpu", 0)


def row_of(name="it"):
    """A row as a run writes it."""
    result = evaluation(planted(good=0.1, poor=swinging(0.3, 0.01)), name).verdict()
    made = dict(record(result, PROFILE, "test_it.py", QUICK))
    del made["file"], made["partial"]
    return made | {"blessing": {"reason": "measured"}}


@pytest.fixture(autouse=True)
def without_git(monkeypatch):
    """No commit of a citation is asked for: that costs three processes each."""
    monkeypatch.setattr(project, "git", lambda *_: None)
    monkeypatch.setattr(project, "top", lambda *_: None)


@pytest.fixture
def run(capsys):
    """Run a command; its code, and what it printed, which must be plain lines."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(each) for each in arguments])
        printed = capsys.readouterr()
        for line in (printed.out + printed.err).split("\n"):
            assert is_plain(line), line
        assert code in CODES
        return code, printed.out, printed.err

    return run


def test_no_command_fails_over_a_row_or_writes_elsewhere(tmp_path, run):
    chance, row = random.Random(1), row_of()
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "settings.json").write_text("mine")
    used = 0
    for batch in range(ROWS // BATCH):
        folder = tmp_path / str(batch) / "ledger"
        rows = folder / PROFILE.name
        rows.mkdir(parents=True)
        for number in range(BATCH):
            made = renewed({**row, "claim": {**row["claim"], "id": f"c{number}"}})
            (rows / f"c{number}.json").write_bytes(file_of(made, chance))
        files = set(folder.rglob("*"))
        assert run("verify", "--isolated", folder)[0] in (0, 1)
        code, _, _ = run("report", "--ledger", folder, "--to", folder.parent / "out")
        used += code != 4
        keys = []
        for number in range(BATCH):
            form = f"--format={FORMATS[number % 4]}"
            code, out, err = run("cite", f"c{number}", "--ledger", folder, form)
            assert code == 0 or err.startswith("ERROR: ")
            keys += [line for line in out.splitlines() if "pytest-scaling:c" in line]
        talk = folder.parent / "talk.md"
        talk.write_text("\n".join(keys), encoding="utf-8")
        if keys:
            run("cite", "--check", talk, "--ledger", folder)
        assert set(folder.rglob("*")) == files
        assert {each.name for each in folder.parent.iterdir()} <= {"ledger", "out", "talk.md"}
    assert [each.name for each in victim.iterdir()] == ["settings.json"]
    assert (victim / "settings.json").read_text() == "mine"
    assert used > ROWS // BATCH // 2


def test_the_list_shows_every_claim_whatever_its_row_is(tmp_path):
    chance, row = random.Random(2), row_of()
    rows = tmp_path / "ledger" / PROFILE.name
    rows.mkdir(parents=True)
    for number in range(ROWS):
        made = renewed({**row, "claim": {**row["claim"], "id": f"c{number}"}})
        (rows / f"c{number}.json").write_bytes(file_of(made, chance))
    (tmp_path / "test_all.py").write_text(CLAIMS.format(ROWS))
    listed = subprocess.run(
        [sys.executable, "-m", "pytest_scaling", "list"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert listed.returncode == 1
    assert "Traceback" not in listed.stderr
    table = listed.stdout.partition("\n\n")[0]
    shown = [line.split()[-1] for line in table.splitlines()[1:]]
    assert shown == [f"c{number}" for number in range(ROWS)]
    assert "unusable" in listed.stdout
    assert all(is_plain(line) for line in (listed.stdout + listed.stderr).split("\n"))


BY_NOTHING = (
    "environment",
    "blessing",
)  # what a row says about its origin, which nothing can check


def test_no_mutation_of_what_a_row_means_is_found_right(tmp_path):
    chance, row = random.Random(3), renewed(row_of())
    ledger = Ledger(tmp_path, PROFILE.name)
    path = ledger.path("it")
    path.parent.mkdir(parents=True)
    passed = []
    for _ in range(ROWS // 2):
        made, way = changed(row, chance)
        if row in (made, renewed(made)) or way[0] in BY_NOTHING:
            continue
        try:
            path.write_bytes(text_of(renewed(made)))
        except (TypeError, ValueError):
            continue
        read = RowFile.read(path)
        if read.wrong or list(wrong_with(read, row)):
            continue
        passed.append((way, at(row, way)))
    assert passed == []


def wrong_with(read, row):
    """What verifying finds, beside another row that measured the same arms."""
    content = read.content
    if words := wrong_protocol(read):
        yield words
        return
    yield from evaluated_again(evaluation(Replay(content)), content, PROFILE, "it.json")
    yield from contradictions({"another.json": row, "it.json": content})
    yield from unbound([content])
