"""The error of a claim that cannot be judged."""


class ClaimError(ValueError):
    """A claim is written in a way that cannot be judged; the message says why."""
