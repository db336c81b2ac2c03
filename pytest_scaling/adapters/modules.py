"""Networks of torch as learners: a factory of modules, with a loop of the user's or a plain one."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..spec.errors import ClaimError
from ..spec.forms import described
from ..spec.protocols import Block, Fit, Settings
from .functions import word_of
from .naming import titled
from .scorers import required

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}
UNBATCHED = ("RNN", "LSTM", "GRU")  # layers that torch.func does not batch


def module(
    factory: Callable[..., nn.Module],
    *,
    name: str = "",
    train: Callable[..., Any] | None = None,
    epochs: int = 20,
    batch: int = 32,
    rate: float = 1e-3,
    optimizer: str = "adam",
) -> Module:
    """A network as a learner; every seed makes and trains its own.

    Args:
        factory: makes an untrained module that gives logits (rows, classes); it is called with the
            numbers of features and classes, or as many of them as it requires.
        name: in tables and records, instead of the factory's.
        train: a loop of your own, `train(model, x, y)`, which may also take `seed` and `device`.
            x: (m, features) float32, y: (m,) int64, both on the device. It changes the model, or
            returns another one.
        epochs, batch, rate, optimizer: of the plain loop: cross-entropy, rows in a new order in
            every epoch, "adam", "adamw" or "sgd". All seeds of a block are trained at once where
            torch.func can do so.

    Features are standardised by the training rows. Raises ClaimError where an argument is unfit.
    """
    made = hasattr(factory, "state_dict") and not inspect.isclass(factory)
    if made or not callable(factory):
        raise ClaimError(
            f"{described(factory)} is no factory of networks; give module(lambda: ...), which "
            f"makes a new one for each seed"
        )
    if optimizer not in OPTIMIZERS:
        raise ClaimError(f"there is no optimizer {optimizer!r}; give {', '.join(OPTIMIZERS)}")
    plain = {"epochs": epochs, "batch": batch, "rate": rate, "optimizer": optimizer}
    if train is not None:
        plain = {"loop": word_of(train)}
    return Module(factory, train, plain, name)


class Module:
    """A learner of networks; `loop` has the settings of the plain loop."""

    def __init__(
        self,
        factory: Callable[..., nn.Module],
        train: Callable[..., Any] | None,
        loop: dict[str, Any],
        name: str = "",
    ) -> None:
        self.factory, self.train, self.loop = factory, train, loop
        given = factory.keywords if isinstance(factory, functools.partial) else {}
        self.name = name or titled(word_of(factory), given)

    @property
    def label(self) -> str:
        return self.name

    @property
    def batch_seeds(self) -> bool:
        """Whether seeds may be trained together: not by a loop of the user's."""
        return self.train is None

    def __repr__(self) -> str:
        return f"<the arm {self.name}>"

    def settings(self, task: str, m: int) -> Settings:
        """Those of the plain loop, or the name of the user's."""
        return self.loop

    def fit_predict(self, block: Block, settings: Settings, device: str) -> Fit:
        """Train a network for each seed and give labels and probabilities of the test rows."""
        import numpy as np
        import torch

        x, y, x_test = tensors(block, device)
        models = [self._new(seed, x.shape[2], block.classes, device) for seed in block.seeds]
        check_logits(self.name, models[0], x[0], block.classes)
        models[0].train()  # as the others are
        torch.manual_seed(block.seeds[0])
        if self.train is None and all(can_be_batched(model, x[0]) for model in models):
            logits = self._together(models, x, y, x_test, block.seeds)
        else:
            rows = zip(models, x, y, x_test, block.seeds, strict=True)
            logits = torch.stack([self._alone(*each, device) for each in rows])
        scores = torch.softmax(logits, dim=2).cpu().numpy()
        diverged = ~np.isfinite(scores).all(axis=(1, 2))
        scores[diverged] = 1 / scores.shape[2]
        return Fit(scores.argmax(axis=2), diverged, scores=scores)

    def _new(self, seed: int, features: int, classes: int, device: str) -> nn.Module:
        """An untrained network, the same for the same seed."""
        import torch

        torch.manual_seed(seed)
        needed = len(required(self.factory))
        if needed > 2:
            raise ClaimError(f"the factory of {self.name} may require features and classes alone")
        return self.factory(*(features, classes)[:needed]).to(device)

    def _alone(
        self, model: nn.Module, x: Tensor, y: Tensor, x_test: Tensor, seed: int, device: str
    ) -> Tensor:
        """Logits (N, classes) of one network that is trained by itself."""
        import torch

        torch.manual_seed(seed)
        model.train()
        if self.train is not None:
            taken = inspect.signature(self.train).parameters
            given = {"seed": seed, "device": device}
            named = {name: value for name, value in given.items() if name in taken}
            model = self.train(model, x, y, **named) or model
        else:
            stepper = self._optimizer(list(model.parameters()))
            for rows in orders(len(y), (seed,), self.loop["epochs"], self.loop["batch"]):
                chosen = rows[0].to(x.device)
                step(stepper, cross_entropy(model(x[chosen]), y[chosen]))
        model.eval()
        with torch.no_grad():
            found: Tensor = model(x_test)
        return found

    def _together(
        self,
        models: list[nn.Module],
        x: Tensor,
        y: Tensor,
        x_test: Tensor,
        seeds: tuple[int, ...],
    ) -> Tensor:
        """Logits (seeds, N, classes) of networks whose parameters are trained as one stack."""
        import torch
        from torch.func import functional_call, stack_module_state, vmap

        stacked, buffers = stack_module_state(models)
        parameters = {n: each.detach().requires_grad_() for n, each in stacked.items()}
        shared = models[0].train()

        def forward(one: Any, own: Any, rows: Tensor) -> Any:
            return functional_call(shared, (one, own), (rows,))

        answer = vmap(forward, randomness="different")
        stepper = self._optimizer(list(parameters.values()))
        for rows in orders(y.shape[1], seeds, self.loop["epochs"], self.loop["batch"]):
            chosen = rows.to(x.device)
            xs = torch.stack([each[own] for each, own in zip(x, chosen, strict=True)])
            logits = answer(parameters, buffers, xs)
            targets = torch.gather(y, 1, chosen)
            losses = [cross_entropy(a, b) for a, b in zip(logits, targets, strict=True)]
            step(stepper, torch.stack(losses).sum())
        shared.eval()
        with torch.no_grad():
            found: Tensor = vmap(forward)(parameters, buffers, x_test)
        return found

    def _optimizer(self, parameters: list[Any]) -> torch.optim.Optimizer:
        import torch

        kind = getattr(torch.optim, OPTIMIZERS[self.loop["optimizer"]])
        made: torch.optim.Optimizer = kind(parameters, lr=self.loop["rate"])
        return made


def tensors(block: Block, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Standardised features and labels of a block on a device: float32 and int64."""
    import numpy as np
    import torch

    x = np.asarray(block.x, dtype=np.float64)
    mean, sd = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    sd[sd == 0] = 1.0
    scaled = ((np.asarray(each, dtype=np.float64) - mean) / sd for each in (x, block.x_test))
    found = [torch.tensor(each, dtype=torch.float32, device=device) for each in scaled]
    return found[0], torch.tensor(block.y, dtype=torch.int64, device=device), found[1]


def orders(m: int, seeds: tuple[int, ...], epochs: int, batch: int) -> Any:
    """For every step of training, the rows of each seed's batch: (seeds, rows)."""
    import torch

    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    for _ in range(epochs):
        order = torch.stack([torch.randperm(m, generator=each) for each in streams])
        yield from order.split(batch, dim=1)


def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
    """The mean cross-entropy of logits (rows, classes) and labels (rows,)."""
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits, y)


def check_logits(name: str, model: nn.Module, x: Tensor, classes: int) -> None:
    """ClaimError where a network does not give one logit for each class."""
    import torch

    with torch.no_grad():
        shape = tuple(model.eval()(x[:2]).shape)
    if len(shape) != 2 or shape[1] < classes:
        raise ClaimError(
            f"{name} gives outputs of shape {shape} for 2 rows of {classes} classes, not (2, "
            f"{classes}); let the factory take the numbers of features and classes"
        )


def step(stepper: Any, loss: Tensor) -> None:
    """One step of an optimizer down a loss."""
    stepper.zero_grad(set_to_none=True)
    loss.backward()
    stepper.step()


def can_be_batched(model: nn.Module, x: Tensor) -> bool:
    """Whether torch.func can train several such networks as one: no state but parameters."""
    import torch
    from torch.func import functional_call, stack_module_state, vmap

    kinds = {type(each).__name__ for each in model.modules()}
    if next(model.buffers(), None) is not None or kinds & set(UNBATCHED):
        return False
    parameters, buffers = stack_module_state([model])
    try:
        with torch.no_grad():
            vmap(
                lambda one, own: functional_call(model, (one, own), (x[:2],)),
                randomness="different",
            )(parameters, buffers)
    except RuntimeError:
        return False
    return True
