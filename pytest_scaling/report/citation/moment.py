"""Moments of a recording, and links that start there."""

from __future__ import annotations

from urllib.parse import urlsplit

YOUTUBE = ("youtube.com", "m.youtube.com", "youtu.be")


def start(time: str) -> int:
    """The beginning of a moment or span such as "05:01-05:17", in seconds."""
    minutes, seconds = time.partition("-")[0].split(":")
    return 60 * int(minutes) + int(seconds)


def address(url: str, time: str) -> str:
    """The link into the recording; only a web address is ever linked.

    YouTube takes the start as a query; elsewhere it is a media fragment (W3C), which players
    that do not know it leave alone.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return ""
    if (parts.hostname or "").removeprefix("www.") in YOUTUBE:
        query = "&".join(filter(None, (parts.query, f"t={start(time)}s")))
        return parts._replace(query=query).geturl()
    return parts._replace(fragment=f"t={start(time)}").geturl()
