"""Moments of a recording, and links that start there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

UNSAFE = re.compile(r"[^!#-;=?-\[\]_a-z~]")  # letters that no address has, as they must be escaped
T = TypeVar("T")
YOUTUBE = ("youtube.com", "m.youtube.com", "youtu.be")


def beginning(times: Sequence[str]) -> str:
    """When the first of some moments or spans begins, as in "05:01"; empty where there is none."""
    return times[0].partition("-")[0] if times else ""


def start(time: str) -> int:
    """The beginning of a moment or span such as "05:01-05:17", in seconds."""
    minutes, seconds = beginning([time]).split(":")
    return 60 * int(minutes) + int(seconds)


def by_source(
    things: Sequence[T], source: Callable[[T], tuple[str, Sequence[str]] | None]
) -> list[T]:
    """Things in the order of their sources and, within one, by time; without a source at the end.

    source: the title and the times of what a thing paraphrases; None where it states none.
    """
    sources = [source(each) for each in things]
    titles = list(dict.fromkeys(each[0] for each in sources if each))

    def place(number: int) -> tuple[int, int]:
        if (stated := sources[number]) is None:
            return len(titles), 0
        title, times = stated
        return titles.index(title), start(times[0]) if times else 0

    return [things[number] for number in sorted(range(len(things)), key=place)]


def web(url: str) -> str:
    """The address where it is one of the web; empty for any other."""
    return url if web_parts(url) else ""


def web_parts(url: str) -> SplitResult | None:
    """The parts of an address of the web; None for anything else, such as javascript."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    good = parts.scheme in ("http", "https") and host and not UNSAFE.search(url)
    return parts if good else None


def address(url: str, time: str) -> str:
    """The link into the recording; only a web address is ever linked.

    YouTube takes the start as a query; elsewhere it is a media fragment (W3C), which players
    that do not know it leave alone.
    """
    parts = web_parts(url)
    if parts is None:
        return ""
    if (parts.hostname or "").removeprefix("www.") in YOUTUBE:
        query = "&".join(filter(None, (parts.query, f"t={start(time)}s")))
        return parts._replace(query=query).geturl()
    return parts._replace(fragment=f"t={start(time)}").geturl()
