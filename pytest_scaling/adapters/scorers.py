"""Scorers of scikit-learn as metrics: by name, as scorer objects, or as functions.

Scikit-learn negates what should be small, so that higher is always better there. Here a loss keeps
its sign, and the metric says that lower is better.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from ..spec.errors import ClaimError
from .metrics import ACCURACY, ERROR, EVERYTHING, POSITIVE, SHARE, SIGNED, UP_TO_ONE, Better, Metric

NEGATED = "neg_"
SHORT = {
    "auc": "roc_auc",
    "brier": "neg_brier_score",
    "mae": "neg_mean_absolute_error",
    "mse": "neg_mean_squared_error",
    "rmse": "neg_root_mean_squared_error",
}
OF_QUANTITIES = frozenset(
    (
        *("r2", "explained_variance", "max_error", "mean_absolute_error", "mean_squared_error"),
        *("root_mean_squared_error", "mean_squared_log_error", "root_mean_squared_log_error"),
        *("median_absolute_error", "mean_absolute_percentage_error", "mean_poisson_deviance"),
        *("mean_gamma_deviance", "d2_absolute_error_score"),
    )
)
OF_CLASSES = frozenset(
    (
        *("roc_auc", "average_precision", "balanced_accuracy", "top_k_accuracy", "log_loss"),
        *("brier_score", "matthews_corrcoef", "d2_log_loss_score", "d2_brier_score"),
        *(f"roc_auc_{way}" for way in ("ovr", "ovo", "ovr_weighted", "ovo_weighted")),
        *(
            f"{kind}{average}"
            for kind in ("f1", "precision", "recall", "jaccard")
            for average in ("", "_macro", "_micro", "_weighted", "_samples")
        ),
    )
)
RANGES = {
    "r2": UP_TO_ONE,
    "explained_variance": UP_TO_ONE,
    "matthews_corrcoef": SIGNED,
    "balanced_accuracy": SHARE,
    "brier_score": SHARE,
    "average_precision": SHARE,
    "top_k_accuracy": SHARE,
}


@dataclass(frozen=True)
class Scorer:
    """A scorer of scikit-learn by its name there; `sign` undoes its negation."""

    scorer: str
    sign: float

    def __call__(self, model: Any, x: Any, y: Any) -> float:
        return self.sign * float(library().get_scorer(self.scorer)(model, x, y))


@dataclass(frozen=True)
class Own:
    """A scorer object of scikit-learn, or a function of model, rows and labels."""

    scorer: Callable[..., Any]
    sign: float

    def __call__(self, model: Any, x: Any, y: Any) -> float:
        return self.sign * float(self.scorer(model, x, y))


def library() -> Any:
    """The module sklearn.metrics; ClaimError where it is not installed."""
    try:
        return import_module("sklearn.metrics")
    except ImportError:
        raise ClaimError(
            "metrics by name are those of scikit-learn, which is not installed: "
            "pip install scikit-learn, or give Metric(name, function, better=...)"
        ) from None


def plain_name(name: str) -> str:
    """The name of what is measured: without a negation, and in full."""
    return SHORT.get(name, name).removeprefix(NEGATED)


def known(name: str) -> bool:
    """Whether a name is one of the common scorers, found without importing scikit-learn."""
    return plain_name(name) in OF_CLASSES | OF_QUANTITIES | {ACCURACY.name}


def by_name(name: str) -> Metric:
    """The metric of a scorer's name; ClaimError where scikit-learn has none."""
    if name == ACCURACY.name:
        return ACCURACY
    if name == ERROR.name:
        return ERROR
    full = SHORT.get(name, name)
    names = library().get_scorer_names()
    scorer = full if full in names else f"{NEGATED}{full}"
    if scorer not in names:
        raise ClaimError(
            f"there is no metric {name!r}: it is none of this plugin's and no scorer of "
            f"scikit-learn (sklearn.metrics.get_scorer_names() lists them); give "
            f"Metric({name!r}, function, better=...)"
        )
    plain = plain_name(scorer)
    sign = -1.0 if scorer.startswith(NEGATED) else 1.0
    return Metric(plain, Scorer(scorer, sign), direction(sign), "", range_of(plain))


def direction(sign: float) -> Better:
    """Which direction is better in what a scorer multiplies by this sign."""
    return "lower" if sign < 0 else "higher"


def range_of(plain: str) -> tuple[float, float]:
    """The least and the largest value of a scorer, as far as they are known."""
    if plain in RANGES:
        return RANGES[plain]
    if plain.startswith(("roc_auc", "f1", "precision", "recall", "jaccard")):
        return SHARE
    return POSITIVE if plain.endswith(("_error", "_loss", "_deviance")) else EVERYTHING


def by_callable(given: Callable[..., Any]) -> Metric:
    """The metric of a scorer object, of a function of scikit-learn, or of `f(model, x, y)`."""
    inner = getattr(given, "_score_func", None)
    if inner is not None:
        sign = float(getattr(given, "_sign", 1))
        name = name_of_function(inner)
        return Metric(name, Own(given, sign), direction(sign), "", range_of(name))
    word = str(getattr(given, "__name__", type(given).__name__))
    if len(required(given)) == 3:
        raise ClaimError(
            f"{word} takes a model, rows and labels; say which direction is better, as in "
            f"metric=Metric({word!r}, sklearn.metrics.make_scorer(...), better='higher')"
        )
    ending = word.rpartition("_")[2]
    if ending in ("loss", "error", "deviance"):
        return Metric(name_of_function(given), given, "lower", "", range_of(word))
    if str(getattr(given, "__module__", "")).startswith("sklearn.") and ending == "score":
        return Metric(
            name_of_function(given), given, "higher", "", range_of(name_of_function(given))
        )
    raise ClaimError(
        f"whether a lower or a higher {word} is better is not known; say "
        f"metric=Metric({word!r}, {word}, better='higher') or better='lower'"
    )


def name_of_function(function: Any) -> str:
    """The name of a scoring function as its scorer is called."""
    return str(getattr(function, "__name__", type(function).__name__)).removesuffix("_score")


def required(function: Callable[..., Any]) -> list[str]:
    """The names of the arguments that a function must be given."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind in positional]


def value(metric: Metric, model: Any, x: Any, y: Any) -> float:
    """The metric of a fitted model on test rows x with labels y."""
    function = metric.function
    assert function is not None
    if isinstance(function, (Scorer, Own)):
        return function(model, x, y)
    if hasattr(function, "_score_func"):
        return float(function(model, x, y)) * float(getattr(function, "_sign", 1))
    return float(function(y, answers(metric, model, x)))


def answers(metric: Metric, model: Any, x: Any) -> Any:
    """What a metric takes of a model beside the labels."""
    if metric.needs == "labels":
        return model.predict(x)
    if metric.needs == "decisions":
        return model.decision_function(x)
    shares = model.predict_proba(x)
    return shares[:, 1] if shares.shape[1] == 2 else shares


def methods_needed(metric: Metric) -> tuple[str, ...]:
    """The methods of a model of which a metric needs one."""
    if isinstance(metric.function, Scorer):
        scorer: Any = library().get_scorer(metric.function.scorer)
    else:
        scorer = getattr(metric.function, "scorer", metric.function)
    if hasattr(scorer, "_score_func"):
        found = getattr(scorer, "_response_method", "predict")
        return (found,) if isinstance(found, str) else tuple(found)
    own = {"labels": "predict", "probabilities": "predict_proba", "decisions": "decision_function"}
    return (own[metric.needs],)
