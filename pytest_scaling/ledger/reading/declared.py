"""Rows whose claims declared how many statements their bodies join, before these were counted.

Their bodies ended at the first comparison that did not hold. They are evaluated as they were, so
that a row can be verified until it is measured again.
"""

from __future__ import annotations

from ...trials.identity import sha256
from ..format import Record
from ..protocol import Protocol


def declared_in(row: Record) -> int | None:
    """The number that a row declares, or None where the statements were counted."""
    declared: int | None = row["protocol"]["claim"].get("parts")
    return declared


def as_declared(protocol: Protocol, parts: int | None) -> Protocol:
    """The protocol in the form of a row that declares its statements, unless it declares none."""
    if parts is None:
        return protocol
    content = {key: value for key, value in protocol.items() if key != "hash"}
    content["claim"] = {**content["claim"], "parts": parts}
    content["cells"] = [
        {key: value for key, value in cell.items() if key != "statements"}
        for cell in content["cells"]
    ]
    return content | {"hash": sha256(content)}
