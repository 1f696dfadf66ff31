"""Kinds of output that installed decoder plug-ins read, for who chooses one."""

from __future__ import annotations

from fieldcheck.domain.output_kind import BY_NAME, PLUGIN
from fieldcheck.inference.plugins import list_decoder_plugins


def list_plugin_kinds(task: str) -> tuple[str, ...]:
    """Kinds of plug-ins that carry answers to the task, as a card names them."""
    found = (f"{PLUGIN}{one.name}" for one in list_decoder_plugins())
    return tuple(kind for kind in found if task in BY_NAME[kind].tasks)
