"""The last screen of a run: an answer to each claim, and the totals."""

import pytest

from pytest_scaling.report.answers import answers
from pytest_scaling.report.terminal.layout import columns
from pytest_scaling.report.terminal.screen import Screen

COLOURS = {"green", "red", "yellow", "light", ""}


def at(time):
    talk = {"title": "A lecture", "author": "A. Teacher", "url": "https://example.org/talk"}
    return {"source": {**talk, "times": [time]}}


def open_cell(make, n=7, **more):
    evidence = make.evidence("inconclusive", n=n, seeds_range=[11, 20], **more)
    return make.cell("inconclusive", evidence)


def test_the_screen_answers_each_claim_in_a_line_in_the_order_of_its_source(make):
    fails = make.evidence("refuted", value=-0.1, low=-0.2, high=-0.02)
    records = [
        make.record("late", "inconclusive", open_cell(make), **at("3:06")),
        make.record(
            "early",
            "refuted",
            make.cell("supported", make.evidence()),
            make.cell("refuted", fails, task="digits"),
            text="A sentence that is longer than what a narrow terminal has room for beside an id",
            **at("2:13"),
        ),
        make.record("early-not", "refuted", control_of="early"),
        make.record("absent", "not applicable", make.cell("not applicable", task=""))
        | {"reason": "no GPU here"},
        make.record("absent-too", "not applicable") | {"reason": "no GPU here"},
    ]
    screen = Screen(answers(records), controlled={"early"})
    assert screen.title() == "claims · “A lecture” · quick tier · cpu"
    assert list(screen.lines()) == [
        "✗ 2:13   A sentence that is longer than what a narrow terminal has room …  early",
        "         holds on xor; fails on digits",
        "? 3:06   The sentence of late                                               late",
        "         open: 11 to 20 seeds would decide, have 7",
        "- 5:01   The sentence of absent                                           absent",
        "- 5:01   The sentence of absent-too                                   absent-too",
        "- not applicable (2): no GPU here",
    ]
    assert list(screen.totals()) == [
        "0 of 4 claims supported · 1 refuted · 1 open · 2 not applicable",
        "1 of 1 control refuted, as expected · 3 without a control",
    ]


def test_claims_of_several_sources_stand_under_their_titles(make):
    book = {"title": "A book", "author": "A. Writer", "url": "https://example.org/book"}
    records = [
        make.record("second", "supported", source={**book, "times": []}),
        make.record("first", "supported"),
        make.record("third", "supported", source={**book, "times": []}),
    ]
    screen = Screen(answers(records))
    assert screen.title() == "claims · quick tier · cpu"
    assert [line.split()[-1] for line in screen.lines()] == [
        "book”",
        "second",
        "third",
        "lecture”",
        "first",
    ]


def test_nothing_is_wider_than_the_terminal_and_no_verdict_is_cut(run):
    for width in (60, 80, 120, 200):
        screen = Screen(answers(run, {"tie": {"standard": "refuted"}}), width)
        lines = [screen.title(), *screen.lines(), *screen.totals()]
        assert max(map(columns, lines)) <= width
        text = " ".join(" ".join(lines).split())
        assert all(each["claim"]["id"] in text for each in run if not each["claim"]["control_of"])
        assert "not trustworthy: the control is supported too: fooled-control" in text


def test_a_narrow_terminal_has_the_id_on_a_line_of_its_own(make):
    long = make.record("an-id-that-takes-most-of-the-line", "supported", text="It is so " * 5)
    first, second, *_ = Screen(answers([long]), 50).lines()
    assert first.startswith("✓ 5:01   It is so")
    assert second.strip() == "an-id-that-takes-most-of-the-line"


def test_another_tier_has_a_mark_beside_and_a_contradiction_is_told(make):
    records = [make.record(name, "supported") for name in ("same", "apart", "alone")]
    others = {"same": {"standard": "supported"}, "apart": {"standard": "refuted"}}
    screen = Screen(answers(records, others), 60, controlled=())
    legend, *lines = screen.lines()
    assert legend == "marks: quick, standard (≠ contradict)"
    assert [line[:4] for line in lines] == ["✓ ✓ ", "✓≠✗ ", "    ", "✓   "]
    assert lines[2].strip() == "≠ refuted in the standard tier, supported here"
    assert "1 contradicts the standard tier" in " ".join(screen.totals())


def test_a_claim_whose_control_was_not_run_is_doubted_and_one_without_a_control_is_not(make):
    lines = list(Screen(answers([make.record("it", "supported")]), controlled={"it"}).lines())
    assert lines[1].strip() == "control not run"
    free = Screen(answers([make.record("it", "supported")]), controlled=())
    assert len(list(free.lines())) == 1
    assert "1 without a control" in " ".join(free.totals())


@pytest.mark.parametrize(
    ("verdict", "control", "colour"),
    [
        ("supported", "refuted", "green"),
        ("supported", "supported", "yellow"),
        ("supported", "inconclusive", "yellow"),
        ("refuted", "refuted", "red"),
        ("inconclusive", "refuted", "yellow"),
        ("not applicable", "not applicable", "light"),
    ],
)
def test_a_mark_is_green_where_a_claim_holds_without_a_doubt(make, verdict, control, colour):
    painted = {}
    cells = [open_cell(make)] if verdict == "inconclusive" else [make.cell(verdict)]
    records = [
        make.record("it", verdict, *cells),
        make.record("not-it", control, control_of="it"),
    ]
    screen = Screen(
        answers(records),
        paint=lambda text, colour: (painted.setdefault(text, colour) and text) or text,
    )
    list(screen.lines())
    mark = {"supported": "✓", "refuted": "✗", "inconclusive": "?", "not applicable": "-"}[verdict]
    assert painted[mark] == colour
    assert set(painted.values()) <= COLOURS


def test_a_quiet_screen_has_only_what_is_wrong(make):
    accepted = {"verdict": "refuted", "reason": "so it is", "findings": []}
    moved = {
        "verdict": "supported",
        "reason": "",
        "findings": [{"kind": "protocol", "sentence": "its protocol changed"}],
    }
    fails = make.cell("refuted", make.evidence("refuted", low=-0.2, high=-0.1))
    records = [
        make.record("holds", "supported"),
        make.record("open", "inconclusive", open_cell(make)),
        make.record("wrong", "refuted", fails),
        make.record("accepted", "refuted", fails) | {"ledger": accepted},
        make.record("moved", "supported") | {"ledger": moved},
    ]
    lines = list(Screen(answers(records)).lines(only_wrong=True))
    assert [line.split()[-1] for line in lines[::2]] == ["wrong", "moved"]
    assert [line.strip() for line in lines[1::2]] == [
        "fails on xor",
        "unlike its row in the ledger: another protocol",
    ]


def test_tests_without_a_verdict_are_counted(make):
    screen = Screen(answers([make.record("it", "supported")]), missing=2)
    assert "1 of 1 claim supported · 2 without a verdict" in " ".join(screen.totals())


def test_a_control_whose_claim_is_not_in_the_run_says_so(make):
    stray = make.record("stray", "refuted", control_of="elsewhere", source=None)
    assert list(Screen(answers([stray]), 60).lines()) == [
        "✗ The sentence of stray                                stray",
        "  control of elsewhere, which is not in this run",
    ]


def test_controls_that_were_not_refuted_are_counted_by_what_they_came_out_as(make):
    verdicts = ("refuted", "refuted", "supported", "inconclusive", "not applicable")
    records = [make.record("it", "supported")] + [
        make.record(f"control-{place}", verdict, control_of="it")
        for place, verdict in enumerate(verdicts)
    ]
    assert list(Screen(answers(records), 120).totals()) == [
        "1 of 1 claim supported · 2 of 5 controls refuted, as expected "
        "(1 supported, 1 undecided, 1 not applicable)"
    ]
