"""Does gradient boosting predict who leaves better than logistic regression, by a point of AUC?

A data frame with a category, gaps and several rows of one customer, which stay on one side of
every split.
"""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pytest_scaling import Data, arm, claim, control


def customers(rows=2_000, seed=0):
    """A made-up table: who stays longest, leaves in the middle of a contract of two years."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(["basic", "plus", "pro"], rows)
    months, usage = rng.gamma(3, 8, rows), rng.normal(size=rows)
    tendency = 2 * np.sin(months / 8) * np.where(plan == "basic", 1, -1) + np.abs(usage)
    left = rng.random(rows) < 1 / (1 + np.exp(-tendency))
    months[rng.random(rows) < 0.05] = np.nan
    columns = {"customer": rng.integers(0, rows // 3, rows), "plan": pd.Categorical(plan)}
    return pd.DataFrame({**columns, "months": months, "usage": usage, "left": left})


frame = customers()
churn = Data(
    "churn",
    frame[["plan", "months", "usage"]],
    frame["left"],
    split=GroupShuffleSplit(test_size=0.3),
    groups=frame["customer"],
)
encoder = make_column_transformer(
    (OneHotEncoder(), ["plan"]),
    (make_pipeline(SimpleImputer(), StandardScaler()), ["months", "usage"]),
)
line = arm(make_pipeline(encoder, LogisticRegression()), name="logistic regression")
boosting = arm(HistGradientBoostingClassifier(), name="boosting")


@claim(
    "boosting-beats-a-line",
    "Boosting beats logistic regression by a point of AUC",
    smallest_effect=0.01,
    tasks=[churn],
    given={"pair": (line, boosting)},
)
@control(
    "a-line-beats-boosting",
    "Logistic regression beats boosting by a point of AUC",
    given={"pair": (boosting, line)},
)
def test_boosting_leads(compare, task, pair, smallest_effect):
    assert compare(*pair, metric="roc_auc", task=task) > smallest_effect
