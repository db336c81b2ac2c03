"""`python -m pytest_scaling report`: the page is made, and opened where there is a browser."""

import webbrowser

import pytest

from pytest_scaling.__main__ import main

USAGE = pytest.ExitCode.USAGE_ERROR


@pytest.fixture
def report(forest, make, monkeypatch, capsys):
    """Run the command in a project with one row: its exit code, and what it wrote."""
    forest.write(make.row("oak", "supported", make.cell("supported", make.comparison())))
    monkeypatch.chdir(forest.root)

    def run(*arguments):
        code = main(["report", "--ledger=claims/ledger", *arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def without_a_browser(address):
    return False


def with_a_broken_one(address):
    raise webbrowser.Error("could not locate runnable browser")


@pytest.mark.parametrize("open_it", [without_a_browser, with_a_broken_one])
def test_without_a_browser_a_sentence_says_where_the_page_is(report, monkeypatch, forest, open_it):
    monkeypatch.setattr(webbrowser, "open", open_it)
    code, (path, sentence), err = report("--to=out", "--open")
    page = forest.root / "out" / "index.html"
    assert (code, err, path) == (0, "", "out/index.html")
    assert sentence == f"no browser was found; open {page} in one"
    assert page.is_file()


def test_a_browser_gets_the_page(report, monkeypatch, forest):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not opened.append(address))
    assert report("--to=out", "--open") == (0, ["out/index.html"], "")
    assert opened == [(forest.root / "out" / "index.html").as_uri()]


def test_a_target_that_is_no_folder_is_named(report, forest):
    (forest.root / "file").write_text("")
    code, out, err = report("--to=file")
    assert (code, out) == (USAGE, [])
    assert err.startswith("ERROR: the report cannot be written (Not a directory: file")
