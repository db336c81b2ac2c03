"""Whether the run has claims, asked without loading what it takes to hear them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from .session import Session


def heard(config: pytest.Config) -> Session | None:
    """The session, where the run has claims."""
    if "pytest_scaling.session" not in sys.modules:
        return None
    from .session import SESSION

    return config.stash.get(SESSION, None)
