"""Labels: one at a time, from files, drawn as boxes, repeated blind, and reviewed where label and model disagree."""
