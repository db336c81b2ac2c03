"""Means over units that belong together in clusters."""
