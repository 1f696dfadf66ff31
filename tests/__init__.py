"""The tests: one folder a room, as in fieldcheck/."""
