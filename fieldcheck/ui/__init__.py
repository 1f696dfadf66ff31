"""The window door: screens over the same workflows that the terminal has; the only room that knows
Qt."""
