"""Adapters: what users have already, as the plugin takes it."""
