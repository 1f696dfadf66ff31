"""Latency: how long a frame takes on this machine, measured and drawn while it is."""
