"""Label: one key, one label, the next frame; blind to the model."""
