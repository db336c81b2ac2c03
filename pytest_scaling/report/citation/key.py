"""Citation keys, which name a verdict so that a later reader can ask whether it still holds.

A key is `pytest-scaling:CLAIM:VERDICT:PROFILE:DIGEST`, as in

    pytest-scaling:large-dominates:supported:cpu-x86_64-float32-deterministic-quick:18bf8b0122b3

It has no letter that Markdown, HTML, LaTeX, BibTeX or a URL would have to escape, except the
underscore, which may follow a backslash. So it can be a BibTeX key, pandoc's `[@key]`, the end of
a link, a comment, or plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from ...ledger.environment import Profile
from ...ledger.format import Record

PREFIX = "pytest-scaling"
DIGITS = 12  # of the digest: two records of one claim agree in them by chance once in 10^14
VERDICTS = ("supported", "refuted", "inconclusive")
NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
WHOLE = re.compile(
    rf"{PREFIX}:(?P<claim>{NAME}):(?P<verdict>{'|'.join(VERDICTS)})"
    rf":(?P<profile>\w+(?:-\w+)*):(?P<digest>[0-9a-f]{{{DIGITS}}})"
)
BEGUN = re.compile(rf"(?<![\w-]){PREFIX}:{NAME}:[\w:-]*")


class KeyFault(ValueError):
    """A text that should be a citation key is not one."""


@dataclass(frozen=True)
class Key:
    """One verdict on one claim in one profile, from the record of a digest."""

    claim: str
    verdict: str
    profile: str
    digest: str

    @classmethod
    def of(cls, record: Record) -> Key:
        """The key of a record; KeyFault where it has no verdict."""
        if record["verdict"] not in VERDICTS:
            raise KeyFault(f"claim {record['claim']['id']!r} is {record['verdict']}")
        return cls(
            record["claim"]["id"],
            record["verdict"],
            Profile.of(record).name,
            record["digest"][:DIGITS],
        )

    @classmethod
    def read(cls, text: str) -> Key:
        """The key in a text; KeyFault where the text is not a key."""
        found = WHOLE.fullmatch(text)
        if not found:
            raise KeyFault(f"{text!r} is not a complete citation key")
        return cls(**found.groupdict())

    def __str__(self) -> str:
        return ":".join((PREFIX, self.claim, self.verdict, self.profile, self.digest))


@dataclass(frozen=True)
class Mention:
    """What looks like a citation key in a text, and the line that it is on, from 1."""

    line: int
    text: str


def mentions(text: str) -> Iterator[Mention]:
    """Every citation key in Markdown, HTML, LaTeX, BibTeX or plain text, each once per line.

    A key is on one line. Text that begins like a key and is cut short is included.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        plain = unquote(line).replace(r"\_", "_").replace(r"\-", "-")
        for found in dict.fromkeys(BEGUN.findall(plain)):
            yield Mention(number, found.rstrip(":-"))
