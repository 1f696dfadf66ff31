"""Pick: how the frames are drawn, and what was drawn, as it may be seen before labelling."""
