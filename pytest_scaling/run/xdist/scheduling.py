"""Which worker of pytest-xdist runs which test: those of one GPU stay together on one worker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class DeviceScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out the tests of each GPU as one piece, the largest first, and all others one by one.

    Groups are found by the ids that the fixture `device` gives, as in `test_fast[cuda:0]`: the
    controller knows no more of a test than its id.
    """

    def __init__(self, config: pytest.Config, log: Any, accelerators: Iterable[str]) -> None:
        super().__init__(config, log)
        names = "|".join(map(re.escape, accelerators))
        self._on_accelerator = re.compile(rf"\[(?:.*-)?({names})(?:-.*)?\]$")

    def _split_scope(self, nodeid: str) -> str:
        found = self._on_accelerator.search(nodeid)
        return found[1] if found else nodeid

    def remove_node(self, node: Any) -> str | None:
        """Remove a worker. The test that crashed it is not run again, the others are."""
        workload = self.assigned_work.pop(node)
        left = {
            scope: {test: False for test, done in tests.items() if not done}
            for scope, tests in workload.items()
        }
        crashed = next((test for tests in left.values() for test in tests), None)
        if crashed is not None:
            del left[self._split_scope(crashed)][crashed]
        self._give_back({scope: tests for scope, tests in left.items() if tests})
        return crashed

    def mark_test_pending(self, item: str) -> None:
        """Run a test again, as pytest-rerunfailures asks after a crash."""
        self._give_back({self._split_scope(item): {item: False}})

    def _give_back(self, work: dict[str, dict[str, bool]]) -> None:
        for scope, tests in work.items():
            self.workqueue.setdefault(scope, {}).update(tests)
        for node in self.assigned_work:
            self._reschedule(node)
