"""What a training says, breaks or hangs in reaches the test that asked for it."""

import json
import re
import subprocess
import sys

import pytest

from tests.acceptance.project import body, output

OWN = """
import os, sys, time, warnings

class Own(Planted):
    def fit_predict(self, block, settings, device):
        {does}
        return super().fit_predict(block, settings, device)
"""
ASSERTS = "assert compare(Own('own', 0.3), good, task=task, m=m_small) > smallest_effect"


def own(does):
    """The source of a claim about a learner that does something of its own."""
    return OWN.format(does=does) + body("own", "compare, task, m_small, smallest_effect", ASSERTS)


def test_an_error_is_shown_with_its_place_and_in_full_where_asked_for(project):
    project.claims(own("self.missing"))
    short = project.run(store="own.db")
    assert short.ret == pytest.ExitCode.TESTS_FAILED
    text = output(short)
    assert "own on sign, m = 256, seeds 0-4: AttributeError: 'Own' object has no" in text
    assert re.search(r"test_claims\.py:\d+: in fit_predict\n    self\.missing", text)
    assert "worker.py" not in text
    for options in (("--tb=long",), ("-vv",)):
        assert "worker.py" in project.run(*options, store="own.db").stdout.str()


WARNS = "warnings.warn('far from it', RuntimeWarning)"


def test_warnings_are_in_the_summary_also_when_they_are_recalled_and_in_the_record(project):
    project.claims(own(WARNS))
    for counts in ("4 trained, 0 recalled", "0 trained, 4 recalled"):
        result = project.run("--scaling-report=out", store="own.db")
        text = output(result)
        assert counts in text
        assert "test_claims.py::test_own[cpu]" in text
        assert "RuntimeWarning: far from it [RuntimeWarning in own on sign, m = 256, " in text
        assert result.parseoutcomes() == {"passed": 1, "warnings": 2}
        assert project.reported("out")["own"]["warnings"] == {"RuntimeWarning": 2}
        page = (project.path / "out" / "index.html").read_text(encoding="utf-8")
        assert "<li>Training warned of RuntimeWarning (2 times).</li>" in page


def test_a_row_keeps_what_its_trainings_warned_of_and_a_citation_says_so(project):
    project.claims(own(WARNS))
    entered = project.run("--claims-update=new", "--claims-reason=measured", store="own.db")
    assert "ledger: added own.json" in output(entered)
    cited = project.command("cite", "own", "--ledger", "ledger")
    assert "\nTraining warned of RuntimeWarning (2 times).\n" in output(cited)


def test_a_warning_that_is_an_error_fails_the_claim_in_one_sentence(project):
    project.claims(own(WARNS))
    result = project.run("-W", "error::RuntimeWarning", store="own.db")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert re.search(
        r"^own on sign, m = 256, seeds 0-4 raised a warning, which a filter makes an error: "
        r"RuntimeWarning: far from it \(.*test_claims.py:\d+\)\.$",
        output(result),
        re.MULTILINE,
    )
    assert project.run(store="own.db").ret == 0


def test_prints_are_captured_with_the_test(project):
    project.claims(own("print('reading'); os.write(2, b'aloud'); self.missing"))
    text = output(project.run(store="own.db"))
    assert re.search(r"Captured stdout call -+\nreading\naloud", text)
    project.claims(own("print('reading aloud')"))
    assert "reading aloud" not in output(project.run(store="other.db"))
    assert "reading aloud" in output(project.run("-s", store="third.db"))


@pytest.mark.parametrize(
    "options",
    [("--scaling-trial-timeout=1",), ("-p", "timeout", "--timeout=1.5"), ("-p", "timeout")],
    ids=["our option", "pytest-timeout", "its mark"],
)
def test_a_trial_that_hangs_is_ended_and_named(project, options):
    source = own("time.sleep(600)")
    if len(options) == 2:
        source = source.replace("@claim", "@pytest.mark.timeout(2)\n@claim")
    project.claims(f"import pytest\n{source}")
    result = project.plain(
        f"--scaling-store={project.path / 'own.db'}", "--scaling-workers=1", *options, timeout=60
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert re.search(
        r"^own on sign, m = 256, seeds 0-4 was ended after [12.5]+ s", output(result), re.M
    )


@pytest.mark.parametrize("workers", ["-n0", "-n1"])
def test_a_test_whose_time_is_over_names_the_trial_that_it_waits_for(project, workers):
    waits = "@pytest.fixture\ndef given(): return 1"  # with it, nothing is trained beforehand
    source = own("time.sleep(600)").replace("smallest_effect):", "smallest_effect, given):")
    project.claims(f"import pytest\n{waits}\n{source}")
    for method in ("thread", "signal"):
        text = output(
            project.plain(
                *(f"--scaling-store={project.path / 'own.db'}", "--scaling-workers=1", workers),
                *("-p", "timeout", "--timeout=2", f"--timeout-method={method}"),
                *("--scaling-trial-timeout=30", "-p", "no:benchmark"),
                timeout=60,
            )
        )
        assert "has waited for own on sign, m = 256, seeds 0-4" in text
        assert "Timeout" in text or workers == "-n1"  # whose process has ended


def test_a_learner_can_be_trained_in_the_process_of_pytest(project):
    project.claims(own("np.seterr(all='ignore'); print('in', os.getpid())"))
    project.conftest("def pytest_configure(): print('pytest is', os.getpid())\nimport os")
    apart = project.records(store="own.db")["own"]
    here = project.records("-s", store="new.db", workers=0)["own"]
    assert (here["arms"], here["digest"]) == (apart["arms"], apart["digest"])
    result = project.run("-s", store="new.db", workers=0)
    text = output(result)
    (own_pid,) = set(re.findall(r"pytest is (\d+)", text))
    assert set(re.findall(r"\bin (\d+)\n", text)) == {own_pid}
    assert "trials: 4 trained, 0 recalled" in text  # what a debugger may have changed is not kept
    assert "leaves numpy's errstate changed; it is set back before the next trial." in text


def test_a_debugger_stops_where_a_learner_raises(project):
    project.claims(own("here = 77; self.missing"))
    (project.path / "commands").write_text("p here\nq\n")
    with (project.path / "commands").open() as commands:
        run = project.pytester.popen(
            [sys.executable, "-m", "pytest", "--pdb", *project.options(workers=0)],
            stdin=commands,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        text, _ = run.communicate(timeout=60)
    assert "(Pdb) 77" in text


BATCH = (
    OWN.format(does="pass")
    + """
class Single(Own):
    batch_seeds = False

    def fit_predict(self, block, settings, device):
        assert len(block.seeds) == 1
        return super().fit_predict(block, settings, device)
"""
    + body("own", "compare, task, m_small, smallest_effect", ASSERTS.replace("Own(", "Single("))
)


def test_seeds_that_are_not_batched_are_trials_of_their_own_with_the_same_results(project):
    project.claims(BATCH)
    single = project.records(store="own.db", workers=2)["own"]
    assert "trials: 0 trained, 9 recalled" in output(project.run(store="own.db"))
    project.claims(own("pass"))
    together = project.records(store="other.db")["own"]
    assert json.dumps(single["arms"]) == json.dumps(together["arms"])


def test_coverage_sees_learners_in_workers(project):
    pytest.importorskip("pytest_cov")
    project.claims(own("measured = True"))
    (project.path / ".coveragerc").write_text(
        "[run]\npatch = subprocess\ninclude = test_claims.py\n"
    )
    text = output(project.run("--cov", "--cov-report=term", store="own.db"))
    assert re.search(r"^test_claims.py +\d+ +0 +100%$", text, re.MULTILINE)
