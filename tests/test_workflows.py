"""Continuous integration, here and as docs/how-to/ci.md recommends it, calls only what exists."""

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from pytest_scaling.__main__ import COMMANDS
from pytest_scaling.run.options import OPTIONS

ROOT = Path(__file__).parents[1]
WORKFLOWS = {file.name: file for file in (ROOT / ".github" / "workflows").glob("*.yml")}
OF_PYTEST = {"--junitxml"}
OF_THE_REPOSITORY = {"--device", "--tier"}  # by its conftest.py
KNOWN = {option.flag for option in OPTIONS} | OF_PYTEST | OF_THE_REPOSITORY


def recommended():
    """The examples of docs/how-to/ci.md."""
    text = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", text, flags=re.S)


DOCUMENTS = {name: file.read_text(encoding="utf-8") for name, file in WORKFLOWS.items()} | {
    f"ci.md, {number}": text for number, text in enumerate(recommended(), 1)
}


def jobs(document):
    content = yaml.safe_load(document)
    return content.get("jobs") or content


def commands(document):
    """Every line that a shell runs."""
    for job in jobs(document).values():
        steps = [step.get("run", "") for step in job.get("steps", [])] + job.get("script", [])
        for line in "\n".join(steps).splitlines():
            if line.startswith("python"):
                yield shlex.split(line)


def events(name):
    return yaml.safe_load(DOCUMENTS[name])[True]  # YAML reads the key `on` as a truth


def steps(name, job):
    return yaml.safe_load(DOCUMENTS[name])["jobs"][job]["steps"]


def test_there_are_workflows_and_examples():
    assert set(DOCUMENTS) == {
        "claims.yml",
        "docs.yml",
        "nightly.yml",
        "ci.md, 1",
        "ci.md, 2",
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_and_option_exists(name):
    tox = ConfigParser()
    tox.read(ROOT / "tox.ini")
    environments = {section.removeprefix("testenv:") for section in tox.sections()} | {"py"}
    subcommands = set(COMMANDS)
    called = 0
    for words in commands(DOCUMENTS[name]):
        assert words[:2] == ["python", "-m"]
        module, arguments = words[2], words[3:]
        assert module in ("pip", "tox", "pytest", "pytest_scaling")
        if module == "pip":
            continue
        called += 1
        if module == "tox" and "-e" in arguments:
            assert set(arguments[arguments.index("-e") + 1].split(",")) <= environments
        if module == "pytest_scaling":
            assert arguments[0] in subcommands
        flags = {word.partition("=")[0] for word in arguments if word.startswith("--")} - {"--"}
        assert flags <= KNOWN
    assert called


def test_the_ledger_is_verified_on_every_push():
    assert events("claims.yml")["push"] is None or "paths" not in events("claims.yml")["push"]
    assert "pull_request" in events("claims.yml")
    job = yaml.safe_load(DOCUMENTS["claims.yml"])["jobs"]["verify"]
    assert "if" not in job
    assert "python -m tox -e verify" in [step.get("run") for step in job["steps"]]


def test_pull_requests_hear_the_quick_tier_and_nights_the_standard_tier():
    def heard(name):
        (run,) = [step["run"] for step in steps(name, "claims") if "-e claims" in str(step)]
        return run

    assert "pull_request" in events("claims.yml")
    assert "--tier" not in heard("claims.yml")
    assert "--tier standard" in heard("nightly.yml")
    assert events("nightly.yml")["schedule"][0]["cron"].split()[2:] == ["*", "*", "*"]
    for name in ("claims.yml", "nightly.yml"):
        assert "--claims-gate" in heard(name)


@pytest.mark.parametrize("name", ["claims.yml", "nightly.yml"])
def test_report_and_summary_are_kept_also_where_the_claims_failed(name):
    kept = [step for step in steps(name, "claims") if "upload-artifact" in step.get("uses", "")]
    told = [step for step in steps(name, "claims") if "GITHUB_STEP_SUMMARY" in step.get("run", "")]
    assert [step["with"]["path"] for step in kept] == ["report/"]
    assert [step["if"] for step in (*kept, *told)] == ["always()", "always()"]


def test_every_job_asks_for_no_more_than_it_needs():
    for name in WORKFLOWS:
        content = yaml.safe_load(DOCUMENTS[name])
        assert content["permissions"] == {"contents": "read"}
        jobs = content["jobs"].values()
        assert all("timeout-minutes" in job for job in jobs if "uses" not in job)


def test_the_documentation_is_built_on_every_push_and_published_with_the_report():
    assert {"push", "pull_request", "workflow_call"} <= set(events("docs.yml"))
    runs = [step.get("run") for step in steps("docs.yml", "build")]
    assert "python -m tox -e docs" in runs
    (kept,) = [step for step in steps("docs.yml", "build") if "pages" in step.get("uses", "")]
    assert kept["with"]["path"] == "site/"


def test_the_report_of_a_night_takes_the_place_of_that_of_the_ledger():
    publish = yaml.safe_load(DOCUMENTS["nightly.yml"])["jobs"]["publish"]
    (kept,) = [
        step for step in steps("nightly.yml", "claims") if "upload-artifact" in step.get("uses", "")
    ]
    assert publish["uses"] == "./.github/workflows/docs.yml"
    assert publish["with"] == {"report": kept["with"]["name"]}
    assert publish["needs"] == "claims"
