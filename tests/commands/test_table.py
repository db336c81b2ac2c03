"""The table of `list`: nothing wider than the terminal, nothing cut short, conflicts marked."""

import pytest

from pytest_scaling.commands.entries import NONE, Entry, Kept
from pytest_scaling.commands.table import lines
from pytest_scaling.spec.declaration import Claim, Source

ENVIRONMENT = "cpu-x86_64-float32-deterministic"
QUICK, STANDARD = f"{ENVIRONMENT}-quick", f"{ENVIRONMENT}-standard"
TALK = Source("On trees").at("05:01", "05:17", "06:00", "06:10")
LONG = "With plenty of rain an oak outgrows an elm, and an elm outgrows the shrubs beside it"


def entry(name, text=LONG, *, control_of=None, timed=False, quick=NONE, standard=None, **kept):
    verdicts = {QUICK: quick} | ({STANDARD: standard} if standard else {})
    made = Claim(name, text, source=TALK, control_of=control_of, strength="usually")
    return Entry(made, "test_trees.py", ("leaves",), ("bark",), Kept(verdicts, **kept), timed)


TREES = [
    entry("oaks-outgrow-elms-where-it-rains", quick="supported", standard="refuted"),
    entry("x" * 40, "Elms grow", quick="inconclusive", standard="supported"),
    entry("elms-in-a-drought", control_of="x" * 40, quick="refuted", standard="supported"),
    entry("seconds", timed=True),
]


@pytest.mark.parametrize("columns", [80, 100, 120, 200])
@pytest.mark.parametrize("long", [False, True])
def test_lines_fit_the_terminal_and_sentences_are_whole(columns, long):
    found = list(lines(TREES, [QUICK, STANDARD], columns=columns, controls=True, long=long))
    assert max(map(len, found)) <= columns
    text = " ".join(" ".join(found).split())
    for each in TREES:
        assert each.claim.id in text
    start = found[0].index("claim")
    assert LONG in " ".join(line[start:].partition("   ")[0].strip() for line in found[1:4])


def test_each_claim_has_one_line_where_the_terminal_is_wide():
    found = list(lines(TREES, [QUICK, STANDARD], columns=220))
    head, oaks, elms, seconds, empty, *_ = found
    assert head.split() == ["time", "quick", "standard", "claim", "id"]
    assert oaks.split()[:7] == ["05:01", "✓", "supported", "!", "✗", "refuted", "!"]
    assert oaks.split()[-1] == "oaks-outgrow-elms-where-it-rains"
    assert elms.split()[1:6] == ["?", "inconclusive", "✓", "supported", "*"]
    assert seconds.split()[1:4] == ["·", "timed", "anew"]
    assert empty == ""


def test_a_narrow_terminal_has_signs_alone_and_their_meaning_below():
    found = list(lines(TREES, [QUICK, STANDARD], columns=80))
    assert found[1].split()[:5] == ["05:01", "✓", "!", "✗", "!"]
    below = " ".join(found[found.index("") :])
    assert "quick: ✓ 1 supported, ? 1 inconclusive, · 1 timed anew in every run" in below
    assert "standard: ✓ 1 supported, ✗ 1 refuted, · 1 timed anew in every run" in below
    assert "quick: ✓ 1 supported" in below


def test_below_the_list_stands_what_to_doubt():
    found = list(lines(TREES, [QUICK, STANDARD], columns=200))
    assert "! tiers contradict each other: oaks-outgrow-elms-where-it-rains" in found
    assert f"* supported, but its control is not refuted: {'x' * 40}" in found
    assert any(line.endswith("controls refuted, as they must be: 0 of 1") for line in found)
    sound = [entry("oak", quick="supported"), entry("elm", control_of="oak", quick="refuted")]
    below = " ".join(lines(sound, [QUICK], columns=80))
    assert "contradict" not in below
    assert "but its control" not in below


def test_without_another_tier_there_is_no_column_for_one():
    (head, row, *_) = lines([entry("oak", quick="supported")], [QUICK], columns=120)
    assert head.split() == ["time", "quick", "claim", "id"]
    assert row.split()[:3] == ["05:01", "✓", "supported"]


def test_controls_are_shown_where_asked_for():
    shown, hidden = (
        " ".join(lines(TREES, [QUICK], columns=200, controls=controls))
        for controls in (True, False)
    )
    assert f"control: {LONG}" in shown
    assert "control: " not in hidden
    assert "--controls shows the controls" in hidden


def test_more_is_told_where_asked_for():
    tree = entry(
        "oak",
        quick="inconclusive",
        scopes={QUICK: "inconclusive in 2 of 3 scopes"},
        statuses={QUICK: "confirmed"},
        open={QUICK: "about 34 seeds would decide it"},
    )
    found = [line.strip() for line in lines([tree], [QUICK], columns=160, long=True)]
    assert "usually, on leaves" in found
    assert "reported, not counted: bark" in found
    assert "05:01-05:17, 06:00-06:10; test_trees.py" in found
    assert (
        "quick: inconclusive in 2 of 3 scopes; confirmed; about 34 seeds would decide it" in found
    )
    assert "? inconclusive, confirmed" in " ".join(found)
    assert "quick: ? 1 inconclusive; 1 confirmed" in found


def test_signs_that_the_terminal_lacks_are_replaced(monkeypatch):
    monkeypatch.setattr("pytest_scaling.commands.table.can_write", str.isascii)
    found = " ".join(lines(TREES, [QUICK, STANDARD], columns=80))
    assert found.isascii()
    assert "+ 1 supported" in found
