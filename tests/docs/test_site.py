"""The built site needs no other host, and each of its links leads on: `python -m tox -e docs`."""

import os
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(os.environ.get("SITE", "site"))
pytestmark = pytest.mark.skipif("SITE" not in os.environ, reason="run by `python -m tox -e docs`")

FETCHED = {"link": "href"}  # by the browser as it shows a page; elsewhere what `src` names
NO_FETCH = {"author", "next", "prev", "search", "index"}  # kinds of <link> that it does not follow


class Page(HTMLParser):
    """The links of a page, what it fetches to be shown, and the anchors that it has."""

    def __init__(self, path):
        super().__init__()
        self.links, self.fetched, self.anchors = set(), set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if id := named.get("id"):
            self.anchors.add(id)
        if tag == "a" and named.get("href"):
            self.links.add(named["href"])
        elif not {*(named.get("rel") or "").split()} & NO_FETCH:
            self.fetched.add(named.get(FETCHED.get(tag, "src")))


@cache
def pages():
    """Every page of the documentation, by its path."""
    return {
        path.resolve(): Page(path)
        for path in SITE.rglob("*.html")
        if "report" not in path.relative_to(SITE).parts
    }


def test_there_are_a_front_page_the_documentation_and_the_report():
    front = SITE / "index.html"
    assert (SITE / "report" / "badge.json").is_file()
    assert {"docs/index.html"} == pages()[front.resolve()].links
    assert "../report/index.html" in pages()[(SITE / "docs" / "index.html").resolve()].links


def test_no_page_fetches_anything_from_another_host():
    foreign = {each for page in pages().values() for each in page.fetched if each}
    assert {each for each in foreign if urlsplit(each).netloc} == set()
    styles = [path.read_text(encoding="utf-8") for path in (SITE / "_static").rglob("*.css")]
    assert [
        each for style in styles for each in re.findall(r"url\([\"']?(?:https?:)?//", style)
    ] == []


def test_every_link_within_the_site_leads_to_a_file_and_an_anchor():
    lost = []
    for path, page in pages().items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages().get(target)
            anchors = known.anchors if known else ()
            if not target.exists() or (known and parts.fragment not in ("", *anchors)):
                lost.append(f"{path.name}: {link}")
    assert lost == []
