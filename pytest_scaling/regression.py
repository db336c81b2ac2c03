"""Regression: whether a record still says what its row of the ledger says."""

NOT_COMPARABLE = 6  # exit code where nothing is wrong, and nothing could be compared either
