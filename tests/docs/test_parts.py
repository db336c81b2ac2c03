"""What pages say about code and ledger is what code and ledger say now."""

import json
import re
from pathlib import Path

import pytest

from claims.coverage import statements
from docs.parts import code, ledger
from docs.parts.__main__ import PARTS, closing, opening, part, renewed
from fixtures.tasks import suite
from pytest_scaling import __all__ as public
from pytest_scaling.ledger.format import ACCEPTANCE, digest
from pytest_scaling.ledger.ledger import Ledger
from pytest_scaling.run.finish import NOT_COMPARABLE

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
QUICK = "cpu-x86_64-float32-deterministic-quick"
LEDGER = ROOT / "claims" / "ledger" / QUICK


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PARTS)
def test_what_is_made_from_code_and_ledger_is_current(page):
    text = text_of(ROOT / page)
    assert renewed(text, PARTS[page]) == text, "run `python -m docs.parts`"


def test_a_page_without_the_comments_around_a_part_is_told_of():
    with pytest.raises(KeyError, match="no part 'options'"):
        part(opening("options"), "options")
    assert part(f"{opening('it')}words{closing('it')}", "it") == "words"


def test_every_public_name_is_on_the_page_of_the_api():
    described = [name for names in code.GROUPS.values() for name in names]
    assert sorted(described) == sorted(public)


def test_every_command_that_can_be_given_is_described():
    headings = set(re.findall(r"^## (.+)$", code.commands(), re.MULTILINE))
    assert headings >= {"init", "list", "register", "verify", "report", "cite", "store"}
    assert "store merge" in headings


def test_the_exit_codes_are_those_that_a_run_can_have():
    rows = re.findall(r"^\| (\d) \|", text_of(DOCS / "reference" / "outcomes.md"), re.MULTILINE)
    assert [int(row) for row in rows] == sorted({*pytest.ExitCode, NOT_COMPARABLE})


def test_the_six_rows_cover_every_claim_of_the_lecture_once():
    sections = ledger.in_sections(statements())
    assert len(sections) == 6
    assert [id for ids in sections for id in ids] == [
        id for one in statements() for id in one.claims
    ]


def rows_of(made):
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in made.splitlines()[2:]]


@pytest.fixture
def made_up(tmp_path):
    """Write rows of a made-up ledger that differ from committed ones in their verdict alone."""

    def write(tier, **verdicts):
        for name, verdict in verdicts.items():
            row = json.loads(text_of(LEDGER / f"{name.replace('_', '-')}.json"))
            row["profile"]["tier"] = tier
            row["verdict"] = verdict
            Ledger(tmp_path, f"{QUICK.rpartition('-')[0]}-{tier}").write(sealed(row), "a test")
        return tmp_path

    return write


def sealed(row):
    """The row with the digest of what it holds now."""
    bare = {key: value for key, value in row.items() if key != ACCEPTANCE}
    return {**bare, "digest": digest(bare)}


def test_a_tier_without_rows_is_not_measured_yet(made_up):
    made = rows_of(ledger.verdicts_by_claim(made_up("quick", plateau="supported")))
    by_claim = {row[1]: row[2:] for row in made}
    assert by_claim["`plateau`"] == ["✓ supported", "not measured yet", "not run"]
    assert by_claim["`needs-both`"] == ["no row", "not measured yet", "no row"]


def test_tiers_that_contradict_each_other_are_marked(made_up):
    made_up("quick", plateau="supported", needs_both="inconclusive")
    made = ledger.verdicts_by_claim(made_up("standard", plateau="refuted", needs_both="refuted"))
    by_claim = {row[1]: row[2:4] for row in rows_of(made)}
    assert by_claim["`plateau`"] == ["**✓ supported**", "**✗ refuted**"]
    assert by_claim["`needs-both`"] == ["? inconclusive", "✗ refuted"]


def test_a_part_of_the_lecture_is_as_good_as_its_worst_claim(made_up):
    directory = made_up(
        "quick", plateau="refuted", needs_both="supported", scale_helps="inconclusive"
    )
    made = ledger.answers_by_section(directory)
    cells = [row[2] for row in rows_of(made.partition("\n\n")[0])]
    assert cells[:3] == [
        "✗ refuted: `plateau`",
        "? 1 of 2 holds; open: `scale-helps`",
        "no row",
    ]
    assert "1 of 3 claims supported, 1 open, 1 refuted; 0 of 0 controls" in made


def test_the_claim_shown_is_the_one_that_is_tested():
    (shown,) = re.findall(
        r"```python\n(@claim.*?)```", text_of(DOCS / "tutorials/lecture.md"), re.S
    )
    code_lines = set(text_of(ROOT / "claims" / "test_data.py").splitlines())
    assert [line for line in shown.splitlines() if line not in code_lines] == []


def test_the_tasks_run_in_the_tiers_that_their_table_says():
    table = text_of(ROOT / "claims" / "README.md").partition("| task |")[2].partition("\n\n")[0]
    runs = {
        name: row.split("|")[3].strip()
        for row in table.splitlines()[2:]
        for name in re.findall("`([^`]+)`", row.split("|")[1])
    }
    quick, standard = ({task.name for task in suite(tier)} for tier in ("quick", "standard"))
    named = re.compile("from standard on(?!, for)")
    assert {name for name in runs if runs[name] == "in every tier"} == quick
    assert {name for name in runs if named.match(runs[name])} == standard - quick


def test_claims_by_stopwatch_and_no_others_have_no_row():
    made = rows_of(ledger.verdicts_by_claim())
    without = {row[1].strip("`") for row in made if row[2] == "no row"}
    assert without == {
        id for one in statements() for id in one.claims if id.endswith("-in-seconds")
    }


def test_the_evidence_shown_is_that_of_the_ledger():
    row = json.loads(text_of(LEDGER / "large-dominates.json"))
    made = ledger.evidence()
    measured = [each for cell in row["cells"] for each in cell["evidence"]]
    shown = rows_of(made.partition("\n\n")[0])
    assert [cells[6] for cells in shown] == [str(each["n"]) for each in measured]
    assert [cells[7].partition(" ")[2] for cells in shown] == [each["verdict"] for each in measured]
    assert [cells[1].endswith("(beside)") for cells in shown] == [
        not cell["counted"] for cell in row["cells"] for _ in cell["evidence"]
    ]
    assert f" {row['verdict']}. Control: " in made
