"""The path of a site visit: how far each step is, in a mark and a word, and which step comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.standing import Standing

State = Literal["none", "not_yet", "optional", "ready", "going", "done", "look", "failed", "recording"]
MARKS: dict[str, str] = {
    "none": "", "not_yet": "–", "optional": "–", "ready": "→", "going": "", "done": "✓", "look": "▲", "failed": "⬣", "recording": "●",
}  # fmt: skip
REQUIRED = ("project", "capture", "pick", "label", "explore", "report")


@dataclass(frozen=True, slots=True)
class Badge:
    """The second line of a step on the rail. `share`, 0 to 1, draws a thin bar under it."""

    state: State
    text: str
    share: float | None = None

    @property
    def said(self) -> str:
        """Mark and word."""
        return f"{MARKS[self.state]} {self.text}".strip()


def badges(standing: Standing | None, name: str) -> dict[str, Badge]:
    """Every step's badge; `standing` None: no project is open. `name` is the project's."""
    if standing is None:
        closed = dict.fromkeys(("capture", "pick", "label", "explore", "report"), Badge("not_yet", text("not yet")))
        return {"project": Badge("not_yet", text("none open")), **closed, "stress": Badge("optional", text("optional"))}
    return {
        "project": Badge("none", name),
        "capture": _capture(standing),
        "pick": _pick(standing),
        "label": _label(standing),
        "explore": _explore(standing),
        "stress": Badge("done", text("swept")) if standing.n_swept else Badge("optional", text("optional")),
        "report": _report(standing),
    }


def recording_badge(said: str, lost: bool) -> Badge:
    """The step's badge while a camera is recorded: `said` is how long; `lost`: it gives no pictures just now."""
    return Badge("failed", text("camera lost")) if lost else Badge("recording", said)


def next_step(standing: Standing | None) -> str:
    """The first required step that is not done."""
    states = badges(standing, "")
    return next((step for step in REQUIRED[1:] if states[step].state != "done"), "report")


def _capture(standing: Standing) -> Badge:
    if standing.n_recordings == 0:
        return Badge("ready", text("ready"))
    minutes, seconds = divmod(round(standing.seconds), 60)
    if standing.n_open:
        return Badge("look", text("import broken off"))
    return Badge("done", text("{time} of footage").format(time=f"{minutes}:{seconds:02d}"))


def _pick(standing: Standing) -> Badge:
    if standing.n_frames == 0:
        return Badge("not_yet", text("needs frames"))
    if standing.n_picked == 0:
        return Badge("ready", text("ready"))
    return Badge("done", plural("{n} frame", "{n} frames", standing.n_picked).format(n=standing.n_picked))


def _label(standing: Standing) -> Badge:
    if standing.n_picked == 0:
        return Badge("not_yet", text("not yet"))
    said = standing.n_picked - standing.n_left
    if said == 0:
        return Badge("ready", text("ready"))
    of = text("{done} of {all}").format(done=said, all=standing.n_picked)
    return Badge("done", of) if standing.n_left == 0 else Badge("going", of, said / standing.n_picked)


def _explore(standing: Standing) -> Badge:
    if standing.n_labelled == 0 or standing.n_models == 0:
        return Badge("not_yet", text("needs labels") if standing.n_labelled == 0 else text("needs a model"))
    if standing.n_answers < standing.n_benchmark + standing.n_picked:
        return Badge("ready", text("ready"))
    return Badge("done", text("gap measured")) if standing.n_left == 0 else Badge("ready", text("so far"))


def _report(standing: Standing) -> Badge:
    if standing.n_reports:
        return Badge("done", plural("{n} report", "{n} reports", standing.n_reports).format(n=standing.n_reports))
    return Badge("ready", text("ready")) if standing.n_labelled else Badge("not_yet", text("not yet"))
