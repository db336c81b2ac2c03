"""Files that are either whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

READABLE_BY_ALL = 0o644  # a temporary file is private, a report is not


def write(path: Path, content: str | bytes) -> Path:
    """Put the content at the path in one step, in UTF-8 where it is text; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).chmod(READABLE_BY_ALL)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
