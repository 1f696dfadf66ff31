"""Errors in the window: what went wrong and how a person hears of it."""
