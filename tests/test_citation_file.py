"""CITATION.cff is valid, and says the same as the package does."""

import subprocess
import sys
import tomllib
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
FILE = ROOT / "CITATION.cff"


def validate(path):
    """Check a file against the schema of the Citation File Format."""
    schema = "vendor.citation-file-format"
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_file_keeps_to_the_schema():
    run = validate(FILE)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_file_that_breaks_the_schema_would_be_found(tmp_path):
    broken = tmp_path / "CITATION.cff"
    broken.write_text(FILE.read_text(encoding="utf-8").replace("authors:", "writers:", 1))
    run = validate(broken)
    assert run.returncode == 1
    assert "writers" in run.stdout


def test_version_licence_and_authors_are_those_of_the_package():
    cited = YAML(typ="safe").load(FILE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(cited["version"]) == project["version"]
    assert cited["license"] == project["license"]
    assert [each["name"] for each in cited["authors"]] == [
        each["name"] for each in project["authors"]
    ]


def test_the_lecture_is_cited_with_its_address():
    from fixtures.lecture import LECTURE

    (lecture,) = YAML(typ="safe").load(FILE)["references"]
    assert (lecture["title"], lecture["url"]) == (LECTURE.title, LECTURE.url)
