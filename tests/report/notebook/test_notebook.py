"""The lesson runs from top to bottom, with and without a slider, and what it says is measured."""

import ast
import base64
import itertools
import re
from statistics import fmean

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from pytest_scaling import open_ledger
from tests.report.notebook.outputs import NOTEBOOK, ROOT, read, run

SHEET = ROOT / "docs" / "tutorials" / "lesson-teacher.md"
RENEW = "renew them with `python -m tests.report.notebook.outputs`"


@pytest.fixture(scope="module")
def without_widgets(tmp_path_factory):
    """The code cells after a run in a folder that has nothing in it."""
    return code(run(read(), tmp_path_factory.mktemp("empty"), widgets=False))


@pytest.fixture(scope="module")
def with_widgets(tmp_path_factory):
    """The notebook after a run with ipywidgets, by a student who guesses, and changes the task."""
    notebook = read()
    cell(code(notebook), "guess = ").source = 'guess = {"Best with 256 examples": "rbf-<svm>"}'
    last = code(notebook)[-1]
    last.source = 'slider(ledger, "friedman", learners)'
    return run(notebook, tmp_path_factory.mktemp("empty"), widgets=True)


@pytest.fixture(scope="module")
def ledger():
    return open_ledger("lecture")


def code(notebook):
    return [each for each in notebook.cells if each.cell_type == "code"]


def texts(notebook):
    return [each.source for each in notebook.cells if each.cell_type == "markdown"]


def cell(cells, beginning):
    """The first cell that begins so."""
    return next(each for each in cells if each.source.startswith(beginning))


def shown(cells, beginning, kind="text/html"):
    """What the first cell that begins so shows, as a MIME type."""
    outputs = cell(cells, beginning).outputs
    (found,) = [each.data[kind] for each in outputs if kind in each.get("data", {})]
    return found


def words(cells):
    """All that the cells show, but for the pictures: other versions of matplotlib draw others."""
    return [
        {kind: text for kind, text in output.data.items() if kind != "image/png"}
        for each in cells
        for output in each.outputs
        if "data" in output
    ]


def test_the_notebook_is_valid():
    nbformat.validate(read())


def test_its_outputs_are_those_of_the_ledger_and_the_code(without_widgets):
    stored = code(read())
    assert words(stored) == words(without_widgets), RENEW
    assert [each.execution_count for each in stored] == list(range(1, len(stored) + 1)), RENEW


def test_nothing_in_it_tells_of_the_machine_that_ran_it():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert {each.output_type for cell in code(read()) for each in cell.outputs} == {
        "execute_result"
    }


def test_every_picture_has_its_words(without_widgets):
    pictures = [
        each for cell in without_widgets for each in cell.outputs if "image/png" in each.data
    ]
    assert len(pictures) == 6
    for each in pictures:
        assert base64.b64decode(each.data["image/png"])[1:4] == b"PNG"
        assert len(each.metadata["image/png"]["alt"]) > 100
        assert each.metadata["image/png"]["alt"] == each.data["text/plain"]


def test_without_ipywidgets_every_m_is_in_one_picture(without_widgets):
    text = shown(without_widgets, "slider(", "text/plain")
    sizes = re.findall(r"with m = ([\d,]+):", text)
    assert sizes == ["64", "256", "1,024", "2,048", "4,096"]


def test_with_ipywidgets_a_slider_has_the_same_sizes(with_widgets):
    assert shown(code(with_widgets), "slider(", "application/vnd.jupyter.widget-view+json")
    state = with_widgets.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    (first, second) = [
        each["state"]["_options_labels"]
        for each in state.values()
        if each["model_name"] == "SelectionSliderModel"
    ]
    assert first == ["64", "256", "1,024", "2,048", "4,096"]
    assert second[-2:] == ["2,048", "4,096"]  # on another task


def test_a_guess_stands_above_the_answer_and_the_answer_is_folded(with_widgets, without_widgets):
    given = shown(code(with_widgets), "reveal(")
    assert "Your guess: <b>Best with 256 examples: rbf-&lt;svm&gt;</b>" in given
    assert given.index("Your guess") < given.index("<details>") < given.index("38.5%")
    assert "No guess yet" in shown(without_widgets, "reveal(")


def test_before_every_answer_a_guess_is_asked_for():
    pairs = itertools.pairwise(each.source for each in code(read()))
    before = [one for one, two in pairs if "reveal(guess" in two or "reveal(\n    guess" in two]
    assert [each.partition(" = ")[0] for each in before] == ["guess"] * 5


def test_a_name_that_is_wrong_is_told(tmp_path):
    notebook = read()
    cell(code(notebook), "task = ").source = 'task, learners = "mnist1d", ["rbf"]'
    with pytest.raises(CellExecutionError, match=r"no learner on mnist1d 'rbf'; it has .*rbf-svm"):
        run(notebook, tmp_path, widgets=False)


def plan(text):
    """Minutes of every section by its title, from a table with "from-to" in its first column."""
    rows = re.findall(r"^\| (\d+)-(\d+) \| ([^|]+?) \|", text, re.MULTILINE)
    return {title: (int(start), int(end)) for start, end, title in rows}


def test_the_sections_are_those_of_the_plan_and_fill_45_minutes():
    sections = plan("\n".join(texts(read())))
    ends = list(sections.values())
    assert ends[0][0] == 0
    assert ends[-1][1] == 45
    assert all(one[1] == two[0] for one, two in itertools.pairwise(ends))
    headings = re.findall(r"^## (.+) \((\d+) minutes\)$", "\n".join(texts(read())), re.MULTILINE)
    assert headings == [(title, str(end - start)) for title, (start, end) in sections.items()]


def test_the_teachers_sheet_has_the_same_plan():
    assert plan(SHEET.read_text(encoding="utf-8")) == plan("\n".join(texts(read())))


def test_every_fold_is_closed():
    for text in texts(read()):
        assert text.count("<details>") == text.count("</details>") == text.count("<summary>")


def test_the_badges_open_this_notebook_of_one_repository():
    opening = texts(read())[0]
    colab = re.search(
        r"colab\.research\.google\.com/github/([\w-]+/[\w-]+)/blob/main/(\S+?)\)", opening
    )
    binder = re.search(r"mybinder\.org/v2/gh/([\w-]+/[\w-]+)/main\?labpath=(\S+?)\)", opening)
    assert colab[1] == binder[1]
    path = NOTEBOOK.relative_to(ROOT).as_posix()
    assert colab[2] == binder[2].replace("%2F", "/") == path


def test_binder_installs_the_checkout_and_the_slider():
    lines = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8").split()
    assert lines == [".[report]", "ipywidgets"]
    python = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert python == "python-3.11"


# What the folded answers and the teacher's sheet state, from the ledger: where one of these
# fails after the ledger was renewed, the words of the lesson have to change with it.


def test_the_large_network_overtakes_the_rbf_svm_where_the_answer_says(ledger):
    leads = {m: best_of_the_lesson(ledger, m) for m in (256, 1024, 4096)}
    assert leads == {256: "rbf-svm", 1024: "network-128", 4096: "network-128"}


def best_of_the_lesson(ledger, m):
    """Who leads with m rows of mnist1d among the learners that the lesson shows."""
    (source,) = [each.source for each in code(read()) if each.source.startswith("task = ")]
    shown = ast.literal_eval(source.partition("learners = ")[2])
    return next(name for name in ledger.at(m, "mnist1d") if name in shown)


def test_these_learners_gain_less_than_two_points_from_the_last_doubling(ledger):
    before, after = ledger.at(2048, "mnist1d"), ledger.at(4096, "mnist1d")
    gains = {name: after[name] - before[name] for name in before if name in after}
    slow = {name for name, gain in gains.items() if gain < 0.02}
    assert slow == {"logistic-regression", "linear-svm"}
    assert round(gains["network-8"], 3) == 0.038


def test_on_other_tasks_the_order_is_as_the_answer_says(ledger):
    compare = {"a": "rbf-svm", "b": "network-128"}
    assert ledger.compare(**compare, task="poker-one-hot", m=1024).interval.contains(0)
    sizes = ledger.sizes("friedman", "rbf-svm")[1:]
    leads = [ledger.compare(**compare, task="friedman", m=m).value for m in sizes]
    assert 0.009 < max(leads) < 0.015


def test_the_rbf_svm_is_not_flat_on_the_task_of_the_lesson(ledger):
    errors = [fmean(ledger.errors("mnist1d", "rbf-svm", m).values()) for m in (2048, 4096)]
    assert errors[0] - errors[1] > 0.05


def test_logistic_regression_wins_on_all_seven_seeds_and_loses_across_them(ledger):
    linear, logistic = (
        ledger.errors("mnist1d", name, 1024) for name in ("linear-svm", "logistic-regression")
    )
    assert len(linear) == 7
    assert all(logistic[seed] < linear[seed] for seed in linear)
    assert (round(linear[5], 2), round(logistic[6], 2)) == (0.70, 0.71)
    assert min(linear, key=linear.get) == 5
    assert max(linear, key=linear.get) == max(logistic, key=logistic.get) == 6


def test_mixing_up_the_seeds_costs_the_verdict_but_moves_no_mean(ledger):
    pair = {"a": "linear-svm", "b": "logistic-regression", "task": "mnist1d", "m": 1024}
    same, mixed = ledger.compare(**pair), ledger.compare(**pair, same_seeds=False)
    assert mixed.value == pytest.approx(same.value)
    assert same.interval.low > 0
    assert mixed.interval.contains(0)


def test_five_seeds_are_too_few_by_a_hair_and_seven_are_enough(ledger):
    pair = {"a": "logistic-regression", "b": "network-32", "task": "mnist1d", "m": 256}
    gaps = {n: ledger.compare(**pair, seeds=n) for n in (3, 5, 7)}
    assert [n for n, gap in gaps.items() if gap.interval.contains(0)] == [3, 5]
    assert -0.005 < gaps[5].interval.low < 0
    widths = [gap.interval.half_width for gap in gaps.values()]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 4 * widths[1]  # by far


def test_the_three_verdicts_occur_at_the_three_sizes(ledger):
    gaps = [
        ledger.compare("rbf-svm", "network-128", task="mnist1d", m=m) for m in (256, 1024, 4096)
    ]
    assert [str((gap > 0.01).verdict) for gap in gaps] == ["refuted", "inconclusive", "supported"]
    assert -0.01 < gaps[1].interval.low < 0
    assert 0.025 < gaps[1].interval.high < 0.03


def test_the_claim_of_the_lesson_is_supported_and_its_control_refuted(ledger):
    claim, control = ledger["large-dominates"], ledger["large-dominates-with-little-data"]
    assert (claim["verdict"], claim["claim"]["strength"]) == ("supported", "usually")
    assert (control["verdict"], control["claim"]["control_of"]) == ("refuted", "large-dominates")
    verdicts = {}
    for each in claim["cells"]:
        if each["counted"] and each["verdict"] != "not applicable":
            verdicts.setdefault(each["task"], {})[each["learner"]] = each["verdict"]
    assert set(verdicts.pop("friedman").items()) >= {("RBF-SVM", "inconclusive")}
    assert {task: set(each.values()) for task, each in verdicts.items()} == {
        "mnist1d": {"supported"},
        "poker-one-hot": {"supported"},
    }
    assert 0.004 < ledger.compare("rbf-svm", "network-128", task="friedman", m=4096).value < 0.006


def test_the_tasks_for_home_have_their_answers_in_the_ledger(ledger):
    claims = [row for row in ledger.rows.values() if row["claim"]["control_of"] is None]
    refuted, beside = sorted(
        (row for row in claims if row["verdict"] == "refuted"), key=lambda row: -len(row["cells"])
    )
    assert [refuted["claim"]["id"], beside["claim"]["id"]] == [
        "plateau",
        "forces-continue-by-a-law",
    ]
    blamed = {
        cell["learner"]
        for cell in refuted["cells"]
        if cell["counted"] and cell["verdict"] == "refuted"
    }
    assert blamed == {"RBF-SVM"}
    assert any(row["verdict"] == "inconclusive" for row in claims)
    open_controls = {
        row["claim"]["control_of"]
        for row in ledger.rows.values()
        if row["claim"]["control_of"] and row["verdict"] == "inconclusive"
    }
    assert any(ledger[name]["verdict"] == "supported" for name in open_controls)


def test_more_than_a_thousand_runs_are_behind_the_lesson(ledger):
    assert sum(len(arm["seeds"]) for arm in ledger.arms.values()) > 1_000
