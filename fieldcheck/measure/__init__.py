"""Measures that several engines share: intervals, tests, boxes, answers and draws, pure functions over arrays."""
