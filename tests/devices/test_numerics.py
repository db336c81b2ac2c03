"""The state of torch: set for a test, and restored."""

import subprocess
import sys

import pytest

from pytest_scaling.devices.numerics import Numerics, numerics, set_tf32

torch = pytest.importorskip("torch")


def state():
    return {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "dtype": torch.get_default_dtype(),
        "threads": torch.get_num_threads(),
        "matmul": torch.backends.cuda.matmul.allow_tf32,
        "cudnn": torch.backends.cudnn.allow_tf32,
        "benchmark": torch.backends.cudnn.benchmark,
        "cudnn deterministic": torch.backends.cudnn.deterministic,
        "drawn": torch.random.get_rng_state().tolist(),
    }


@pytest.fixture(params=["as it comes", "as a user set it"])
def before(request):
    """Flags of torch in two states; the test restores nothing, so the fixture does."""
    flags = torch.backends.cuda.matmul, torch.backends.cudnn
    kept = [flag.allow_tf32 for flag in flags]
    if request.param == "as a user set it":
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.set_default_dtype(torch.float64)
        for flag in flags:
            flag.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    yield state()
    torch.use_deterministic_algorithms(False)
    torch.set_default_dtype(torch.float32)
    for flag, value in zip(flags, kept, strict=True):
        flag.allow_tf32 = value
    torch.backends.cudnn.benchmark = False


def test_every_flag_is_set_and_put_back(before):
    with numerics(Numerics(3, dtype="bfloat16", threads=1)):
        inside = state()
        first = torch.rand(3)
        torch.use_deterministic_algorithms(False)  # whatever a test does with them
        torch.set_num_threads(2)
    assert inside["deterministic"]
    assert not inside["warn only"]
    assert inside["dtype"] == torch.bfloat16
    assert inside["threads"] == 1
    assert not any(inside[name] for name in ("matmul", "cudnn", "benchmark"))
    assert state() == before
    with numerics(Numerics(3, dtype="bfloat16")):
        assert torch.equal(torch.rand(3), first)


def test_they_are_put_back_when_the_test_raises(before):
    seen = []

    def fail():
        with numerics(Numerics(3, tf32=True, deterministic=False)):
            seen.append(torch.backends.cuda.matmul.allow_tf32)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == [True]
    assert state() == before


class NewInterface:
    """A backend of torch whose older interface may no longer be read."""

    def __init__(self, **parts):
        self.fp32_precision = "none"
        vars(self).update(parts)

    @property
    def allow_tf32(self):
        raise RuntimeError("you have used mix of the legacy and new APIs")


def test_the_newer_interface_for_tf32_is_used_where_somebody_wrote_to_it():
    backend = NewInterface(conv=NewInterface())
    before = set_tf32(backend, False)
    assert (backend.fp32_precision, backend.conv.fp32_precision) == ("ieee", "ieee")
    for flag in before:
        setattr(*flag)
    assert (backend.fp32_precision, backend.conv.fp32_precision) == ("none", "none")


SOMEBODY_WROTE = """
import torch
matmul = torch.backends.cuda.matmul
matmul.fp32_precision = "tf32"
"""
IN_A_TEST = """
from pytest_scaling.devices.numerics import Numerics, numerics
with numerics(Numerics(0)):
    print(matmul.fp32_precision)
print(matmul.fp32_precision)
"""
IN_A_TRIAL = """
from pytest_scaling.trials.workers.worker import compute
from tests.trials.toys import trial
first = compute(trial())
print(matmul.fp32_precision)
matmul.fp32_precision = "tf32"  # as a learner may
assert compute(trial()) == first
print(matmul.fp32_precision)
"""


@pytest.mark.skipif(
    not hasattr(torch.backends.cuda.matmul, "fp32_precision"),
    reason="this torch has the older interface only",
)
@pytest.mark.parametrize(
    ("program", "printed"), [(IN_A_TEST, "ieee\ntf32\n"), (IN_A_TRIAL, "ieee\nieee\n")]
)
def test_tests_and_trials_follow_somebody_who_wrote_to_the_newer_interface(program, printed):
    command = [sys.executable, "-c", SOMEBODY_WROTE + program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == printed


ASKED_FOR = """
import sys, torch
from pytest_scaling.devices.numerics import Numerics, numerics
{first}
with numerics(Numerics(0)):
    assert torch.are_deterministic_algorithms_enabled()
    compiler = sys.modules.get("torch._inductor.config")
    print(compiler and compiler.deterministic)
print(compiler and compiler.deterministic)
"""


@pytest.mark.parametrize(
    ("first", "printed"),
    [("", "None\nNone\n"), ("import torch._inductor.config", "True\nFalse\n")],
    ids=["not there", "there"],
)
def test_the_compiler_behind_torch_is_told_where_it_is_there_and_never_imported(first, printed):
    pytest.importorskip("torch", minversion="2.9", reason="older compilers have no such mode")
    command = [sys.executable, "-c", ASKED_FOR.format(first=first)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == printed
