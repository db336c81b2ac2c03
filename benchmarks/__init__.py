"""What is fast, and against what: each module is a command, `python -m benchmarks.NAME`."""
