"""Stress: one frame, what is done to it, what the model sees and what it answers, live."""
