"""Does a kernel beat a line on most of three data sets, by a point of accuracy?"""

from sklearn.datasets import load_digits, make_hastie_10_2, make_moons
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from pytest_scaling import Data, arm, claim, control

sets = [
    Data("digits", *load_digits(return_X_y=True), stratify=True),
    Data("moons", *make_moons(2_000, noise=0.2, random_state=0)),
    Data("sphere", *make_hastie_10_2(3_000, random_state=0)),
]
line = arm(make_pipeline(StandardScaler(), LogisticRegression()), name="line")
kernel = arm(make_pipeline(StandardScaler(), SVC()), name="kernel")


@claim(
    "a-kernel-beats-a-line",
    "On most data sets a kernel labels a point more of the rows correctly than a line",
    strength="usually",
    smallest_effect=0.01,
    tasks=sets,
    given={"pair": (line, kernel)},
)
@control(
    "a-line-beats-a-kernel",
    "On most data sets a line labels a point more correctly than a kernel",
    given={"pair": (kernel, line)},
)
def test_a_kernel_leads(compare, task, pair, smallest_effect):
    assert compare(*pair, metric="accuracy", task=task) > smallest_effect
