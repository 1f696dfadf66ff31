"""Latency: runs on this machine and on devices."""
