"""Statistics: estimates, intervals, weights, bootstrap and tests."""
