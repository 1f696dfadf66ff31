"""The report: both sides of the gap, slices and rows, assembled once and written as page, data and sheets."""
