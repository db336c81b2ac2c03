"""TODO docstring."""

from __future__ import annotations

from typing import Any

import pytest

RECORD: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
