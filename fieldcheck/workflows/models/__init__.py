"""Models and their benchmark: taken in, checked, run over frames, quantised, compared and gated."""
