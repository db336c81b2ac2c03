"""Who holds a lease: one run of one process, and whether that process has ended."""

from __future__ import annotations

import os
import platform
import uuid


def new_owner() -> str:
    """A name for a run in this process: host, process and a random number."""
    return f"{platform.node()}/{os.getpid()}/{uuid.uuid4().hex}"


def has_ended(holder: str) -> bool:
    """Whether the process of a holder has ended, as far as this host can tell."""
    host, _, rest = holder.partition("/")
    process = rest.partition("/")[0]
    if os.name != "posix" or host != platform.node() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False


LEASE = 30.0  # seconds until a lease that is not renewed lapses
