"""The path of a site visit: how far each step is, in a mark and a word, and which step comes next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fieldcheck.ui.registered import list_specs
from fieldcheck.ui.screen_spec import Badge
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus

REQUIRED = tuple(spec.id for spec in list_specs() if spec.requires)
"""The steps that a visit cannot do without, in their order; an open project is what it begins with."""


def make_badges(standing: ProjectStatus | None, name: str) -> dict[str, Badge]:
    """Every step's badge; `standing` None: no project is open. `name` is the project's."""
    return {spec.id: spec.badge(standing, name) for spec in list_specs() if spec.badge is not None}


def exclude_open_imports(standing: ProjectStatus | None, n: int) -> ProjectStatus | None:
    """Status without `n` of the imports that are not closed: they are still coming in."""
    return replace(standing, n_open=max(0, standing.n_open - n)) if standing is not None and n else standing


def make_recording_badge(said: str, lost: bool) -> Badge:
    """The step's badge while a camera is recorded: `said` is how long; `lost`: it gives no pictures just now."""
    return Badge("failed", tr("camera offline")) if lost else Badge("recording", said)


def get_next_step(standing: ProjectStatus | None) -> str:
    """The first required step that is not done; the last one where all are."""
    states = make_badges(standing, "")
    return next((step for step in REQUIRED if states[step].state != "done"), REQUIRED[-1])
