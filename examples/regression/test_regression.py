"""Is a ridge on squares and products better than a plain ridge, by a unit of RMSE?"""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from pytest_scaling import Data, claim, control

rng = np.random.default_rng(0)
area, age, floor = rng.gamma(8, 12, 600), rng.uniform(0, 80, 600), rng.integers(0, 9, 600)
price = 3 * area + 0.02 * (age - 40) ** 2 * 3 + 4 * floor + rng.normal(0, 25, 600)
flats = Data("flats", np.column_stack([area, age, floor]), price, split=5)

plain = make_pipeline(StandardScaler(), Ridge())
curved = make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge())


@claim(
    "curves-help",
    "Squares and products of the features lower the RMSE of a ridge by one",
    smallest_effect=1.0,
    tasks=[flats],
    given={"pair": (plain, curved)},
)
@control("curves-harm", "They raise it by one", given={"pair": (curved, plain)})
def test_squares_lower_the_error(compare, task, pair, smallest_effect):
    assert compare(*pair, metric="rmse", task=task) > smallest_effect


@claim("prices-are-close", "The RMSE is below 40", bounds={"most": 40.0}, tasks=[flats])
def test_prices_are_close(estimate, task, bounds):
    assert estimate(curved, metric="rmse", task=task) < bounds.most
