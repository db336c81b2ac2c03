"""`python -m pytest_scaling list`: the claims in the order of what they paraphrase."""

import json
import platform
import sys

import pytest

from tests.acceptance.project import body, output, stated
from tests.report.citation import conftest as rows
from tests.report.citation.conftest import placed

USAGE = pytest.ExitCode.USAGE_ERROR
QUICK = f"cpu-{platform.machine()}-float32-deterministic-quick"
FULL = f"cpu-{platform.machine()}-float32-deterministic-full"
CUDA = "cuda-x86_64-float32-deterministic-full"
TALK = "Source('Talk').at({})"
HEAVY = {"matplotlib", "rich", "sklearn", "torch"}


@pytest.fixture
def listed(project):
    """Run the command in the project, and return what it wrote."""

    def run(*arguments):
        return project.command("list", *arguments)

    return run


def entries(result):
    """What the command wrote as JSON, by id and in its order."""
    assert result.ret == 0, output(result)
    return {entry["id"]: entry for entry in json.loads(result.stdout.str())}


def at(*times):
    return TALK.format(", ".join(map(repr, times)))


def row(project, profile, name, verdict):
    path = project.path / "ledger" / profile / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = placed(rows.row(name, verdict, rows.cell(verdict)), profile)
    path.write_text(json.dumps(made), encoding="utf-8")


def test_claims_stand_in_the_order_of_their_times_and_controls_below_their_claims(project, listed):
    project.claims(
        stated("later", source=at("10:00", "10:30", "1:00", "1:10")),
        stated("sourceless"),
        stated("control", control_of="'early'", source=at("11:00")),
        stated("early", source=at("9:59"), strength="'sometimes'"),
    )
    project.claims(stated("second-file", source=at("9:59")), file="test_more.py")
    (project.path / "test_ordinary.py").write_text("def test_sum():\n    assert 1 + 1 == 2\n")
    result = listed("--controls")
    assert [" ".join(line.split()) for line in result.outlines] == [
        "time quick claim id",
        "9:59 · no row It is so early",
        "11:00 · no row control: It is so control",
        "9:59 · no row It is so second-file",
        "10:00 · no row It is so later",
        "- · no row It is so sourceless",
        "",
        "quick: · 4 without a row",
        "--long shows strength, tasks and files; pytest-scaling cite ID quotes a verdict",
    ]
    assert (result.ret, result.errlines) == (0, [])
    assert [line.split()[-1] for line in listed().outlines[1:5]] == [
        *("early", "second-file", "later", "sourceless")
    ]
    assert "sometimes, on sign" in output(listed("--long"))
    assert "10:00-10:30, 1:00-1:10; test_claims.py" in output(listed("-v"))


def test_a_control_without_its_claim_says_whose_it_is(project, listed):
    project.claims(stated("claim"), stated("control", control_of="'claim'", source=at("0:30")))
    result = listed("test_claims.py::test_control")
    assert (
        " ".join(result.outlines[1].split()) == "0:30 · no row control of claim: It is so control"
    )
    assert result.outlines[3] == "quick: no claims"


def test_the_tasks_are_those_that_the_tier_runs(project, listed):
    both, together = "[sign, later]", "exact, tasks"
    project.conftest("def pytest_scaling_tasks(): return [later]\n")
    project.claims(
        stated("each", tasks=both),
        body("suite", "compare, task", "assert False", tasks="None"),
        body("together", together, "assert False", tasks=both),
        body("no-task", "exact", "assert False"),
        stated("shown", tasks="[sign]", beside="[later, good]"),
        stated("on-both", devices="('cpu', 'cuda')"),  # which are not both present
    )
    quick, full = (
        {id: (entry["tasks"], entry["beside"]) for id, entry in found.items()}
        for found in (entries(listed("--json")), entries(listed("--json", "--tier=full")))
    )
    assert full == {
        "each": (["sign", "later"], []),
        "suite": (["later"], []),
        "together": (["sign", "later"], []),
        "no-task": ([], []),
        "shown": (["sign"], ["later"]),
        "on-both": (["sign"], []),
    }
    assert quick == full | {
        "each": (["sign"], []),
        "suite": ([], []),
        "together": (["sign"], []),
        "shown": (["sign"], []),
    }
    assert "reported, not counted: later" in output(listed("--tier=full", "--long"))


def test_the_tier_may_come_from_the_ini_file(project, listed):
    project.claims(stated("each", tasks="[sign, later]"))
    project.pytester.makeini("[pytest]\nscaling_tier = full\naddopts = -ra -v --strict-markers\n")
    assert list(entries(listed("--json"))["each"]["verdicts"]) == [FULL]


def test_every_profile_of_the_ledger_has_a_column_that_says_how_it_differs(project, listed):
    project.claims(stated("clear"), stated("open"))
    row(project, FULL, "clear", "supported")
    row(project, QUICK, "clear", "inconclusive")
    row(project, CUDA, "open", "refuted")
    assert {id: entry["verdicts"] for id, entry in entries(listed("--json")).items()} == {
        "clear": {QUICK: "inconclusive", FULL: "supported", CUDA: "-"},
        "open": {QUICK: "-", FULL: "-", CUDA: "refuted"},
    }
    head, clear, *_ = listed().outlines
    assert head.split() == ["time", "cpu", "quick", "cpu", "full", "cuda", "full", "claim", "id"]
    assert clear.split()[1:8] == ["?", "inconclusive", "✓", "supported", "·", "no", "row"]
    head, clear, open_, *_ = listed("--device=cuda").outlines
    assert head.split()[1:3] == ["quick", "full"]
    assert clear.split()[1:7] == ["·", "no", "row", "·", "no", "row"]
    assert open_.split()[1:6] == ["·", "no", "row", "✗", "refuted"]


def test_tiers_that_contradict_each_other_are_named(project, listed):
    project.claims(stated("clear"), stated("open"))
    row(project, FULL, "clear", "refuted")
    row(project, QUICK, "clear", "supported")
    row(project, FULL, "open", "inconclusive")
    row(project, QUICK, "open", "supported")
    lines = listed().outlines
    assert lines[1].split()[1:7] == ["✓", "supported", "!", "✗", "refuted", "!"]
    assert "! tiers contradict each other: clear" in lines


def test_a_claim_whose_times_are_taken_anew_has_no_row_to_miss(project, listed):
    project.claims(body("quick-one", "stopwatch", "assert False", tasks="[sign]"))
    assert "· 1 timed anew in every run" in output(listed())


def test_a_run_fills_the_column(project, listed):
    project.claims(stated("clear"))
    project.run("--claims-update=new", "--claims-reason=it is so")
    assert listed().outlines[1].split()[1:3] == ["✓", "supported"]


def test_a_folder_called_claims_is_listed_first_of_all(project, listed):
    (project.path / "claims").mkdir()
    project.claims(stated("inside"), file="claims/test_inside.py")
    project.claims(stated("outside"))
    assert list(entries(listed("--json"))) == ["inside"]
    assert list(entries(listed("--json", "test_claims.py"))) == ["outside"]
    assert entries(listed("--json"))["inside"]["file"] == "claims/test_inside.py"


def test_what_files_print_does_not_get_into_the_json(project, listed):
    project.conftest("print('hello from the conftest')")
    project.claims("print('hello from the file')", stated("clear"))
    project.pytester.makeini("[pytest]\naddopts = -s\nfilterwarnings = error\n")
    assert list(entries(listed("--json"))) == ["clear"]


@pytest.mark.parametrize("options", ["-n 2", "-p no:terminal", "--co -vv", "-x --lf"])
def test_options_in_the_ini_file_do_not_get_in_the_way(project, listed, options):
    project.claims(stated("clear"))
    project.pytester.makeini(f"[pytest]\naddopts = {options}\n")
    result = listed("--json")
    assert list(entries(result)) == ["clear"]
    assert result.errlines == []


def test_a_claim_that_runs_on_several_devices_is_listed_once(project, listed):
    project.claims(stated("clear"))
    project.pytester.makeini("[pytest]\nscaling_device = cuda\n")  # which is not present
    assert list(entries(listed("--json"))) == ["clear"]


def test_no_heavy_library_is_loaded(project):
    project.claims(stated("clear"))
    project.pytester.makeini("[pytest]\naddopts = -s\n")  # what it imports is written, not kept
    result = project.pytester.run(
        sys.executable, "-X", "importtime", "-m", "pytest_scaling", "list"
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in result.errlines}
    assert {"numpy", "pytest_scaling"} <= loaded  # a file of claims may import numpy
    assert loaded & HEAVY == set()


BROKEN = {
    "absent": ("import nothing_here", "3: ModuleNotFoundError: No module named 'nothing_here'"),
    "syntax": ("1 +", " SyntaxError: invalid syntax (test_syntax.py, line 3)"),
    "name": ("\n\nunknown", "5: NameError: name 'unknown' is not defined"),
}


def test_files_that_cannot_be_imported_are_told_of_in_one_sentence_each(project, listed):
    for name, (source, _) in BROKEN.items():
        project.claims(source, file=f"test_{name}.py")
    project.claims("@claim('Big One', 'It is')\ndef test(): ...", file="test_id.py")
    project.claims(stated("clear"))
    result = listed()
    assert result.ret == USAGE
    assert result.outlines == []
    assert [line.removeprefix("ERROR: ") for line in result.errlines] == [
        "test_absent.py:3 cannot be imported: ModuleNotFoundError: No module named 'nothing_here'",
        "test_id.py:3: claim id 'Big One' must be lower-case words joined by single hyphens",
        "test_name.py:5 cannot be imported: NameError: name 'unknown' is not defined",
        "test_syntax.py cannot be imported: SyntaxError: invalid syntax (test_syntax.py, line 3)",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tier=huge"], "there is no tier 'huge' for --scaling-tier; use quick, standard, full"),
        (["--device=gpu"], "error: argument --device: invalid choice: 'gpu'"),
        (["nowhere"], "ERROR: file or directory not found: nowhere"),
        (["empty"], "ERROR: there are no claims in empty; a claim is a test with @claim"),
    ],
)
def test_a_list_of_nothing_says_why(project, listed, arguments, sentence):
    project.claims(stated("clear"))
    (project.path / "empty").mkdir()
    result = listed(*arguments)
    assert result.ret == USAGE
    assert sentence in output(result)
    assert result.outlines == []


def test_claims_that_do_not_fit_together_are_not_listed(project, listed):
    project.claims(stated("twin"))
    project.claims(stated("twin"), file="test_more.py")
    result = listed()
    assert (result.ret, result.outlines) == (USAGE, [])
    assert "ERROR: two claims have the id 'twin', " in output(result)


def test_a_row_that_cannot_be_read_is_told_of_and_the_others_are_listed(project, listed):
    project.claims(stated("clear"), stated("open"))
    row(project, QUICK, "clear", "supported")
    row(project, QUICK, "open", "inconclusive")
    (project.rows / "clear.json").write_text("{")
    result = listed()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    (sentence,) = result.errlines
    assert "clear.json cannot be read (JSONDecodeError" in sentence
    words = [line.split()[1:3] for line in result.outlines[1:3]]
    assert words == [["!!", "unusable"], ["?", "inconclusive"]]


def test_an_unknown_command_names_those_that_there_are(project):
    result = project.command("tabulate")
    assert result.ret == USAGE
    assert "invalid choice: 'tabulate' (choose from 'init', 'list'" in output(result)
