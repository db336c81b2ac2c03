"""The environment of a record: its profile, and the machine and libraries that made it."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..devices.hardware import blas, facts, instructions, processor
from .format import Record

LIBRARIES = ("numpy", "scipy", "scikit-learn", "scikit-learn-intelex", "torch", "pytest-scaling")


@dataclass(frozen=True)
class Profile:
    """The kind of environment in which verdicts are comparable."""

    device: str
    architecture: str
    tier: str
    dtype: str = "float32"
    deterministic: bool = True

    @classmethod
    def of(cls, record: Record) -> Profile:
        """The profile that a record was made in."""
        return cls(**record["profile"])

    @property
    def name(self) -> str:
        """A directory name, for example cpu-x86_64-float32-deterministic-quick."""
        determinism = "deterministic" if self.deterministic else "nondeterministic"
        return "-".join((self.device, self.architecture, self.dtype, determinism, self.tier))

    def as_dict(self) -> dict[str, Any]:
        """The profile as a record holds it."""
        return asdict(self)


def tier_in(profile: str) -> str:
    """The tier that the name of a profile ends with."""
    return profile.rpartition("-")[2]


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


def environment(device: str = "cpu") -> dict[str, Any]:
    """What the numbers were computed with; no host name and no time of day."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": processor(),
        "instructions": instructions(),
        "blas": blas(),
        "libraries": dict(libraries()),
    }
    if device != "cpu":
        found["accelerator"] = facts(device) | {"tf32": False, "threads": 1}  # as workers set them
    return found
