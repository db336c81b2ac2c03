"""`python -m pytest_scaling cite`: what it writes, what it refuses, and `--check`."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import bibtexparser
import pytest
from PIL import Image

from pytest_scaling.__main__ import main
from pytest_scaling.report.citation.key import Key

OK, FAILED, USAGE = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.USAGE_ERROR
STANDARD = "cpu-x86_64-float32-deterministic-standard"
ELSEWHERE = "cuda-x86_64-float32-deterministic-quick"


@pytest.fixture
def oak(make):
    return make.row("oak", "supported", make.cell("supported", make.comparison()))


@pytest.fixture
def cite(forest, monkeypatch, capsys):
    """Run the command in the project: its exit code, and what it wrote."""
    monkeypatch.chdir(forest.root)

    def run(*arguments):
        try:
            code = main(["cite", *arguments])
        except SystemExit as end:
            code = end.code
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


def test_a_reader_gets_all_that_a_citation_takes(forest, cite, oak):
    forest.write(oak)
    commit = forest.commit()
    code, out, err = cite("oak", "--format=full")
    assert (code, err) == (OK, "")
    assert "is supported" in out
    assert str(Key.of(oak)) in out
    assert "https://example.org/talk#t=301" in out
    assert f"git checkout {commit}" in out
    assert "@misc{" in out
    assert '"type": "dataset"' in out


def test_first_comes_a_sentence_to_quote_then_the_citation_then_the_key(forest, cite, oak):
    forest.write(oak)
    commit = forest.commit()
    code, out, err = cite("oak")
    assert (code, err) == (OK, "")
    first, _, full, origin, _, head, key, *_ = out.splitlines()
    assert first == (
        "“Oaks & elms: 100% of {both} grow” is supported (quick tier; control not run)."
    )
    assert full.startswith("“Oaks & elms: 100% of {both} grow” is supported (usually;")
    assert oak["digest"] in full
    assert origin == (
        f"Claim record of oaks (Ada & Söhne), commit {commit}, https://example.org/oaks_of_ours. "
        "It paraphrases A. Teacher, “On trees”, 05:01-05:17, 06:00, https://example.org/talk#t=301."
    )
    assert head == "Key, to cite it by:"
    assert key == f"  {Key.of(oak)}"
    assert len(out.splitlines()) == 9


def test_the_verdict_of_another_tier_stands_beside_it(forest, cite, make, oak):
    forest.write(oak)
    forest.write(
        make.row("oak", "refuted", make.cell("refuted", make.comparison("refuted"))),
        folder=STANDARD,
    )
    lines = cite("oak")[1].splitlines()
    assert lines[0].endswith("is refuted (standard tier; control not run).")
    assert lines[1] == "In the quick tier it is supported, which contradicts this."
    assert json.loads(cite("oak", "--format=json")[1])["other_tiers"] == {"quick": "supported"}


def test_on_a_terminal_no_line_is_longer_than_it(forest, cite, oak, monkeypatch):
    forest.write(oak)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "70")
    lines = cite("oak")[1].splitlines()
    assert len(lines) > 10
    assert [line for line in lines if len(line) > 70 and " " in line.strip()] == []


def test_a_row_that_nobody_else_can_find_is_told(forest, cite, oak):
    forest.write(oak)
    assert "not committed" in cite("oak")[1]
    forest.commit()
    assert "not committed" not in cite("oak")[1]


def test_each_format_is_written_alone(forest, cite, oak):
    forest.write(oak)
    key = str(Key.of(oak))
    assert bibtexparser.parse_string(cite("oak", "--format=bibtex")[1]).entries[0].key == key
    assert json.loads(cite("oak", "--format=csl-json")[1])[0]["id"] == key
    said = json.loads(cite("oak", "--format=json")[1])
    assert (said["key"], said["verdict"], said["digest"]) == (key, "supported", oak["digest"])
    assert said["link"] == "https://example.org/talk#t=301"
    assert said["figures"] == []


def test_figures_for_slides_come_light_and_dark_with_their_caption(forest, cite, oak):
    forest.write(oak)
    code, out, _ = cite("oak", "--figures=slides", "--format=json")
    assert code == OK
    files = [forest.root / path for path in json.loads(out)["figures"]]
    assert [path.name for path in files] == [
        *("oak.svg", "oak.png", "oak-dark.svg", "oak-dark.png", "oak.md")
    ]
    grounds = []
    for path in (files[1], files[3]):
        with Image.open(path) as image:
            assert image.width * 9 == image.height * 16
            grounds.append(sum(image.convert("RGB").getpixel((1, 1))))
    assert grounds[0] > 600  # of 765
    assert grounds[1] < 150
    title, text = [child.text for child in ET.parse(files[0]).getroot()][:2]
    assert title == "Oaks & elms: 100% of {both} grow: supported"
    assert "13.1 [11.9, 14.2], 5 seeds, supported, bound 1.0 points" in text
    markdown = files[4].read_text(encoding="utf-8")
    assert markdown.startswith("![Intervals of one comparison")
    assert "](oak.svg)" in markdown
    assert f"Cite as {Key.of(oak)}." in markdown


def test_figures_drawn_again_are_the_same(forest, cite, oak):
    forest.write(oak)
    cite("oak", "--figures=one")
    cite("oak", "--figures=two")
    first, second = (
        [path.read_bytes() for path in sorted((forest.root / name).iterdir())]
        for name in ("one", "two")
    )
    assert first == second


def test_without_a_profile_the_largest_tier_is_cited(forest, cite, make, oak):
    other = make.row("oak", "refuted", make.cell("refuted", make.comparison("refuted")))
    forest.write(oak)
    forest.write(other, folder=STANDARD)
    assert "is refuted" in cite("oak")[1]
    assert "is supported" in cite("oak", "--profile=quick")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["oaks"], "no claim 'oaks' in ", id="no such claim"),
        pytest.param(["oaks"], "did you mean oak?", id="a claim of nearly that name"),
        pytest.param(["OAK"], "did you mean oak?", id="a claim in capitals"),
        pytest.param(["tall-oak"], "did you mean oak?", id="a claim with a word of it"),
        pytest.param(["fir"], "; `pytest-scaling list` shows all", id="no claim like it"),
        pytest.param(["oak", "--profile=cuda"], "no profile 'cuda'", id="never measured"),
        pytest.param(["oak", "--ledger=nowhere"], "no ledger in nowhere", id="no ledger"),
        pytest.param(["oak", "--format=word"], "invalid choice: 'word'", id="no such format"),
        pytest.param(["elm"], "claim 'elm' is not applicable in ", id="no verdict"),
        pytest.param(["exact", "--figures=out"], "decided exactly", id="nothing to draw"),
        pytest.param(["oak", "--check", "a.md"], "not allowed with", id="two things at once"),
        pytest.param([], "cite: name a claim, or give --check FILE", id="nothing"),
        pytest.param(["--check", "no.md"], "no.md cannot be read", id="no file"),
        pytest.param(["--check", "binary"], "it is not text in UTF-8", id="no text"),
        pytest.param(["--check", "plain.md"], "plain.md cites no claim", id="no citation"),
        pytest.param(["oak", "--figures=plain.md"], "slides cannot be written", id="no folder"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(forest, cite, make, oak, arguments, sentence):
    exact = {"about": "all are oaks", "operator": "exact", "verdict": "supported", "sentence": ""}
    forest.write(
        oak,
        make.row("elm", "not applicable", make.cell("not applicable")),
        make.row("exact", "supported", make.cell("supported", exact)),
    )
    (forest.root / "plain.md").write_text("pytest-scaling is a plugin\n")
    (forest.root / "binary").write_bytes(b"\xff\xfe\x00")
    code, out, err = cite(*arguments)
    assert code == USAGE
    assert sentence in err
    assert out == ""


def test_a_claim_of_another_profile_is_told_where_it_is(forest, cite, make, oak):
    forest.write(oak, make.row("elm", "supported", make.cell("supported", make.comparison())))
    forest.write(oak, folder=STANDARD)
    code, _, err = cite("elm")
    assert code == USAGE
    assert f"no row in {STANDARD}; it has one in cpu-x86_64-float32-deterministic-quick" in err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("{", "cannot be read (JSONDecodeError", id="not JSON"),
        pytest.param('{"schema": "claim-record/v9"}', "'claim-record/v9'", id="another schema"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(forest, cite, oak, text, sentence):
    forest.write(oak)
    forest.path("oak").write_text(text)
    code, _, err = cite("oak")
    assert code == USAGE
    assert "oak.json" in err
    assert sentence in err


def test_a_row_that_was_edited_is_not_cited(forest, cite, oak):
    forest.write(oak)
    text = forest.path("oak").read_text(encoding="utf-8").replace("0.131", "0.931")
    forest.path("oak").write_text(text, encoding="utf-8")
    code, _, err = cite("oak")
    assert code == USAGE
    assert "oak.json was changed after it was written: its digest does not match" in err


@pytest.fixture
def talk(forest):
    """Write a text that cites these rows, one on each line."""

    def write(*rows, name="talk.md"):
        lines = [f"So it is [@{Key.of(row)}]." for row in rows]
        (forest.root / name).write_text("\n".join(lines), encoding="utf-8")
        return name

    return write


def test_a_text_whose_citations_hold_passes(forest, cite, oak, talk):
    forest.write(oak)
    assert cite("--check", talk(oak)) == (OK, "citations: 1 holds, 0 do not\n", "")


def test_a_cited_verdict_that_changed_fails_by_file_and_line(forest, cite, make, oak, talk):
    elm = make.row("elm", "supported", make.cell("supported", make.comparison()))
    name = talk(elm, oak)
    forest.write(elm, make.row("oak", "refuted", make.cell("refuted", make.comparison("refuted"))))
    code, out, _ = cite("--check", name)
    assert code == FAILED
    assert out.splitlines() == [
        "talk.md:2: 'oak' was cited as supported and is refuted now",
        "citations: 1 holds, 1 does not",
    ]


def test_a_verdict_that_was_measured_anew_and_holds_is_told_but_passes(
    forest, cite, make, oak, talk
):
    name = talk(oak)
    forest.write(make.row("oak", "supported", make.cell("supported", make.comparison(value=0.2))))
    code, out, _ = cite("--check", name)
    assert code == OK
    assert "talk.md:1: 'oak' is still supported, but its record has changed" in out


def test_a_cited_claim_that_does_not_exist_any_more_fails(forest, cite, make, oak, talk):
    forest.write(oak, make.row("elm", "supported", make.cell("supported", make.comparison())))
    name = talk(oak)
    forest.path("oak").unlink()
    code, out, _ = cite("--check", name)
    assert code == FAILED
    assert "talk.md:1: there is no claim 'oak'" in out
    assert "it was cited as supported" in out


def test_a_verdict_of_one_profile_does_not_vouch_for_another(forest, cite, oak, talk, make):
    forest.write(oak)
    cuda = oak | {"profile": oak["profile"] | {"device": "cuda"}}
    code, out, _ = cite("--check", talk(cuda))
    assert code == FAILED
    assert f"'oak' was cited from {ELSEWHERE}, which the ledger does not have" in out


def test_a_citation_that_was_cut_short_fails(forest, cite, oak, talk):
    forest.write(oak)
    path = forest.root / talk(oak)
    path.write_text(path.read_text()[:-10])
    code, out, _ = cite("--check", "talk.md")
    assert code == FAILED
    assert "is not a complete citation key" in out


def test_several_files_are_checked_at_once(forest, cite, oak, talk):
    forest.write(oak)
    code, out, _ = cite("--check", talk(oak), talk(oak, oak, name="more.tex"))
    assert (code, out) == (OK, "citations: 3 hold, 0 do not\n")


def test_citing_imports_no_heavy_library(forest, oak):
    forest.write(oak)
    program = (
        "import sys; from pytest_scaling.__main__ import main; main(['cite', 'oak']); "
        "print('heavy:', *{'torch', 'matplotlib', 'jinja2', 'sklearn'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=forest.root, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "heavy:"
