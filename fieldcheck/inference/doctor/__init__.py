"""The model doctor: what is wrong between a model, its card and the frames it is meant for."""
