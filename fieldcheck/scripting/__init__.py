"""The door for scripts and notebooks: the verbs of the terminal as methods of a project, their answers as dataclasses."""
