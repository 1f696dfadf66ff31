"""Benchmark of inference latency, long enough for heat to show."""
