"""The ledger of the tests of citations, for the tests of the command too."""

from tests.report.citation.conftest import forest, make  # noqa: F401 - fixtures
