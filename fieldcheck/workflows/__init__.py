"""Workflows: all that a person can ask for, in one room for each thing people do: the only code that window and terminal share."""
