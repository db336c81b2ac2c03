"""TODO docstring."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from ..devices.hardware import blas, instructions, processor

if TYPE_CHECKING:
    from .format import Record


def profile_name(profile: Mapping[str, Any]) -> str:
    """The name of a profile, as the folders of a ledger have it."""
    determinism = "deterministic" if profile["deterministic"] else "nondeterministic"
    parts = (profile["device"], profile["architecture"], profile["dtype"], determinism)
    return "-".join((*parts, profile["tier"]))


LIBRARIES = ("numpy", "scipy", "scikit-learn", "scikit-learn-intelex", "torch", "pytest-scaling")
OF_TRIALS = {"tf32": False, "threads": 1}  # as trials/worker.py sets them


@cache
def libraries() -> dict[str, str]:
    """Versions of the libraries that are installed, found without importing them."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def environment(device: str = "cpu") -> Record:
    """What the numbers were computed with; no host name and no time of day."""
    from ..devices.hardware import facts

    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": processor(),
        "instructions": instructions(),
        "blas": blas(),
        "libraries": dict(libraries()),
        **(
            {}
            if device == "cpu"
            else {"accelerator": facts(device) | {"tf32": False, "threads": 1}}
        ),
    }


@dataclass(frozen=True)
class Profile:
    """The kind of environment in which verdicts are comparable."""

    device: str
    architecture: str
    tier: str
    dtype: str = "float32"
    deterministic: bool = True

    @property
    def name(self) -> str:
        """A directory name, for example cpu-x86_64-float32-deterministic-quick."""
        determinism = "deterministic" if self.deterministic else "nondeterministic"
        return "-".join((self.device, self.architecture, self.dtype, determinism, self.tier))

    def as_dict(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "architecture": self.architecture,
            "dtype": self.dtype,
            "deterministic": self.deterministic,
            "tier": self.tier,
        }
