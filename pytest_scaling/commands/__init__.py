"""The commands of `python -m pytest_scaling`, a module each."""
