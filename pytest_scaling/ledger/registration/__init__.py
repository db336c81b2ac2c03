"""Registrations: what a claim's measurement will be, fixed and committed before it is made."""
