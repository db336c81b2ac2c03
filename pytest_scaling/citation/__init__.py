"""Citations of a verdict: key, sentence, BibTeX, CSL-JSON, and how to reproduce it."""

from .bibtex import bibtex
from .citation import Citation, cite
from .csl import csl
from .key import Key, KeyFault, Mention, mentions
from .project import Place, Project

__all__ = [
    "Citation",
    "Key",
    "KeyFault",
    "Mention",
    "Place",
    "Project",
    "bibtex",
    "cite",
    "csl",
    "mentions",
]
