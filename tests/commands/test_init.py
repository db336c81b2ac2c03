"""`pytest-scaling init`: a project that runs, and nothing of an existing one overwritten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pytest_scaling import __version__
from pytest_scaling.__main__ import main

WRITTEN = (
    "conftest.py",
    "claims/test_first_claim.py",
    "claims/ledger/README.md",
    ".github/workflows/claims.yml",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_empty_folder_becomes_a_project_whose_claim_and_control_pass(folder, capsys):
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("wrote")] == [
        f"wrote {name}" for name in WRITTEN
    ]
    assert "next: python -m pytest claims\n" in said
    command = [sys.executable, "-m", "pytest", "claims", "-v", "--scaling-store=trials.sqlite3"]
    ran = subprocess.run(
        [*command, "-p", "no:cacheprovider"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "neighbours-outvote-noise: supported (always; control refuted)" in ran.stdout


def test_files_that_are_there_keep_every_byte(folder, capsys):
    own = {name: f"{name} of the project" for name in WRITTEN[:2]}
    (folder / "claims").mkdir()
    for name, text in own.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert main(["init"]) == 0
    assert {name: (folder / name).read_text(encoding="utf-8") for name in own} == own
    said = capsys.readouterr().out
    assert "left conftest.py as it is\nleft claims/test_first_claim.py as it is\n" in said
    assert "wrote claims/ledger/README.md" in said


def test_a_link_that_leads_nowhere_is_left_alone(folder, capsys):
    (folder / "conftest.py").symlink_to("elsewhere.py")
    assert main(["init"]) == 0
    assert not (folder / "elsewhere.py").exists()
    assert "left conftest.py as it is" in capsys.readouterr().out


def test_a_folder_that_is_named_is_made_and_what_to_run_goes_there_first(folder, capsys):
    assert main(["init", "new"]) == 0
    assert (folder / "new" / "claims" / "test_first_claim.py").exists()
    assert "next: cd new && python -m pytest claims" in capsys.readouterr().out


def test_a_file_in_the_place_of_a_folder_is_one_sentence(folder, capsys):
    (folder / "claims").write_text("", encoding="utf-8")
    assert main(["init"]) == pytest.ExitCode.USAGE_ERROR
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("ERROR: claims/test_first_claim.py cannot be written (claims: ")


@pytest.mark.parametrize(
    ("file", "content", "ending"),
    [
        (None, "", '"pytest-scaling[report]"'),
        ("requirements.txt", "numpy", '"pytest-scaling[report]" -r requirements.txt'),
        ("pyproject.toml", "[project]\nname = 'a'", '"pytest-scaling[report]" .'),
        ("pyproject.toml", "[tool.ruff]", '"pytest-scaling[report]"'),
    ],
)
def test_the_workflow_installs_what_the_project_needs(folder, file, content, ending):
    if file:
        (folder / file).write_text(content, encoding="utf-8")
    main(["init"])
    workflow = yaml.safe_load((folder / ".github/workflows/claims.yml").read_text("utf-8"))
    runs = [step["run"] for step in workflow["jobs"]["claims"]["steps"] if "run" in step]
    assert runs[0] == f"python -m pip install {ending}"
    assert "python -m pytest claims --scaling-report=report" in runs[2]


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"pytest-scaling {__version__}\n"
