"""Of which run, or ledger, a page is: tier, device, date and commit; how to cite and repeat it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ....ledger.format import Record
from ... import words
from ...citation.moment import web
from ..cards import Card, everyone
from ..heading import holding, shared, title
from .context import Context

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def facts(heads: Sequence[Card], known: Context) -> list[str]:
    """Short words for the line below the title."""
    profiles = [each.record["profile"] for each in everyone(heads)]
    tiers = dict.fromkeys(f"{each['tier']} tier" for each in profiles if each.get("tier"))
    devices = dict.fromkeys(device(each) for each in profiles if each.get("device"))
    return [each for each in (*tiers, *devices, *when(heads, known)) if each]


def device(profile: Record) -> str:
    """As in "CPU, x86_64"."""
    name = {"cpu": "CPU", "cuda": "CUDA GPU", "mps": "Apple GPU"}.get(profile["device"])
    return ", ".join(filter(None, (name or profile["device"], profile.get("architecture"))))


def when(heads: Sequence[Card], known: Context) -> list[str]:
    """Date and commit of the run, or of the ledger whose rows these are."""
    runs = [each.record.get("run") or {} for each in heads]
    if not any(runs):
        only = known.ledgers[0] if len(known.ledgers) == 1 else None
        return [f"ledger of {day(only.date)}", f"commit {only.commit}"] if only else []
    days = sorted({str(run["started"])[:10] for run in runs if run.get("started")})
    commits = dict.fromkeys(
        f"commit {run['commit'][:7]}{' with changes' if run.get('dirty') else ''}"
        for run in runs
        if run.get("commit")
    )
    return [words.join(list(dict.fromkeys(map(day, days[:1] + days[-1:])))), *commits]


def day(date: str) -> str:
    """A date such as "2026-11-27" as "27 November 2026"; anything else as it is."""
    year, month, number = [*date.split("-"), "", ""][:3]
    if not (year.isdigit() and number.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
        return date
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def address(heads: Sequence[Card]) -> str:
    """Where the source of all claims is on the web; empty where there is not exactly one."""
    return web(shared(heads, "url"))


def citation(heads: Sequence[Card], known: Context) -> str:
    """A sentence that cites the page as a whole."""
    author = shared(heads, "author")
    by = f" ({author})" if author else ""
    measured = ", ".join(["pytest-scaling", *facts(heads, known)])
    return f"{title(heads)}{by}: {holding(heads)[:-1]}. Measured with {measured}."


def command(heads: Sequence[Card]) -> str:
    """What runs all of the claims again; empty where no single command does."""
    cited = [each for each in heads if each.cited] or heads  # the others do not know their place
    commands = {shlex.join(of_all(shlex.split(each.reproduce[-1]))) for each in cited}
    return commands.pop() if len(commands) == 1 else ""


def of_all(parts: Sequence[str]) -> list[str]:
    """The command of one claim without the words that select it."""
    at = parts.index("-k") if "-k" in parts else len(parts)
    return [*parts[:at], *parts[at + 2 :]]
