"""How Sphinx builds the site: `python -m tox -e docs`.

The source is the whole checkout, so that links between pages, to claims and to examples are the
same on the site and in the repository. Pages are those that `docs/` has, and some beside it.
"""

import re

project = "pytest-scaling"
author = "The pytest-scaling developers"
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "benchmarks/README.md",
    "claims/README.md",
    "tests/planted/truth.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [
    ".*",
    "**/__pycache__",
    "build",
    "changelog.d",
    "dist",
    "fixtures",
    "pytest_scaling",
    "report",
    "site",
]

myst_heading_anchors = 3  # links to headings are checked, as "page.md#heading"

highlight_language = "text"

html_theme = "furo"
html_title = "pytest-scaling"
html_static_path = ["theme/static"]
html_css_files = ["tables.css"]
html_extra_path = ["theme/front"]  # leads from the root of the site to docs/index.html
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
REPORT = '\n<p><a href="../report/index.html">The report: every claim with its evidence</a></p>\n'


def with_contents(app, name, source):
    """Add what a page lists to the navigation: its links by bold heading, or those beside it."""
    text = source[0]
    if name == root_doc:
        lists = re.findall(r"\*\*(\w[\w -]*)\*\*[^\n]*\n\n((?:- .*\n?)+)", text)
        contents = [(title, re.findall(r"\]\(([^)#]+)\.md", links)) for title, links in lists]
        text = text.replace("<!-- /answers -->", REPORT)
    elif name.endswith("/README"):
        contents = [("", re.findall(r"^\| \[.+?\]\(([\w-]+)\.md\)", text, re.MULTILINE))]
    else:
        return
    for title, pages in filter(lambda each: each[1], contents):
        caption = f":caption: {title}\n" if title else ""
        entries = "\n".join(dict.fromkeys(pages))
        text += f"\n```{{toctree}}\n:hidden:\n{caption}\n{entries}\n```\n"
    source[0] = text


def setup(app):
    app.connect("source-read", with_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
