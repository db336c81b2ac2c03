"""Every statement of the lecture is a claim or has a reason; claims/README.md says which."""

import ast
import re
from collections import Counter

import pytest

from claims.coverage import (
    BEGIN,
    END,
    FOLDER,
    README,
    Collected,
    Statement,
    collected,
    renewed,
    statements,
    tables,
)
from fixtures.tasks import TASKS

SAID = statements()
IDS = [id for each in SAID for id in each.claims]
SPAN = r"\d\d:\d\d to \d\d:\d\d"
SECTION = re.compile(rf"[A-Z][^:.]+: .+ \(({SPAN}(?:(?:, | and ){SPAN})*)\)\.")
FILES = sorted(FOLDER.glob("test_*.py"))


@pytest.fixture(scope="module")
def claims():
    """All claims and controls of the folder."""
    return collected()


def seconds(time):
    minute, second = time.split(":")
    return 60 * int(minute) + int(second)


def span(text, separator="-"):
    """Beginning and end in seconds; a moment is both."""
    begin, _, end = text.partition(separator)
    return seconds(begin), seconds(end or begin)


def inside(times, spans):
    """Whether each of these spans lies in one of the others."""
    return all(any(a <= begin <= end <= b for a, b in spans) for begin, end in times)


def test_the_tables_of_the_readme_are_made_from_the_claims_as_they_are(claims):
    text = README.read_text(encoding="utf-8")
    assert renewed(text, tables(SAID, claims)) == text, "run `python -m claims.coverage`"


def test_every_statement_has_claims_or_a_reason_and_not_both():
    assert [each.says for each in SAID if bool(each.claims) == bool(each.reason)] == []


def test_statements_are_in_the_order_of_the_lecture_and_within_it():
    begins = [span(each.times[0])[0] for each in SAID]
    assert begins == sorted(begins)
    assert begins[0] == 0
    assert inside([span(time) for each in SAID for time in each.times], [(0, begins[-1])])


def test_every_claim_is_of_a_statement(claims):
    assert [each.id for each in claims if not each.control_of and each.id not in IDS] == []


def test_every_id_in_the_table_is_that_of_a_claim(claims):
    written = {each.id for each in claims if not each.control_of}
    assert [id for id in IDS if id not in written] == []


def test_no_id_occurs_twice():
    assert [id for id, times in Counter(IDS).items() if times > 1] == []


def test_every_claim_has_a_control_in_its_file(claims):
    controlled = {(each.control_of, each.file) for each in claims}
    assert [
        each.id for each in claims if not each.control_of and (each.id, each.file) not in controlled
    ] == []


def test_a_claim_has_the_times_of_its_statement(claims):
    stated = {id: each.times for each in SAID for id in each.claims}
    differing = [each.id for each in claims if each.times != stated.get(each.id, each.times)]
    assert differing == []


def test_every_claim_and_control_has_times_within_the_lecture(claims):
    end = span(SAID[-1].times[0])[0]
    without = [
        each.id
        for each in claims
        if not each.times or not inside([span(time) for time in each.times], [(0, end)])
    ]
    assert without == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_a_section_of_the_lecture_and_says_which(file, claims):
    first, *_ = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")
    section = SECTION.fullmatch(" ".join(first.split()))
    assert section, f"{file.name} begins with {first!r}, not with `Title: words (mm:ss to mm:ss).`"
    spans = [span(each, " to ") for each in re.findall(SPAN, section[1])]
    own = [each for each in claims if each.file == file.name and not each.control_of]
    outside = [each.id for each in own if not inside([span(time) for time in each.times], spans)]
    assert own
    assert outside == []


def test_the_readme_has_a_row_for_every_task():
    rows = README.read_text(encoding="utf-8").partition("| task |")[2].partition("\n\n")[0]
    assert {task.name for task in TASKS} - set(re.findall("`(.*?)`", rows)) == set()


MADE_UP = [
    Statement(("0:10", "0:50"), "It grows.", {"grows": "its size", "thrives": "its weight"}, ""),
    Statement(("0:30",), "It is old.", {}, "history"),
]
AS_COLLECTED = [
    Collected("grows", "It grows", ("0:10",), "always", None, "test_it.py"),
    Collected("grows-not", "It shrinks", ("0:10",), "always", "grows", "test_it.py"),
    Collected("grows-never", "It stays", ("0:10",), "always", "grows", "test_it.py"),
]
MADE = """\
| time | the lecture says | claim, or why there is none |
|---|---|---|
| 0:10, 0:50 | It grows. | [`grows`](test_it.py), `thrives` |
| 0:30 | It is old. | history |

| time | claim | strength | what is measured | its controls, which must be refuted |
|---|---|---|---|---|
| 0:10, 0:50 | `grows` | always | its size | `grows-not`: It shrinks; `grows-never`: It stays |
| 0:10, 0:50 | `thrives` |  | its weight |  |"""


def test_the_tables_show_statements_claims_and_controls():
    assert tables(MADE_UP, AS_COLLECTED) == MADE


def test_what_stands_around_the_tables_is_kept():
    assert renewed(f"before\n{BEGIN}\nold\n{END}\nafter\n", "new") == (
        f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    )


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}\n{BEGIN}"])
def test_a_readme_without_a_place_for_the_tables_is_told_of(text):
    with pytest.raises(SystemExit, match=r"README\.md is missing .*; restore them"):
        renewed(text, "new")
