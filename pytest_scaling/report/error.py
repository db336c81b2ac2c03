"""The error of a report that cannot be made."""

from __future__ import annotations


class ReportError(RuntimeError):
    """A report cannot be made; the message says why and what to do."""

    @classmethod
    def missing(cls, library: str) -> ReportError:
        """The error for a library that is not installed."""
        return cls(
            f"a report needs {library}, which is not installed: pip install pytest-scaling[report]"
        )


class FolderError(ReportError):
    """Something in the folder of a report is in the way; nothing was written."""
