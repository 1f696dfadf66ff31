"""What several engines measure with: intervals, tests, boxes, answers and draws, pure functions over arrays."""
