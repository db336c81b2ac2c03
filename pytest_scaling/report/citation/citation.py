"""One verdict, with everything that citing it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...ledger.controls import control_status
from ...ledger.format import Record
from ..words import warned
from .key import Key
from .moment import address, web
from .project import Place
from .reproduce import reproduce
from .sentence import caption, quotable, sentence


@dataclass(frozen=True)
class Origin:
    """What a claim paraphrases; `link` starts at the first moment, empty where it has none."""

    title: str
    author: str
    url: str
    times: tuple[str, ...]

    @property
    def link(self) -> str:
        """The address of the first moment, or of the whole."""
        return address(self.url, self.times[0]) if self.times else web(self.url)

    @property
    def sentence(self) -> str:
        """What the claim paraphrases, with the moments and the link."""
        parts = [self.author, f"“{self.title}”", *self.times, self.link]
        return f"It paraphrases {', '.join(filter(None, parts))}."


@dataclass(frozen=True)
class Citation:
    """A verdict that can be cited.

    Attributes:
        key: what the verdict is cited by, and can be found by.
        title: the claim and its verdict.
        quotable: the verdict in at most 25 words.
        sentence: verdict, effect with interval, seeds, profile, versions; `caption` is the part of
            it that goes below a figure.
        project, url, authors: what the record belongs to, where that is, and whose it is.
        commit, date: of the commit that the record came with; empty where it is not committed.
        origin: what the claim paraphrases, or None.
        reproduce: lines for a shell.
        warned: how often its trainings have warned, by category; empty where none has.
    """

    key: Key
    title: str
    quotable: str
    sentence: str
    caption: str
    project: str
    url: str
    authors: tuple[str, ...]
    commit: str
    date: str
    origin: Origin | None
    reproduce: tuple[str, ...]
    warned: str
    version: str
    digest: str

    @property
    def provenance(self) -> str:
        """Whose record it is and where, and what the claim paraphrases, in a sentence each."""
        by = f" ({' and '.join(self.authors)})" if self.authors else ""
        at = f", commit {self.commit}" if self.commit else ""
        url = f", {web(self.url)}" if web(self.url) else ""
        made = f"Claim record of {self.project}{by}{at}{url}."
        return f"{made} {self.origin.sentence}" if self.origin else made


def cite(record: Record, beside: Sequence[Record], place: Place) -> Citation:
    """The citation of a record; `beside` are the records of its profile, controls among them.

    Raises KeyFault where the record has no verdict.
    """
    claim = record["claim"]
    control = None if claim["control_of"] else control_status(claim["id"], beside)
    return Citation(
        key=Key.of(record),
        title=f"{claim['text'].rstrip('.')}: {record['verdict']}",
        quotable=quotable(record, control),
        caption=caption(record, control),
        sentence=sentence(record, control, place.date),
        project=place.project.name,
        url=place.project.url,
        authors=place.project.authors,
        commit=place.commit,
        date=place.date,
        origin=origin_of(claim["source"]),
        reproduce=reproduce(record, place),
        warned=warned(record),
        version=record["environment"]["libraries"].get("pytest-scaling", ""),
        digest=record["digest"],
    )


def origin_of(source: Record | None) -> Origin | None:
    """What a claim paraphrases, where it names something."""
    if not source:
        return None
    return Origin(source["title"], source["author"], source["url"], tuple(source["times"]))
