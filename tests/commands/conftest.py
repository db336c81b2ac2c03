"""The ledger that citations are made of serves the tests of its command too."""

from tests.report.citation.conftest import forest, make  # noqa: F401 - fixtures
