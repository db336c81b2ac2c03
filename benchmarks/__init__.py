"""What is fast, and compared with what: each module is a command, `python -m benchmarks.NAME`."""
