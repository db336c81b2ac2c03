"""What only a real CUDA device can show; skipped, with the reason, where there is none."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from pytest_scaling.devices.hardware import facts, state
from pytest_scaling.devices.numerics import Numerics, numerics
from pytest_scaling.trials.execution import Trials
from pytest_scaling.trials.store.store import Store
from tests.trials.toys import Centroids, InProcess, trial

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="this machine has no CUDA device"
)
STEPS, ROWS, SEEDS = 200, 700, 3  # some steps in a graph, the rest one by one; 5 steps an epoch


def trained(device, record=None, width=16):
    """The flat parameters of a block after STEPS steps."""
    from fixtures.learners import network
    from fixtures.learners.program import Group, Program, epochs
    from fixtures.learners.scaling import standardise
    from fixtures.tasks.mnist1d import mnist1d

    draws = [mnist1d.draw(seed, ROWS) for seed in range(SEEDS)]
    x, y = (np.stack(part) for part in zip(*draws, strict=True))
    x = torch.from_numpy(standardise(x, x)[0]).to(device)
    y = torch.from_numpy(y.astype(np.int64)).to(device)
    parameters = network.Parameters([x.shape[2], width, width, width, 10], SEEDS, device)
    random = [torch.Generator().manual_seed(seed) for seed in range(SEEDS)]
    parameters.initialise(random)
    batch = network.BATCH
    with numerics(Numerics(0)), torch.no_grad():
        groups = [Group(0, 1, 0.1), Group(1, SEEDS, 0.1)]
        program = Program(parameters, x.flatten(0, 1), y.flatten(), batch, groups, record=record)
        program.run(network.learning_rates(0.003, STEPS), epochs(random, ROWS, batch))
    return parameters.flat.detach().cpu()


def test_steps_from_a_graph_and_steps_one_by_one_give_the_same_bits():
    assert torch.equal(trained("cuda:0", record=True), trained("cuda:0", record=False))


@pytest.mark.parametrize("width", [8, 64, 256])
def test_training_again_gives_the_same_bits(width):
    assert torch.equal(trained("cuda:0", width=width), trained("cuda:0", width=width))


def test_a_short_training_ends_where_that_on_the_cpu_ends():
    torch.testing.assert_close(trained("cuda:0"), trained("cpu"), rtol=0.01, atol=0.001)


@pytest.mark.parametrize("name", ["relu_descent", "sigmoid_adam", "relu_gradient", "search"])
def test_descents_and_probes_find_on_the_device_what_they_find_on_the_cpu(name):
    from fixtures import learners
    from fixtures.tasks.mnist1d import mnist1d
    from tests.materials.blocks import block_of

    special = {"relu_gradient": learners.five_sigmoid_layers.with_relu}
    learner = special.get(name) or getattr(learners, name.replace("search", "random_search"))
    block, found = block_of(mnist1d, 256), []
    for device in ("cpu", "cuda:0", "cuda:0"):
        settings = dict(learner.settings("mnist1d", 256))
        if name == "search":
            settings["designs"] = 4
        with numerics(Numerics(0)):
            found.append(learner.fit_predict(block, settings, device).metrics)
    for metric, values in found[0].items():
        assert np.array_equal(found[1][metric], found[2][metric])
        np.testing.assert_allclose(found[1][metric], values, rtol=0.05, atol=0.05)


def test_what_a_device_is_and_does_can_be_read():
    known = facts("cuda:0")
    assert known["name"] == torch.cuda.get_device_name(0)
    assert known["memory"] > 2**30
    assert known["driver"].replace(".", "").isdigit()
    doing = state("cuda:0")
    assert 0 < doing["celsius"] < 110
    assert doing["watts"] > 0
    assert doing["clock_mhz"] > 100


def product_error(tf32):
    """Largest relative error of a product of matrices, against one in 64 bits."""
    with numerics(Numerics(0, tf32=tf32)):
        a, b = (torch.rand(512, 512, device="cuda:0") for _ in "ab")
        exact = a.double() @ b.double()
        return float(((a @ b).double() / exact - 1).abs().max())


def test_products_are_in_full_precision_unless_tf32_is_asked_for():
    assert product_error(tf32=False) < 1e-5
    if torch.cuda.get_device_capability(0) >= (8, 0):
        assert product_error(tf32=True) > 1e-5
    assert product_error(tf32=False) < 1e-5


@dataclass(frozen=True)
class Hungry(Centroids):
    """Asks the device for more memory than it has, where it trains several seeds at once."""

    def fit_predict(self, block, settings, device):
        if len(block.seeds) > 1:
            torch.empty(2 * facts("cuda:0")["memory"], dtype=torch.uint8, device=device)
        return super().fit_predict(block, settings, device)


def test_where_memory_runs_out_seeds_are_trained_one_at_a_time(tmp_path):
    asked = replace(trial(learner=Hungry()), device="cuda:0")
    with Store(tmp_path / "trials.db") as store:
        trials = Trials(store, workers=1, pool=InProcess)
        (results,) = trials.results([asked])
        assert [result.seed for result in results] == list(asked.seeds)
        assert "one at a time" in trials.notices[0]
        trials.close()


PROJECT = """
import numpy as np
import pytest
import torch
from pytest_scaling import claim

class Halves:
    name, version, classes = "halves", 1, 2
    def draw(self, seed, m):
        return self.rows(np.random.default_rng([0, seed]), m)
    def test_set(self, seed):
        return self.rows(np.random.default_rng([1, seed]), 400)
    def rows(self, random, n):
        x = random.random((n, 4)).astype("float32")
        return x, (x[:, 0] + 0.3 * x[:, 1] > 0.65).astype(int)

class Linear:
    version = 1
    def __init__(self, name, columns):
        self.name, self.columns = name, columns
    def settings(self, task, m):
        return {"columns": self.columns}
    def fit_predict(self, block, settings, device):
        from pytest_scaling.spec.protocols import Fit
        used = slice(0, settings["columns"])
        x, y = (torch.tensor(a, device=device) for a in (block.x[..., used], block.y))
        assert x.device.type == "cuda"
        ones = torch.ones_like(x[..., :1])
        w = torch.linalg.lstsq(torch.cat([x, ones], -1), 2.0 * y[..., None] - 1).solution
        t = torch.tensor(block.x_test[..., used], device=device)
        labels = torch.cat([t, torch.ones_like(t[..., :1])], -1) @ w > 0
        return Fit(labels[..., 0].cpu().numpy().astype(int), np.zeros(len(x), bool))

@claim("both-help", "Two columns beat one", smallest_effect=0.01, tasks=[Halves()])
def test_two_columns_beat_one(compare, task, m_large, smallest_effect):
    assert compare(Linear("one", 1), Linear("two", 2), task=task, m=m_large) > smallest_effect

def test_a_benchmark(benchmark, device):
    assert benchmark(lambda: torch.ones(1000, 1000, device=device).sum()) == 1e6

@pytest.mark.devices("cuda", memory=1)
def test_a_device(device):
    assert torch.rand(4, device=device).device.index == 0
"""


def test_a_project_runs_on_the_device_from_start_to_end(pytester):
    pytest.importorskip("pytest_benchmark")
    pytester.makepyfile(test_project=PROJECT)
    result = pytester.runpytest_subprocess(
        "--scaling-device=cuda",
        "--scaling-workers=1",
        f"--scaling-store={pytester.path / 'trials.db'}",
        "--benchmark-json=out.json",
        "-p",
        "no:xdist",
        "-rA",
    )
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["scaling device: cuda:0, *capability*", "*supported*"])
    assert '"cold_start"' in (pytester.path / "out.json").read_text(encoding="utf-8")
