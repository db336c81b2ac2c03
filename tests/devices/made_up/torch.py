"""Replaces torch: a machine with one made-up CUDA device.

It has what the plugin uses of torch, and no arithmetic. Work for the device is queued by
`torch.cuda.made_up.kernel`.
"""

import random as _luck
import runpy
from pathlib import Path
from types import SimpleNamespace

made_up = runpy.run_path(str(Path(__file__).parents[1] / "fake.py"), run_name="fake")["FakeCuda"]()

__version__ = "0.0.made.up"
version = SimpleNamespace(cuda="12.0", hip=None)
float16, bfloat16, float32, float64 = "float16", "bfloat16", "float32", "float64"
_flags = {"deterministic": 0, "dtype": float32, "threads": 1}

cuda = SimpleNamespace(
    made_up=made_up,
    Event=made_up.event,
    get_rng_state_all=list,
    set_rng_state_all=lambda states: None,
    get_device_properties=lambda device: SimpleNamespace(
        name="Made Up 100", major=9, minor=0, total_memory=8 * 2**30
    ),
    **{
        name: getattr(made_up, name)
        for name in (
            "synchronize",
            "current_stream",
            "is_initialized",
            "device_count",
            "reset_peak_memory_stats",
            "max_memory_allocated",
        )
    },
)
backends = SimpleNamespace(
    mps=SimpleNamespace(is_available=lambda: False),
    cuda=SimpleNamespace(matmul=SimpleNamespace(allow_tf32=False)),
    cudnn=SimpleNamespace(
        allow_tf32=True, benchmark=False, deterministic=False, version=lambda: 90_000
    ),
)
random = SimpleNamespace(get_rng_state=_luck.getstate, set_rng_state=_luck.setstate)


def clock():
    """Seconds of the host, for `--benchmark-timer`."""
    return made_up.clock()


def ones(size, device):
    return SimpleNamespace(sum=lambda: SimpleNamespace(item=lambda: float(size)))


def manual_seed(seed):
    _luck.seed(seed)


def set_deterministic_debug_mode(mode):
    _flags["deterministic"] = mode


def get_deterministic_debug_mode():
    return _flags["deterministic"]


def get_default_dtype():
    return _flags["dtype"]


def set_default_dtype(dtype):
    _flags["dtype"] = dtype


def get_num_threads():
    return _flags["threads"]


def set_num_threads(threads):
    _flags["threads"] = threads
