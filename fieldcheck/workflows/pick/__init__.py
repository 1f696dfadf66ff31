"""The hundred: how hard frames look, the draw with known probabilities, and changes to it before labelling."""
