"""A ledger that is opened for reading gives its rows, its samples, comparisons and figures."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from pytest_scaling import ArchiveError, open_ledger
from pytest_scaling.ledger.format import dump
from pytest_scaling.report.figures.comparisons import forest_description
from pytest_scaling.statistics.interval import noise_floor, paired_interval
from tests.report.citation.conftest import renewed


def test_a_ledger_is_a_mapping_from_claims_to_rows(ledger, profile):
    opened = open_ledger(ledger)
    assert opened.profile == profile
    assert list(opened) == ["grow", "named"]
    assert len(opened) == 2
    assert opened["grow"]["verdict"] == "supported"
    assert "elm" not in opened


def test_where_no_folder_is_named_those_of_convention_are_looked_for(ledger, monkeypatch, tmp_path):
    monkeypatch.chdir(ledger.parent.parent)
    assert list(open_ledger()) == ["grow", "named"]
    monkeypatch.chdir(ledger.parent)
    assert list(open_ledger()) == ["grow", "named"]
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(ArchiveError, match="no ledger here; looked for claims/ledger, ledger"):
        open_ledger()


def test_a_name_that_is_no_folder_is_told_with_the_ledger_that_there_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ArchiveError, match=r"no ledger 'lectures': .* such folder .* is 'lecture'$"
    ):
        open_ledger("lectures")
    (tmp_path / "lectures").mkdir()
    with pytest.raises(ArchiveError, match="no ledger in lectures: it has no folder of a profile"):
        open_ledger("lectures")


def test_the_lectures_ledger_is_opened_by_its_name_in_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lecture").mkdir()  # the name wins; a folder is Path("lecture")
    opened = open_ledger("lecture")
    assert opened.profile.endswith("-quick")
    assert opened["large-dominates"]["claim"]["source"]["author"] == "Andrew Ng"
    with pytest.raises(ArchiveError, match="no ledger in lecture: it has no folder of a profile"):
        open_ledger(Path("lecture"))


def test_the_lectures_ledger_has_no_other_tier_even_where_a_checkout_has(monkeypatch, ledger):
    folders(ledger, "cpu-x86_64-float32-deterministic-standard")
    checkout = ledger.parents[1]
    monkeypatch.setattr("pytest_scaling.report.archive.PACKAGE", checkout / "pytest_scaling")
    assert open_ledger("lecture").profile == "cpu-x86_64-float32-deterministic-quick"
    with pytest.raises(
        ArchiveError, match=r"the ledger lecture has no profile 'standard': .*quick$"
    ):
        open_ledger("lecture", "standard")


def test_where_the_lectures_ledger_was_not_installed_that_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr("pytest_scaling.report.archive.PACKAGE", tmp_path / "pytest_scaling")
    with pytest.raises(ArchiveError, match=r"'lecture' was not installed .* install the wheel"):
        open_ledger("lecture")


def folders(ledger, *names):
    for name in names:
        (ledger / name).mkdir()


def test_the_largest_tier_is_opened_on_the_cpu_where_there_is_one(ledger):
    folders(
        ledger,
        "cuda-x86_64-float32-deterministic-standard",
        "cpu-x86_64-float32-deterministic-standard",
    )
    assert open_ledger(ledger).profile == "cpu-x86_64-float32-deterministic-standard"


def test_a_part_of_its_name_tells_a_profile_from_the_others(ledger, profile):
    folders(ledger, "cpu-x86_64-float32-deterministic-standard")
    assert open_ledger(ledger, "quick").profile == profile
    assert open_ledger(ledger, "cpu-quick").profile == profile
    with pytest.raises(
        ArchiveError, match=r"'cpu' may mean .*quick or .*standard; give more of the name"
    ):
        open_ledger(ledger, "cpu")
    with pytest.raises(ArchiveError, match=r"has no profile 'mps': it was never measured"):
        open_ledger(ledger, "mps")


def test_what_was_measured_is_found_across_the_rows(ledger):
    opened = open_ledger(ledger)
    assert opened.tasks == ["leaves"]
    assert opened.learners("leaves") == ["elm", "oak"]
    assert opened.sizes("leaves", "oak") == [16, 64, 256]
    assert opened.errors("leaves", "oak", 16) == {0: 0.4, 1: 0.401, 2: 0.402, 3: 0.403, 4: 0.404}


def test_of_an_arm_in_two_rows_the_one_with_more_seeds_counts(ledger):
    path = next(ledger.glob("*/named.json"))
    row = json.loads(path.read_text())
    (arm,) = [each for each in row["arms"] if (each["learner"], each["m"]) == ("elm", 256)]
    arm["seeds"], arm["test_rows"] = list(range(7)), [1_000] * 7
    arm["metrics"] = {"error": [0.2] * 7, "majority_error": [0.5] * 7}
    path.write_text(dump(renewed(row)))
    assert len(open_ledger(ledger).errors("leaves", "elm", 256)) == 7


def test_arms_on_other_seeds_or_devices_are_not_taken_for_the_same(ledger):
    path = next(ledger.glob("*/named.json"))
    row = json.loads(path.read_text())
    row["arms"] += [
        row["arms"][0] | {"learner": "again", "replicate": 1},
        row["arms"][0] | {"learner": "elsewhere", "device": "cuda"},
        row["arms"][0] | {"learner": "racer", "metrics": {"steps": [1.0] * 5}},
    ]
    path.write_text(dump(renewed(row)))
    assert open_ledger(ledger).learners("leaves") == ["elm", "oak"]


def test_learners_are_ranked_at_any_m_that_was_measured(ledger):
    opened = open_ledger(ledger)
    assert list(opened.at(16, "leaves")) == ["elm", "oak"]
    with_much = opened.at(256, "leaves")
    assert list(with_much) == ["oak", "elm"]
    assert with_much["oak"] == pytest.approx(0.898)


def test_a_comparison_is_the_one_that_a_claim_would_make(ledger):
    gap = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256, smallest_effect=0.05)
    samples = [0.27 - 0.10] * 5
    assert gap.samples == pytest.approx(samples)
    wrong = [round(1000 * (0.37 + 0.002 * seed)) for seed in range(5)]
    expected = paired_interval(
        samples, lower_level=0.01, upper_level=0.01, noise_floor=noise_floor(np.array(wrong), 1000)
    )
    assert (gap.interval.low, gap.interval.high) == pytest.approx((expected.low, expected.high))
    assert gap > 0.05
    assert not open_ledger(ledger).compare("elm", "oak", task="leaves", m=16) > 0.01


def test_where_the_rows_that_differ_were_counted_the_interval_is_as_narrow_as_the_claims(ledger):
    wide = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256)
    path = next(ledger.glob("*/named.json"))
    row = json.loads(path.read_text())
    places = [number for number, arm in enumerate(row["arms"]) if arm["m"] == 256]
    row["discordant"] = [{"arms": places, "rows": [180] * 5}]
    path.write_text(dump(renewed(row)))
    narrow = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256)
    assert narrow.floor == pytest.approx(noise_floor(np.array([180] * 5), 1000))
    assert narrow.interval.half_width < wide.interval.half_width


def test_where_seeds_are_resplits_of_one_data_set_the_interval_is_wider(ledger):
    apart = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256)
    path = next(ledger.glob("*/grow.json"))
    row = json.loads(path.read_text())
    row["cells"][0]["evidence"][0] |= {"arms": [0, 1], "overlap": 0.25}
    path.write_text(dump(renewed(row)))
    overlapping = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256)
    assert overlapping.interval.overlap == 0.25
    assert overlapping.interval.half_width > 1.3 * apart.interval.half_width


def test_learners_without_a_common_seed_cannot_be_compared(ledger):
    for path in ledger.glob("*/*.json"):
        row = json.loads(path.read_text())
        for arm in row["arms"]:
            if arm["learner"] == "oak":
                arm["seeds"] = [seed + 500 for seed in arm["seeds"]]
        path.write_text(dump(renewed(row)))
    with pytest.raises(ArchiveError, match="elm and oak have no seed in common on leaves, m = 16"):
        open_ledger(ledger).compare("elm", "oak", task="leaves", m=16)


def test_a_comparison_says_how_many_runs_diverged(ledger):
    path = next(ledger.glob("*/grow.json"))
    row = json.loads(path.read_text())
    for arm in row["arms"]:
        arm["diverged_seeds"] = [1] if arm["learner"] == "oak" else []
        arm["diverged"] = len(arm["diverged_seeds"])
    path.write_text(dump(renewed(row)))
    gap = open_ledger(ledger).compare("elm", "oak", task="leaves", m=16)
    assert gap.notes == ("1 of 10 runs diverged and count as the majority class",)


def test_with_few_seeds_the_first_are_taken(ledger):
    gap = open_ledger(ledger).compare("elm", "oak", task="leaves", m=256, seeds=3)
    assert gap.seeds == (0, 1, 2)
    assert gap.samples == pytest.approx([0.17] * 3)


@pytest.mark.parametrize("seeds", [0, 1, 6])
def test_seeds_that_there_are_not_are_told(ledger, seeds):
    told = f"have 5 seeds in common on leaves, m = 256; seeds must be from 2 to that, not {seeds}"
    with pytest.raises(ArchiveError, match=told):
        open_ledger(ledger).compare("elm", "oak", task="leaves", m=256, seeds=seeds)


def test_with_the_seeds_mixed_up_every_run_meets_another(ledger):
    opened = open_ledger(ledger)
    same = opened.compare("elm", "oak", task="leaves", m=256)
    mixed = opened.compare("elm", "oak", task="leaves", m=256, same_seeds=False)
    assert mixed.seeds == same.seeds
    assert mixed.samples == pytest.approx([0.169, 0.169, 0.169, 0.169, 0.174])
    assert mixed.value == pytest.approx(same.value)


def test_with_the_seeds_mixed_up_a_run_that_diverged_still_counts_as_one(ledger):
    path = next(ledger.glob("*/grow.json"))
    row = json.loads(path.read_text())
    for arm in row["arms"]:
        arm["diverged_seeds"] = [1] if arm["learner"] == "oak" else []
        arm["diverged"] = len(arm["diverged_seeds"])
    path.write_text(dump(renewed(row)))
    gap = open_ledger(ledger).compare("elm", "oak", task="leaves", m=16, same_seeds=False)
    assert gap.notes == ("1 of 10 runs diverged and count as the majority class",)


def test_learners_can_be_chosen_where_they_are_ranked(ledger):
    opened = open_ledger(ledger)
    assert list(opened.at(256, "leaves", ["elm"])) == ["elm"]
    with pytest.raises(ArchiveError, match="no learner on leaves 'ash'; it has elm, oak"):
        opened.at(256, "leaves", ["elm", "ash"])


LEDGER = Path(__file__).parents[3] / "claims" / "ledger"


@pytest.mark.parametrize("tier", [each.name.rpartition("-")[2] for each in LEDGER.iterdir()])
def test_the_comparisons_of_the_suite_come_out_as_they_did_in_their_claims(tier):
    opened = open_ledger(LEDGER, tier)
    held = 0
    for a, b, claimed in errors_compared(opened):
        gap = opened.compare(a["learner"], b["learner"], task=a["task"], m=a["m"])
        if gap.n == claimed["n"]:  # another claim may have gone further with these learners
            ends = (gap.interval.low, gap.interval.high)
            assert ends == pytest.approx((claimed["low"], claimed["high"]), abs=1e-5)
            held += 1
    assert held >= 5


def errors_compared(opened):
    """Pairs of arms whose errors a claim compared on the same rows at the level of a lesson."""
    for row in opened.rows.values():
        for found in (each for cell in row["cells"] for each in cell["evidence"] if "n" in each):
            arms = [row["arms"][place] for place in found["arms"]]
            alike = len(arms) == 2 and all(
                arms[0][name] == arms[1][name] for name in ("task", "m", "device", "replicate")
            )
            judged = (found["metric"], found["unit"], found["level"])
            if alike and judged == ("error", "error", 0.01):
                yield *arms, found


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda it: it["grown"], "no claim 'grown' in .*; did you mean grow?"),
        (lambda it: it.learners("bark"), "no task 'bark'; it has leaves"),
        (lambda it: it.sizes("leaves", "ash"), "no learner on leaves 'ash'; it has elm, oak"),
        (lambda it: it.errors("leaves", "oak", 5), "no m of oak on leaves 5; it has 16, 64, 256"),
        (lambda it: it.at(5, "leaves"), "no m on leaves 5; it has 16, 64, 256"),
        (lambda it: it.plot(up_to=64), "no learner was measured at three sizes up to m = 64"),
        (lambda it: it.plot(tasks=["bark"]), "no task 'bark'"),
        (lambda it: it.plot(learners=["ash"]), "no learner 'ash'; it has elm, oak"),
        (lambda it: it.plot_claim("named"), "'named' was decided exactly"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(ledger, ask, sentence):
    with pytest.raises(ArchiveError, match=sentence) as caught:
        ask(open_ledger(ledger))
    assert not str(caught.value).startswith("'")


def test_the_figure_shows_what_was_measured_up_to_an_m(ledger):
    opened = open_ledger(ledger)
    assert "oak from 59.8% at m = 16 to 89.8% at m = 256" in opened.plot().text
    with pytest.raises(ArchiveError):
        opened.plot(up_to=100)


def test_the_figure_has_the_letters_of_the_suite_unless_it_is_of_a_part(ledger):
    opened = open_ledger(ledger)
    claim = next(iter(opened))
    (ledger.parent / "figure.toml").write_text(
        f'[[claim]]\nid = "{claim}"\nletter = "Q"\nwords = "Oak leads"\n', encoding="utf-8"
    )
    assert "Q: Oak leads: " in opened.plot().text
    assert "Oak leads" not in opened.plot(learners=["oak"]).text


def test_the_figure_shows_the_learners_that_are_named(ledger):
    text = open_ledger(ledger).plot(learners=["oak"]).text
    assert "oak from 59.8% at m = 16 to 89.8% at m = 256" in text
    assert "elm" not in text


def test_figures_are_pictures_with_their_words(ledger):
    opened = open_ledger(ledger)
    picture = opened.plot_claim("grow", theme="dark")
    data, metadata = picture._repr_mimebundle_(include=None, exclude=None)
    assert base64.b64decode(data["image/png"]) == picture.png
    assert metadata == {"image/png": {"alt": data["text/plain"]}}
    assert data["text/plain"] == forest_description(opened["grow"])
    assert ", supported" in data["text/plain"]


def test_the_table_of_verdicts_has_controls_beside_their_claims_and_is_escaped(ledger):
    path = next(ledger.glob("*/named.json"))
    row = json.loads(path.read_text())
    row["claim"]["control_of"], row["verdict"] = "grow", "refuted"
    path.write_text(dump(renewed(row)))
    html = open_ledger(ledger)._repr_html_()
    left = "style='text-align: left'"
    assert f"<th scope='row' {left}>grow</th>" in html
    assert f"<td {left}>supported</td><td {left}>refuted</td></tr></tbody>" in html
    assert "Oaks &amp; elms" in html
    assert "named" not in html


def test_a_ledger_is_named_without_its_folder(ledger, profile):
    assert repr(open_ledger(ledger)) == f"<ledger {profile} of 2 claims and controls>"
