"""What is above the claims: title, author, the run in a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...ledger.controls import NOT_APPLICABLE, NOT_RUN, SUPPORTED_TOO, UNDECIDED
from ...ledger.registration.standing import standings
from .. import words
from .badge import Badge
from .cards import Card, everyone

MOST_NAMED = 2  # claims that fail and are named in the first sentences
OPEN = {
    UNDECIDED: "is undecided",
    NOT_APPLICABLE: "does not apply here",
    NOT_RUN: "was not run",
}


def title(heads: Sequence[Card]) -> str:
    """Named after the source that all claims share, where they do."""
    only = source_title(heads)
    return f"“{only}”, put to the test" if only else "Claims and their verdicts"


def source_title(heads: Sequence[Card]) -> str:
    """Of the source that all claims share; else empty."""
    return shared(heads, "title")


def shared(heads: Sequence[Card], name: str) -> str:
    """The title, author or url that the sources of all claims share; empty where they differ."""
    found = {(each.record["claim"]["source"] or {}).get(name, "") for each in heads}
    return str(found.pop()) if len(found) == 1 else ""


def counts(heads: Sequence[Card]) -> list[tuple[Badge, int]]:
    """How many claims have which verdict, those that occur."""
    claims = [each for each in heads if each.control]
    numbers = Counter(each.badge.word for each in claims)
    return [(Badge(word), numbers[word]) for word in words.VERDICTS if numbers[word]]


def lead(heads: Sequence[Card]) -> str:
    """The run in some sentences."""
    return " ".join((holding(heads), *findings(heads)))


def holding(heads: Sequence[Card]) -> str:
    """How many claims hold, as in "19 of 27 claims hold."."""
    claims = [each for each in heads if each.control]
    if not claims:
        return "No claim was run."
    if len(claims) == 1:
        return f"The claim {words.VERBS[claims[0].badge.word][0]}."
    good = sum(each.badge.word == "supported" for each in claims)
    return f"{good:,} of {len(claims):,} claims hold."


def findings(heads: Sequence[Card]) -> list[str]:
    """What else there is to say: what fails, and the remarks on all claims."""
    refuted = failing(heads)
    if not refuted or is_alone(heads):
        return remarks(heads)
    named = words.join([f"“{each.text}”" for each in refuted])
    few = len(refuted) <= MOST_NAMED
    return [f"{number_failing(heads)}{f': {named}' if few else ''}.", *remarks(heads)]


def failing(heads: Sequence[Card]) -> list[Card]:
    """The claims that are refuted."""
    return [each for each in heads if each.control and each.badge.word == "refuted"]


def number_failing(heads: Sequence[Card]) -> str:
    """As in "One fails"; empty of a single claim, of which it has been said."""
    number = len(failing(heads))
    verb = words.VERBS["refuted"][number != 1]
    return "" if is_alone(heads) else f"{words.number_word(number).capitalize()} {verb}"


def is_alone(heads: Sequence[Card]) -> bool:
    """Whether there is one claim only."""
    return sum(each.control is not None for each in heads) == 1


def remarks(heads: Sequence[Card]) -> list[str]:
    """How many claims are open or not applicable, what their controls say, and fresh seeds."""
    claims = [each for each in heads if each.control]
    rest = [
        f"{number_of([each for each in claims if each.badge.word == word])} {said}"
        for word, said in (("inconclusive", "open"), ("not applicable", "not applicable"))
        if any(each.badge.word == word for each in claims) and not is_alone(heads)
    ]
    told = [f"{words.capital('; '.join(rest))}."] if rest else []
    return [*told, *of_controls(heads), *on_fresh_seeds(claims)]


def number_of(claims: Sequence[Card]) -> str:
    """As in "five are"."""
    return f"{words.number_word(len(claims))} {'is' if len(claims) == 1 else 'are'}"


def of_controls(heads: Sequence[Card]) -> list[str]:
    """How many controls came out as they must, and the claims that hold without that."""
    controls = [each for each in everyone(heads) if each.control is None]
    good = sum(each.badge.word == "refuted" for each in controls)
    told = [f"{good:,} of {len(controls):,} controls failed, as they must."]
    if len(controls) == 1:
        told = ["The control failed, as it must." if good else "The control did not fail."]
    claims = [each for each in heads if each.control]
    if fooled := sum(each.control is SUPPORTED_TOO for each in claims):
        subject = f"{words.count(fooled, 'claim').capitalize()} {'is' if fooled == 1 else 'are'}"
        told.append(f"{subject} not trustworthy: the control is supported too.")
    doubts = Counter(each.control for each in claims if each.doubt)
    del doubts[SUPPORTED_TOO]
    for status, is_open in OPEN.items():
        if number := doubts[status]:
            subject = (
                f"{words.count(number, 'claim').capitalize()} {'holds' if number == 1 else 'hold'}"
            )
            told.append(f"{subject} with a control that {is_open}.")
    return told if controls or len(told) > 1 else []


def on_fresh_seeds(claims: Sequence[Card]) -> list[str]:
    """How many claims were confirmed, where any was registered."""
    told = [f"{words.number_word(n)} {status}" for status, n in standings(e.record for e in claims)]
    return [f"On fresh seeds, {', '.join(told)}."] if told else []


def source_line(heads: Sequence[Card]) -> str:
    """Where claims and figures come from, for the foot of the slide."""
    shown = everyone(heads)
    sources = dict.fromkeys(each.source for each in shown if each.source)
    profiles = [each.record["profile"] for each in shown]
    devices = dict.fromkeys(str(each["device"]) for each in profiles if each.get("device"))
    tiers = dict.fromkeys(f"{each['tier']} tier" for each in profiles if each.get("tier"))
    measured = "Measured with " + ", ".join(["pytest-scaling", *devices, *tiers])
    return " · ".join([f"Claims: {'; '.join(sources)}", measured] if sources else [measured])
