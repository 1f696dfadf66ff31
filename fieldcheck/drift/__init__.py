"""Drift over shifts: statistics of a shift, control charts that start by themselves, and what an alarm makes one suspect."""
