"""What is above the claims: title, author, the run in a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...ledger.controls import SUPPORTED_TOO
from ...ledger.registration.standing import standings
from .. import words
from .badge import ICONS, Badge
from .cards import Card, everyone


def title(heads: Sequence[Card]) -> str:
    """Named after the source that all claims share, where they do."""
    sources = {(each.record["claim"]["source"] or {}).get("title", "") for each in heads}
    only = sources.pop() if len(sources) == 1 else ""
    return f"“{only}”, put to the test" if only else "Claims and their verdicts"


def author(heads: Sequence[Card]) -> str:
    """Of the source that all claims share."""
    authors = {(each.record["claim"]["source"] or {}).get("author", "") for each in heads}
    return str(authors.pop()) if len(authors) == 1 else ""


def counts(heads: Sequence[Card]) -> list[tuple[Badge, int]]:
    """How many claims have which verdict, those that occur."""
    claims = [each for each in heads if each.control]
    numbers = [(Badge(word), sum(each.badge.word == word for each in claims)) for word in ICONS]
    return [(badge, number) for badge, number in numbers if number]


def lead(heads: Sequence[Card]) -> str:
    """The run in a sentence or two."""
    claims = [each for each in heads if each.control]
    if not heads:
        return "No claim was run."
    verdicts = ", ".join(f"{words.number_word(n)} {badge.word}" for badge, n in counts(heads))
    controls = len(everyone(heads)) - len(claims)
    sentence = f"{words.count(len(claims), 'claim').capitalize()}: {verdicts}. " if claims else ""
    failed = sum(each.control is SUPPORTED_TOO for each in claims)
    sentence += f"{words.count(controls, 'control').capitalize()}."
    standing = standings(each.record for each in claims)
    told = [f"{words.number_word(n)} {status}" for status, n in standing]
    if told:
        sentence += f" On fresh seeds, {', '.join(told)}."
    if failed:
        subject = f"{words.count(failed, 'claim').capitalize()} {'is' if failed == 1 else 'are'}"
        sentence += f" {subject} not trustworthy: the control is supported too."
    doubts = Counter(each.doubt for each in claims if each.control is not SUPPORTED_TOO)
    del doubts[""]
    if doubts:
        found = words.join([f"{words.number_word(n)} {each}" for each, n in sorted(doubts.items())])
        sentence += f" Supported with an open control: {found}."
    return sentence


def source_line(heads: Sequence[Card]) -> str:
    """Where claims and figures come from, for the foot of the slide."""
    shown = everyone(heads)
    sources = dict.fromkeys(each.source for each in shown if each.source)
    profiles = [each.record["profile"] for each in shown]
    devices = dict.fromkeys(str(each["device"]) for each in profiles if each.get("device"))
    tiers = dict.fromkeys(f"{each['tier']} tier" for each in profiles if each.get("tier"))
    measured = "Measured with " + ", ".join(["pytest-scaling", *devices, *tiers])
    return " · ".join([f"Claims: {'; '.join(sources)}", measured] if sources else [measured])
