"""`python -m pytest_scaling report`: the page again, from the last run or from the ledger."""

import json

import pytest

from pytest_scaling.ledger.format import digest
from tests.acceptance.project import output, stated

USAGE = pytest.ExitCode.USAGE_ERROR
ADDED = ("--claims-update=new", "--claims-reason=first")


@pytest.fixture
def report(project):
    """Run the command in the project, and return what it wrote."""

    def run(*arguments):
        return project.command("report", *arguments)

    return run


def page(project, folder="report"):
    return (project.path / folder / "index.html").read_text("utf-8")


def test_the_page_of_the_last_run_is_the_same_again_byte_by_byte(project, report):
    project.claims(stated("one"), stated("two"))
    project.run("--scaling-report=report")
    first = page(project)
    result = report()
    assert (result.ret, result.outlines) == (0, [str(project.path / "report" / "index.html")])
    assert page(project) == first


def test_the_page_of_the_last_run_can_be_written_elsewhere(project, report):
    project.claims(stated("one"))
    project.run("--scaling-report=elsewhere")
    assert report("elsewhere", "--to=copy").ret == 0
    assert page(project, "copy") == page(project, "elsewhere")


def test_the_folder_of_the_settings_is_where_the_last_run_is_looked_for(project, report):
    project.claims(stated("one"))
    (project.path / "pytest.ini").write_text("[pytest]\nscaling_report = mine\n", "utf-8")
    project.run()
    assert report().outlines == [str(project.path / "mine" / "index.html")]


@pytest.mark.parametrize("arguments", [(), ("--ledger",), ("--ledger=ledger",)])
def test_without_a_run_the_page_is_that_of_the_ledger(project, report, arguments):
    project.claims(stated("one"))
    project.run(*ADDED)
    result = report(*arguments)
    assert result.outlines == [str(project.path / "report" / "ledger" / "index.html")], output(
        result
    )
    assert 'id="one"' in page(project, "report/ledger")


def test_a_run_of_some_claims_names_those_that_were_not_run(project):
    project.claims(stated("one"), stated("two"))
    project.run(*ADDED)
    project.run("-k", "one", "--scaling-report=report")
    assert list(project.reported("report")) == ["one"]
    text = " ".join(page(project).split())
    assert "Not run: 1 of the ledger's claims and controls.<small>two</small>" in text
    assert "Nothing: the verdict, and those of its cells, are as in the ledger." in text
    assert "A partial run.</strong> 1 of 2 claims and controls: some were deselected." in text


def test_a_run_of_some_claims_leaves_the_report_of_all_and_goes_beside_it(project, report):
    project.claims(stated("one"), stated("two"))
    project.run("--scaling-report=report")
    whole = page(project)
    assert "A partial run" not in whole
    result = project.run("-k", "one", "--scaling-report=report")
    beside = project.path / "report" / "partial" / "index.html"
    assert (
        f"report: {beside} (1 of 2 claims and controls: some were deselected; the report of all "
        f"claims in report is left as it was)"
    ) in result.outlines
    assert page(project) == whole
    assert list(project.reported("report")) == ["one", "two"]
    first = page(project, "report/partial")
    assert "A partial run" in first
    assert report("report/partial").ret == 0
    assert page(project, "report/partial") == first
    project.run("--scaling-report=report")
    assert page(project).count('class="card"') == 2


def test_a_run_that_stops_at_a_failure_does_not_pass_for_a_whole_one(project):
    project.claims(stated("one"), stated("two"))
    project.run("--scaling-report=report")
    whole = page(project)
    broken = "def test_broken():\n    assert False\n"
    (project.path / "test_a_broken.py").write_text(broken, "utf-8")
    project.run("-x", "--scaling-report=report")
    assert page(project) == whole


def test_a_verdict_that_is_not_the_ledgers_is_told(project):
    project.claims(stated("one"))
    project.run(*ADDED)
    (row,) = (project.path / "ledger").rglob("one.json")
    content = json.loads(row.read_text("utf-8"))
    content["verdict"] = content["cells"][0]["verdict"] = "refuted"
    row.write_text(json.dumps(content | {"digest": digest(content)}), "utf-8")
    project.run("--scaling-report=report")
    changes = page(project).partition("What changed since the ledger")[2].partition("</ul>")[0]
    assert 'refuted</span> before, <span class="badge supported">' in changes
    assert "sign: refuted before, supported now" in changes


def test_a_row_that_was_changed_is_not_published_and_the_others_are(project, report):
    project.claims(stated("one"), stated("two"))
    project.conftest("")
    project.run(*ADDED)
    (row,) = (project.path / "ledger").rglob("one.json")
    row.write_text(row.read_text("utf-8").replace('"verdict": "supported"', '"verdict": "refuted"'))
    project.conftest("raise SystemExit('imported')")
    result = report("--ledger=ledger")
    assert result.ret == 1
    (sentence,) = result.errlines
    assert "one.json was changed after it was written: its digest does not match" in sentence
    assert 'id="two"' in page(project, "report/ledger")
    assert 'id="one"' not in page(project, "report/ledger")


def test_a_new_claim_is_told(project):
    project.claims(stated("one"))
    project.run("--scaling-report=report")
    changes = page(project).partition("What changed since the ledger")[2].partition("</ul>")[0]
    assert 'new, <span class="badge supported">' in changes


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "there is no ledger here; looked for claims/ledger, ledger, tests/ledger"),
        (("nowhere",), "there are no records in nowhere/records: run pytest with"),
        (("--ledger=nowhere",), "there is no ledger in nowhere: it has no folder of a profile"),
        (("nowhere", "--ledger"), "give a folder of records or --ledger, not both"),
    ],
)
def test_nothing_to_report_of_is_one_sentence(project, report, arguments, sentence):
    result = report(*arguments)
    assert result.ret == USAGE
    (line,) = result.errlines
    assert sentence in line
    assert not (project.path / "report").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read (JSONDecodeError"),
        ("[]", "cannot be read (TypeError"),
        ('{"schema": "claim-record/v9"}', "has the schema 'claim-record/v9', and this version"),
    ],
)
def test_a_file_that_is_no_record_is_named(project, report, content, sentence):
    folder = project.path / "report" / "records"
    folder.mkdir(parents=True)
    (folder / "one.json").write_text(content, "utf-8")
    result = report()
    assert result.ret == USAGE
    (line,) = result.errlines
    assert "records/one.json" in line
    assert sentence in line


def test_a_profile_that_was_never_measured_is_told(project, report):
    project.claims(stated("one"))
    project.run(*ADDED)
    result = report("--profile=full")
    assert result.ret == USAGE
    assert "has no profile 'full': it was never measured, or not entered" in output(result)


def test_a_run_that_selects_no_claim_leaves_the_last_report(project):
    project.claims(stated("one"))
    project.run("--scaling-report=report")
    first = page(project)
    project.run("-k", "nothing-of-that-name", "--scaling-report=report")
    assert page(project) == first
