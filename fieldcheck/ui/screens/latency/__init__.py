"""The screen Latency."""
