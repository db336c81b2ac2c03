"""Other projects: the plugin takes nothing away from them, and judges their own claims."""

import pytest

from tests.acceptance.project import outcomes, output


@pytest.fixture
def bare(project):
    """A project without the planted machines."""
    (project.path / "machines.py").unlink()
    return project


def test_a_project_without_claims_does_not_notice_the_plugin(bare):
    bare.pytester.makepyfile("def test_sum():\n    assert 1 + 1 == 2\n")
    result = bare.plain()
    assert result.parseoutcomes() == {"passed": 1}
    text = output(result)
    assert "= claims" not in text
    assert "scaling: " not in text
    assert "trials:" not in text
    assert not (bare.path / ".cache").exists()


def test_a_fixture_of_ones_own_that_is_called_device_is_left_alone(bare):
    bare.pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(params=["lamp", "radio"])
        def device(request):
            return request.param

        def test_it_glows(device):
            assert device in ("lamp", "radio")
        """
    )
    result = bare.run("-v", "--scaling-device=all")
    result.stdout.fnmatch_lines(["*::test_it_glows[[]lamp] PASSED*", "*::test_it_glows[[]radio] *"])


def test_our_device_names_itself_in_ordinary_tests(bare):
    bare.pytester.makepyfile(
        """
        def test_it_computes(device):
            assert device == "cpu"

        def test_it_needs_none():
            pass
        """
    )
    result = bare.run("-v")
    result.stdout.fnmatch_lines(
        ["*::test_it_computes[[]cpu] PASSED*", "*::test_it_needs_none PASSED*"]
    )


ONE_FILE = '''
"""A task, two learners and a claim about them, all in one file that nobody can import."""

from dataclasses import dataclass

import numpy as np

from pytest_scaling import Fit, claim


class Coin:
    name, version, classes = "coin", 1, 2

    def draw(self, seed, m):
        drawn = np.random.default_rng(seed).random((m, 2))  # a row of numbers for each toss
        return drawn[:, :1], (drawn[:, 1] < 0.7).astype(int)

    def test_set(self, seed):
        return self.draw(seed + 10**6, 1_000)


@dataclass
class Guess:
    name: str
    share: float
    version: int = 1

    def settings(self, task, m):
        return {"share": self.share}

    def fit_predict(self, block, settings, device):
        guesses = [guess(each, settings["share"]) for each in block.x_test]
        return Fit(np.stack(guesses), np.zeros(len(guesses), dtype=bool))


def guess(x, share):  # what a learner calls comes along too
    return (x[:, 0] < share).astype(int)


@claim(
    "bold-guess",
    "Whoever always bets on heads errs less than who bets as often as heads come",
    smallest_effect=0.01,
    tasks=[Coin()],
)
def test_betting_on_heads(compare, task, m_small, smallest_effect):
    timid, bold = Guess("timid", 0.7), Guess("bold", 1.0)
    assert compare(timid, bold, task=task, m=m_small) > smallest_effect
'''


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_a_claim_needs_no_more_than_its_own_test_file(bare, mode):
    folder = bare.path / "checks" / "unit"
    folder.mkdir(parents=True)
    (folder / "test_coins.py").write_text(ONE_FILE)
    result = bare.run("-v", f"--import-mode={mode}", store="own.db", workers=2)
    assert outcomes(result) == {"betting-on-heads": "PASSED"}
    text = output(result)
    assert "✓ bold-guess: supported" in text
    assert "timid - bold, 256" in text
    assert "trials: 4 trained" in text


def test_tasks_of_a_suite_may_live_in_its_conftest(bare):
    task = ONE_FILE[ONE_FILE.index("import numpy") : ONE_FILE.index("@dataclass")]
    (bare.path / "conftest.py").write_text(
        task.replace("class Coin", "class Penny") + "def pytest_scaling_tasks(): return [Penny()]\n"
    )
    (bare.path / "test_coins.py").write_text(ONE_FILE.replace("    tasks=[Coin()],\n", ""))
    result = bare.run("-v", "--import-mode=importlib", store="own.db")
    assert outcomes(result) == {"betting-on-heads": "PASSED"}


def test_a_fixture_of_ones_own_reaches_the_body_of_a_claim(project):
    project.claims(
        """
import pytest

@pytest.fixture
def margin(tmp_path):
    return 0.05

@claim("mine", "It is so", smallest_effect=0.05, tasks=[sign])
def test_mine(compare, task, margin, device):
    assert device == "cpu"
    assert compare(rivals["supported"], good, task=task, m=64) > margin
"""
    )
    assert outcomes(project.run("-v")) == {"mine": "PASSED"}
