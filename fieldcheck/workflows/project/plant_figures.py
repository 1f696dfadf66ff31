"""Plant's own figures of a project: defect rate, parts a day and prices, entered once, with who entered them; there is no default."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.plant import PlantFigures
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table

KEY = "plant_figures"
MOST = {"defect_ppm": 1e6, "parts_per_day": 1e9, "cost_escape": 1e9, "cost_reject": 1e9}
"""Largest figure that is taken, by its name."""


def get_plant_figures(project: Project) -> PlantFigures:
    """Those that were entered."""
    known = _read_figures(project)
    who = dict.fromkeys(str(known[name][1]) for name in (*MOST, "currency") if name in known and known[name][1])
    figures = {name: float(known[name][0]) for name in MOST if name in known}
    return PlantFigures(**figures, currency=str(known.get("currency", ("",))[0]), by=tuple(who))


def set_plant_figures(project: Project, figures: Mapping[str, float | str], by: str) -> Changes:
    """These from now on, as one undoable act; others stay. ValueError for a figure that is none, or a currency without three letters."""
    for name, value in figures.items():
        if name == "currency":
            fits = isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha()
        else:
            fits = name in MOST and isinstance(value, int | float) and isfinite(value) and 0 <= value <= MOST[name]
        if not fits:
            raise ValueError(f"no figure of a plant: {name} = {value!r}")
    said = {name: [value.upper() if isinstance(value, str) else value, by.strip()] for name, value in figures.items()}
    return project.edit("limits.set", puts=[settings_table.make_setting_row(KEY, _read_figures(project) | said)])


def _read_figures(project: Project) -> dict[str, list[float | str]]:
    told = project.read(settings_table.list_settings).get(KEY)
    return dict(told) if isinstance(told, dict) else {}
