"""Options: one table, and which value wins where there are several."""

from pathlib import Path

import pytest

from pytest_scaling.run.options import OPTIONS, options_of, read_options

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "options.md"
VALUES = {  # for options that do not take any text: on the command line, elsewhere
    "--scaling-workers": ("3", "4"),
    "--scaling-backend": ("dask", "local"),
    "--claims-seed-offset": ("5", "6"),
    "--claims-inconclusive": ("fail", "report"),
    "--scaling-timings": ("serial", "skip"),
    "--claims-update": ("new", "new"),
}
SOURCES = [
    pytest.param(option, source, id=f"{option.flag} {source}")
    for option in OPTIONS
    for source in ("command line", "environment", "ini", "default")
    if source in ("command line", "default") or getattr(option, source)
]


def values(option):
    return VALUES.get(option.flag, ("typed", "set"))


@pytest.fixture
def configure(pytester, monkeypatch):
    """A pytest config in which an option has a value in each of the places named."""
    for option in OPTIONS:
        if option.environment:
            monkeypatch.delenv(option.environment, raising=False)

    def make(option, *places):
        typed, elsewhere = values(option)
        if "ini" in places:
            pytester.makeini(f"[pytest]\n{option.ini} = {elsewhere} ini\n")
        if "environment" in places:
            monkeypatch.setenv(option.environment, f"{elsewhere} variable")
        flag = option.flag if "action" in option.add else f"{option.flag}={typed}"
        return pytester.parseconfig(*([flag] if "command line" in places else []))

    return make


@pytest.mark.parametrize(("option", "source"), SOURCES)
def test_the_command_line_beats_the_environment_which_beats_the_ini_file(configure, option, source):
    order = ["command line", "environment", "ini", "default"]
    weaker = [
        place
        for place in order[order.index(source) : -1]
        if place == "command line" or getattr(option, place)
    ]
    found = option.read(configure(option, *weaker))
    typed, elsewhere = values(option)
    if source == "command line":
        assert found is True if "action" in option.add else str(found) == typed
    elif source == "default":
        assert (found or None) == option.default
    else:
        assert found == f"{elsewhere} {'variable' if source == 'environment' else 'ini'}"


def test_every_option_has_help_that_names_its_sources(pytester):
    text = " ".join(pytester.runpytest_inprocess("--help").stdout.str().split())
    for option in OPTIONS:
        assert option.flag in text
        assert " ".join(option.help.split()) in text
        for source in (option.environment, option.ini):
            assert source is None or source in text


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.flag)
def test_every_option_is_in_the_table_of_its_page(option):
    table = PAGE.read_text(encoding="utf-8").partition("<!-- options:")[2]
    table = table.partition("<!-- /options -->")[0]
    (row,) = [line for line in table.splitlines() if line.startswith(f"| `{option.flag}` |")]
    for word in (option.help, option.environment, option.ini, option.default):
        assert word is None or word in row


@pytest.mark.parametrize("value", ["-1", "1.5", "many", "1 2"])
def test_workers_are_a_number_from_zero_on(pytester, monkeypatch, value):
    monkeypatch.setenv("PYTEST_SCALING_WORKERS", value)
    with pytest.raises(pytest.UsageError, match="takes a number from 0 on, not"):
        read_options(pytester.parseconfig())


@pytest.mark.parametrize("value", ["-1", "soon", "inf", "nan"])
def test_a_limit_of_a_trial_is_a_number_of_seconds(pytester, value):
    with pytest.raises(pytest.UsageError, match=f"takes a number of seconds, or 0 .*'{value}'"):
        read_options(pytester.parseconfig(f"--scaling-trial-timeout={value}"))


def test_workers_and_choices_that_mean_something_are_taken(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_SCALING_WORKERS", "12")
    pytester.makeini("[pytest]\nclaims_inconclusive = fail\n")
    options = read_options(pytester.parseconfig("--scaling-tasks=a, b,"))
    assert (options.workers, options.inconclusive, options.tasks) == (12, "fail", ("a", "b"))


def test_every_option_of_the_plugin_has_a_name_that_no_other_project_takes():
    assert all(option.flag.startswith(("--scaling-", "--claims-")) for option in OPTIONS)
    named = [option.ini for option in OPTIONS if option.ini]
    assert all(name.startswith(("scaling_", "claims_")) for name in named)


def test_the_options_are_read_once(pytester, monkeypatch):
    config = pytester.parseconfig("--scaling-workers=3")
    assert read_options(config) == options_of(config)
    monkeypatch.setenv("PYTEST_SCALING_STORE", "elsewhere")
    assert options_of(config).store is None
