"""The hundred: which frames are hard for the model, and which of all frames are drawn for labelling."""
