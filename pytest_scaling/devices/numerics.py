"""The global state that numeric code reads: threads, precision, determinism, random numbers.

For a test it is set and restored; a trial always finds the same state, whatever ran before in its
process. Libraries that nobody has imported are not: a test that computes nothing does not pay for
torch.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .kinds import in_use

DTYPES = ("float16", "bfloat16", "float32", "float64")
LENIENT, WARNING, STRICT = range(3)  # torch's numbers for what it does about nondeterminism

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "",  # the kernels that fit the processor, whatever the shell asks for
    "MKL_CBWR": "AUTO",  # the same sums wherever an array happens to lie in memory
    "PYTHONHASHSEED": "0",  # sets of strings iterate alike in every process
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # deterministic matrix products on CUDA
    "TORCHINDUCTOR_DETERMINISTIC": "1",  # for a learner that compiles
    "MALLOC_MMAP_THRESHOLD_": str(2**25),  # bytes: what glibc reaches by itself, unless something,
    "MALLOC_TRIM_THRESHOLD_": str(2**26),  # like Dask, has freed memory given back at once
}
"""Environment of a worker process, set before anything is imported there."""

Flag = tuple[Any, str, Any]
"""An attribute of torch: the object, the attribute's name and its value."""


@dataclass(frozen=True)
class Numerics:
    """The state that numeric code should find.

    seed: of Python, numpy and torch, on all devices. deterministic: let torch use deterministic
    algorithms only. tf32: let matrix products on CUDA round their inputs to 19 bits. dtype: of
    torch tensors that name none. threads: of torch, or None for as many as there are.
    """

    seed: int
    deterministic: bool = True
    tf32: bool = False
    dtype: str = "float32"
    threads: int | None = None


@contextlib.contextmanager
def numerics(state: Numerics, *, needs_torch: bool = False) -> Iterator[None]:
    """Set the state of Python, and of numpy and torch, and restore it.

    Libraries that are not loaded yet have their state as soon as they are. needs_torch: import
    torch if necessary.
    """
    if needs_torch:
        import torch  # noqa: F401 - found among the loaded modules below
    with contextlib.ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        random.seed(state.seed)
        late: dict[str, Callable[[Any], None]] = {}
        for name, set_state in (("numpy", numpy_state), ("torch", torch_state)):
            prepare = partial(set_state, wanted=state, afterwards=stack.callback)
            if name in sys.modules:
                prepare(sys.modules[name])
            else:
                late[name] = prepare
        if late:
            finder = Late(late)
            sys.meta_path.insert(0, finder)
            stack.callback(sys.meta_path.remove, finder)
        yield


@dataclass(frozen=True)
class Late(MetaPathFinder):
    """Finds modules as the other finders do, and calls something with each once it is loaded."""

    then: dict[str, Callable[[Any], None]]

    def find_spec(
        self, fullname: str, path: Any, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.then:
            return None
        others = (each for each in sys.meta_path if each is not self)
        found = (each.find_spec(fullname, path, target) for each in others)
        spec = next(filter(None, found), None)
        if spec is not None and spec.loader is not None:
            load, then = spec.loader.exec_module, self.then.pop(fullname)

            def load_and(module: ModuleType) -> None:
                load(module)
                then(module)

            vars(spec.loader)["exec_module"] = load_and  # of this one loader, for this one module
        return spec


@dataclass
class Generators:
    """The random number generators of a test: what they are about to draw, kept and put back."""

    seed: int
    put_back: list[Callable[[], object]] = field(default_factory=list)

    def keep(self) -> None:
        """Keep the states of all generators that are there."""
        self.put_back = [partial(random.setstate, random.getstate())]
        if "numpy" in sys.modules:
            luck = sys.modules["numpy"].random
            self.put_back.append(partial(luck.set_state, luck.get_state()))
        if "torch" in sys.modules:
            torch = sys.modules["torch"]
            state = torch.random.get_rng_state()
            self.put_back += [
                partial(torch.manual_seed, self.seed),  # also of devices that nobody has used yet
                partial(torch.random.set_rng_state, state),
            ]
            self.put_back += device_generators(torch)

    def restore(self) -> None:
        """Put back what was kept."""
        for each in self.put_back:
            each()


def numpy_state(numpy: Any, wanted: Numerics, afterwards: Callable[..., object]) -> None:
    """Set numpy's generator; `afterwards` gets what restores it."""
    luck = numpy.random
    afterwards(luck.set_state, luck.get_state())
    luck.seed(wanted.seed % 2**32)


def torch_state(torch: Any, wanted: Numerics, afterwards: Callable[..., object]) -> None:
    """Set torch's flags and generators; `afterwards` gets what restores each of them."""
    afterwards(torch.random.set_rng_state, torch.random.get_rng_state())
    for put_back in device_generators(torch):
        afterwards(put_back)
    torch.manual_seed(wanted.seed)
    afterwards(set_determinism, torch, torch.get_deterministic_debug_mode())
    set_determinism(torch, STRICT if wanted.deterministic else LENIENT)
    afterwards(torch.set_default_dtype, torch.get_default_dtype())
    torch.set_default_dtype(getattr(torch, wanted.dtype))
    afterwards(torch.set_num_threads, torch.get_num_threads())
    if wanted.threads is not None:
        torch.set_num_threads(wanted.threads)
    cudnn = torch.backends.cudnn
    for name, value in (("benchmark", False), ("deterministic", wanted.deterministic)):
        afterwards(setattr, cudnn, name, getattr(cudnn, name))
        setattr(cudnn, name, value)
    for backend in (torch.backends.cuda.matmul, cudnn):
        for flag in set_tf32(backend, wanted.tf32):
            afterwards(setattr, *flag)


def device_generators(torch: Any) -> list[Callable[[], object]]:
    """What puts back the random number generators of the accelerators that are in use."""
    found: list[Callable[[], object]] = []
    for kind, module in in_use(torch):
        every = "_all" if kind.numbered else ""
        state = getattr(module, f"get_rng_state{every}")()
        found.append(partial(getattr(module, f"set_rng_state{every}"), state))
    return found


def set_determinism(torch: Any, mode: int) -> None:
    """Let torch use only deterministic algorithms, by its number for a mode.

    Its function `use_deterministic_algorithms` also imports the compiler behind `torch.compile`, in
    order to set it too, which takes most of a second. So it is called only where that is loaded.
    """
    if "torch._inductor.config" in sys.modules:
        torch.use_deterministic_algorithms(mode != LENIENT, warn_only=mode == WARNING)
    else:
        torch.set_deterministic_debug_mode(mode)


def set_tf32(backend: Any, wanted: bool) -> list[Flag]:
    """Permit or forbid TF32 through whichever of torch's two interfaces is in use.

    Reading the older one raises RuntimeError once somebody has written to the newer one. Returns
    the flags as they were before.
    """
    try:
        before: list[Flag] = [(backend, "allow_tf32", backend.allow_tf32)]
        backend.allow_tf32 = wanted
    except RuntimeError:
        parts = [getattr(backend, name) for name in ("conv", "rnn") if hasattr(backend, name)]
        before = [(each, "fp32_precision", each.fp32_precision) for each in (backend, *parts)]
        for each in (backend, *parts):
            each.fp32_precision = "tf32" if wanted else "ieee"
    return before


@contextlib.contextmanager
def single_threaded() -> Iterator[None]:
    """Run the numeric libraries on one thread, in an order that never varies.

    Denormal numbers are flushed to zero wherever torch is installed, even for learners that do
    not use it: otherwise their bits would depend on whether torch was imported before.
    """
    from threadpoolctl import threadpool_limits

    try:
        import torch
    except ImportError:
        with threadpool_limits(limits=1):
            yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)
