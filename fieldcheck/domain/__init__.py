"""The words of the project: frozen dataclasses that every other room speaks in."""
