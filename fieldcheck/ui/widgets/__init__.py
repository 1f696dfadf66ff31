"""Widgets that more than one screen uses; they show what they are told and know no project."""
