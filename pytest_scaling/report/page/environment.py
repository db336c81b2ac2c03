"""Where the records were measured: profiles, machines and libraries. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...ledger.format import Record
from .cards import Card, everyone


@dataclass(frozen=True)
class Setting:
    """One environment and profile, with the claims that were measured in it."""

    facts: tuple[tuple[str, str], ...]
    claims: tuple[str, ...]


def settings(heads: Sequence[Card]) -> list[Setting]:
    """The different environments of a run; mostly there is one."""
    found: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for each in everyone(heads):
        found.setdefault(tuple(facts(each.record).items()), []).append(each.anchor)
    return [Setting(known, tuple(claims)) for known, claims in found.items()]


def facts(record: Record) -> dict[str, str]:
    """Profile and environment of a record, as far as it has them."""
    environment, profile = record["environment"], record["profile"]
    libraries = environment["libraries"]
    known = {
        **{name: str(value) for name, value in sorted(profile.items())},
        "system": f"{environment['system']}, {environment['machine']}",
        "processor": ", ".join(
            filter(None, (environment.get("cpu"), *environment.get("instructions", ())))
        ),
        "linear algebra": environment.get("blas") or "",
        "Python": environment["python"],
        "libraries": ", ".join(f"{name} {libraries[name]}" for name in sorted(libraries)),
        "commit": commit(record.get("run") or {}),
    }
    return {name: value for name, value in known.items() if value}


def commit(run: Record) -> str:
    """The commit of a run, and whether the tree differed from it."""
    name = run.get("commit") or ""
    return f"{name} with changes that were not committed" if name and run.get("dirty") else name
