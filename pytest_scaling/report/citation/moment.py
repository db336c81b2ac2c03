"""Moments of a recording, and links that start there."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

UNSAFE = re.compile(r"[^!#-;=?-\[\]_a-z~]")  # letters that no address has, as they must be escaped
YOUTUBE = ("youtube.com", "m.youtube.com", "youtu.be")


def start(time: str) -> int:
    """The beginning of a moment or span such as "05:01-05:17", in seconds."""
    minutes, seconds = time.partition("-")[0].split(":")
    return 60 * int(minutes) + int(seconds)


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
