"""Pixels: pure functions, arrays in and arrays out; the only room in which pictures are ever
BGR."""
