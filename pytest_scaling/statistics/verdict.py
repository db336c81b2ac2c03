"""The three answers that a claim can get."""

import enum


class Verdict(enum.StrEnum):
    """What the evidence says about a statement; the value is the word that records carry."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"

    def __str__(self) -> str:
        return self.value
