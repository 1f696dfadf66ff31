"""The model doctor: what may be wrong with a model card, and how it shows."""
