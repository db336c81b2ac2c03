"""The commands of `python -m pytest_scaling`, one module each."""
