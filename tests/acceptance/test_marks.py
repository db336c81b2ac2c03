"""Marks that limit a test to devices, and the state that a test finds and leaves."""

import pytest

from tests.acceptance.project import output, stated

ON_CUDA = "it runs on cuda, and this run is on cpu"


@pytest.fixture
def run(project):
    def run(source, *arguments):
        (project.path / "test_marked.py").write_text(f"import pytest\n{source}", encoding="utf-8")
        return project.run("-v", "-rs", *arguments)

    return run


@pytest.mark.parametrize("fixture", ["device", "tmp_path", ""])
def test_a_test_for_another_device_is_skipped_with_the_reason(run, fixture):
    result = run(f"@pytest.mark.devices('cuda')\ndef test_it({fixture}):\n    assert False\n")
    result.assert_outcomes(skipped=1)
    assert ON_CUDA in output(result)


def test_a_class_and_a_module_can_be_marked(run):
    result = run(
        "pytestmark = pytest.mark.devices('mps')\n"
        "def test_one(): pass\n"
        "@pytest.mark.devices('cpu', count=1)\n"
        "class TestHere:\n    def test_two(self, device): assert device == 'cpu'\n"
    )
    result.assert_outcomes(passed=1, skipped=1)


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("memory=1e6", "it needs 1e+06 GiB of memory, and cpu has"),
        ("'cpu', count=2", "it needs 2 devices of the kind cpu, and there is 1"),
    ],
)
def test_what_a_device_lacks_is_told(run, mark, reason):
    result = run(f"@pytest.mark.devices({mark})\ndef test_it(device):\n    assert False\n")
    result.assert_outcomes(skipped=1)
    assert reason in output(result)


def test_enough_memory_lets_a_test_run(run):
    run("@pytest.mark.devices(memory=0.01)\ndef test_it(device): pass\n").assert_outcomes(passed=1)


def test_a_claim_can_be_marked_and_is_not_trained_then(project):
    mark = "import pytest\n@pytest.mark.devices('cuda')"
    project.claims(mark + stated("marked"))
    result = project.run("-v", "-rs", store="unused.db")
    result.assert_outcomes(skipped=1)
    assert ON_CUDA in output(result)
    assert not (project.path / "unused.db").exists()


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("devices('gpu')", "is marked devices with gpu; it takes cpu, cuda, cuda:N, mps, xpu and"),
        ("devices()", "is marked devices with nothing"),
        ("devices('cpu', ram=3)", "is marked devices with ram"),
        ("devices(memory='8 GiB')", "with an amount that is no number"),
        ("numerics(dtype='int8')", "is marked numerics with dtype='int8'; it takes seed=N"),
        ("numerics(sede=3)", "is marked numerics with sede"),
        ("numerics(threads=0)", "is marked numerics with threads=0"),
    ],
)
def test_a_mark_that_cannot_be_understood_is_told_in_a_sentence(run, mark, sentence):
    result = run(f"@pytest.mark.{mark}\ndef test_it(device): pass\n")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert sentence in output(result)


SEEDED = """
import random
import numpy as np
state = random.getstate(), np.random.get_state()[1].tolist()
drawn = {}

@pytest.mark.parametrize("name", ["a", "b"])
def test_draws(device, name):
    drawn[name] = random.random(), np.random.random()
    random.seed(1)

@pytest.mark.numerics(seed=5)
def test_draws_by_its_mark(device):
    assert random.random() == random.Random(5).random()

def test_others_find_what_was_there(request):
    assert (random.getstate(), np.random.get_state()[1].tolist()) == state
    print("drawn", sorted(drawn.items()))
"""


def test_a_test_that_uses_device_has_a_seed_of_its_own_and_leaves_no_trace(run):
    results = [run(SEEDED, "-s", *order) for order in ((), ("-p", "no:cacheprovider"))]
    for result in results:
        result.assert_outcomes(passed=4)
    first, second = (
        [line[line.index("drawn") :] for line in result.outlines if "drawn [" in line]
        for result in results
    )
    assert first == second != []
    a, b = eval(first[0].removeprefix("drawn "))  # the two tests draw different numbers
    assert a[1] != b[1]
