"""Comes before torch on the path: these trials need none, and start sooner without."""

raise ImportError("torch is hidden from this test")
