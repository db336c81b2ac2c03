"""Networks that are trained for as many steps as there is time for."""

import math

import numpy as np
import pytest

from fixtures.learners import STEPPED
from fixtures.learners.network import Network
from fixtures.learners.stepped import TUNED_AT, TUNED_ROWS, SteppedNetwork, preferred
from fixtures.learners.tuned import tuned_settings
from fixtures.tasks.mnist1d import mnist1d
from pytest_scaling.spec.protocols import Block


def test_as_many_steps_as_fit_into_the_time():
    network = SteppedNetwork(8, 50)  # steps, which take half a second
    assert network.within(1.0, timed=0.5) == SteppedNetwork(8, 100)
    assert network.within(10.0, timed=0.5) == SteppedNetwork(8, 1_000)


def test_there_is_always_time_for_one_step():
    assert SteppedNetwork(512, 4).within(0.01, timed=1_000).steps == 1


def test_numbers_of_steps_are_few_and_at_most_a_quarter_off():
    numbers = np.arange(10, 10_001)
    chosen = [preferred(number) for number in numbers]
    assert np.abs(np.log(chosen / numbers)).max() < 0.24
    assert len(set(chosen)) == 16
    assert preferred(205) == preferred(310) == 251


def test_while_no_time_is_known_one_step_stands_for_as_many():
    assert SteppedNetwork(8, 50).within(1.0, timed=math.nan) == SteppedNetwork(8, 1)


@pytest.mark.parametrize(
    ("steps", "nearest"), [(1, 4), (20, 16), (33, 64), (398, 256), (9_999, 1_024)]
)
def test_settings_are_those_tuned_for_the_nearest_number_of_steps(steps, nearest):
    settings = SteppedNetwork(64, steps).settings("mnist1d", 65_536)
    tuned = tuned_settings(f"network-64-for-{nearest}-steps", "mnist1d", TUNED_ROWS)
    assert settings == {**tuned, "steps": steps}


def test_every_width_is_tuned_at_the_same_numbers_of_steps():
    widths = {network.width for network in STEPPED}
    assert {(network.width, network.steps) for network in STEPPED} == {
        (width, steps) for width in widths for steps in TUNED_AT
    }


def test_it_is_the_network_of_the_figure_after_so_many_steps():
    x, y = mnist1d.draw(1_000_000, 512)
    block = Block("mnist1d", 10, (7,), x[None, :400], y[None, :400], x[None, 400:])
    settings = SteppedNetwork(8, 12).settings("mnist1d", 400)
    rates = {name: settings[name] for name in ("learning_rate", "weight_decay")}
    stepped = SteppedNetwork(8, 12).fit_predict(block, settings, "cpu")
    network = Network(8, "").fit_predict(block, {**rates, "steps": 12}, "cpu")
    assert np.array_equal(stepped.labels, network.labels)
