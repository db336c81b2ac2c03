"""A process that times one function of one version; only the standard library is imported.

It is run by the Python of that version, which need not have this package: its text is handed to
`python -c`. A line of JSON comes in on the standard input, and one goes out on what was the
standard output; what the function prints goes to the standard error.
"""

from __future__ import annotations

import base64
import copy
import gc
import importlib
import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from typing import Any


def load(call: str, root: str) -> Callable[..., object]:
    """The function "package.module:name", whose module must lie within the root, if any."""
    name, _, path = call.partition(":")
    module = importlib.import_module(name)
    where = os.path.realpath(getattr(module, "__file__", None) or "")
    if root and not where.startswith(os.path.join(os.path.realpath(root), "")):
        raise ImportError(f"{name} is not in this revision; it was imported from elsewhere")
    found: Any = module
    for part in path.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def synchronise() -> None:
    """Wait for a GPU, where the function uses one."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.synchronize()


def seconds(function: Callable[..., object], args: tuple[Any, ...], times: int) -> float:
    """Mean seconds of so many calls in a row, each with a copy of the arguments."""
    copies = [copy.deepcopy(args) for _ in range(times)]
    synchronise()
    before = time.perf_counter()
    for each in copies:
        function(*each)
    synchronise()
    return (time.perf_counter() - before) / times


def answer(asked: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """The answer to one line."""
    if "call" in asked:
        sys.path[:0] = asked["path"]
        state["function"] = load(asked["call"], asked["root"])
        state["args"] = pickle.loads(base64.b64decode(asked["args"]))
        gc.disable()
        return {}
    if "times" in asked:
        spent = seconds(state["function"], state["args"], asked["times"])
        gc.collect()
        return {"seconds": spent}
    result = state["function"](*copy.deepcopy(state["args"]))
    return {"result": base64.b64encode(pickle.dumps(result)).decode()}


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    state: dict[str, Any] = {}
    for line in sys.stdin:
        try:
            said = answer(json.loads(line), state)
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        out.write(json.dumps(said) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
