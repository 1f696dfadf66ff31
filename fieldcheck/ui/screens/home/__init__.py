"""The first screen: sample, new, open and recent projects; with a project open its four cards."""
