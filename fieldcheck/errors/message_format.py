"""Remedies: what a person does next, as data that each door tells in its own terms.

On the terminal it is the command to type, in the window and in the report the screen and the
button. A sentence leaves room for it as `{remedy}` at its end; where a door has no way, nothing
stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from fieldcheck.i18n.language import Msgid, msgid, tr, tr_msgid

Audience = Literal["terminal", "window"]

# As with the language that is spoken: a report that is made in a thread of its own leaves the
# terminal's words alone.
_audience: ContextVar[Audience] = ContextVar("door", default="window")


@dataclass(frozen=True, slots=True)
class Remedy:
    """`command` is typed after `fieldcheck`; `location` is the screen, with the part of it or the
    button; None where no screen does it."""

    command: str
    location: Msgid | None


REMEDIES = {
    "benchmark": Remedy("benchmark set", msgid("Project, “Benchmark”")),
    "cameras": Remedy("cameras", msgid("Capture, camera list")),
    "fix": Remedy("fix", msgid("Explore, “Fix search”")),
    "footage": Remedy("import", msgid("Capture, “Import video files”")),
    "help": Remedy("--help", None),
    "label": Remedy("label set", msgid("Label")),
    "labels": Remedy("label import", msgid("Pick, “Import labels…”")),
    "limits": Remedy("limits", msgid("Project, “Limits”")),
    "look": Remedy("look show", msgid("Explore, “Label review”")),
    "model": Remedy("model set", msgid("Project, “Model”")),
    "model_check": Remedy("model check", msgid("Project, “Diagnose model”")),
    "names": Remedy("pick --json", msgid("Pick")),
    "new": Remedy("new", msgid("“New project”")),
    "differences": Remedy("replay --json", None),
    "admin": Remedy("limits", msgid("Evidence, “Admin PIN”")),
    "pack": Remedy("pack", msgid("Evidence, “Create evidence pack”")),
    "people": Remedy("export --with-people", msgid("Explore, Shift+E")),
    "people_export": Remedy(
        "export --with-people", msgid("Evidence, “Include frames with a person”")
    ),
    "people_pack": Remedy("pack --with-people", msgid("Evidence, “Include frames with a person”")),
    "people_split": Remedy(
        "split --with-people", msgid("Evidence, “Include frames with a person”")
    ),
    "people_share": Remedy(
        "share --with-people", msgid("Evidence, “Include frames with a person”")
    ),
    "people_runner": Remedy("latency --export-runner --with-people", msgid("Latency, Shift+E")),
    "pick": Remedy("pick", msgid("Pick")),
    "probe": Remedy("probe", msgid("Stress, “Run OOD test”")),
    "quantise": Remedy("model quantise", None),
    "recipe": Remedy("export --format=recipe", None),
    "repair": Remedy("check --repair", msgid("“Open repaired copy”")),
    "report": Remedy("report", msgid("Report")),
    "run": Remedy("run", msgid("Explore, “Run model”")),
    "runs": Remedy("runs", msgid("Evidence, “Runs”")),
    "run_benchmark": Remedy("run --on benchmark", msgid("Explore, “Run model”")),
    # no picked frame could be judged: sharper footage is the next step
    "unsure": Remedy("import", msgid("Capture, “Import video files”")),
    "thresholds": Remedy("export --format=thresholds", msgid("Stress, key H")),
    "update_back": Remedy("update --back", msgid("Settings, “Switch back”")),
    "update_for_me": Remedy("update --for-me", msgid("Settings, “For this user only”")),
    "stress": Remedy("stress", msgid("Stress, “Run sweep”")),
}


def set_audience(audience: Audience) -> None:
    """From now on, in this thread, remedies are told as this door tells them."""
    _audience.set(audience)


@contextmanager
def use_audience(audience: Audience) -> Iterator[None]:
    """Remedies are told as this door does, inside the block. The report is told as the window."""
    before = _audience.set(audience)
    try:
        yield
    finally:
        _audience.reset(before)


def format_remedy(code: str) -> str:
    """Remedy behind a sentence: ` (`fieldcheck run`)` on the terminal, ` (Explore, “Run the
    model”)` in the window, or nothing."""
    remedy = REMEDIES[code]
    return (
        format_command(f"fieldcheck {remedy.command}")
        if _audience.get() == "terminal"
        else _format_place(remedy)
    )


def format_command(command: str) -> str:
    """A command of another program as a remedy; nothing where no terminal is."""
    return f" (`{command}`)" if _audience.get() == "terminal" else ""


def format_report_remedy(code: str) -> str:
    """The remedy as a report tells it, whichever door wrote it."""
    return _format_place(REMEDIES[code])


def _format_place(remedy: Remedy) -> str:
    return f" ({tr_msgid(remedy.location)})" if remedy.location is not None else ""


# Formatting of error sentences: parts that they share.

LONGEST = 300
MOST_NAMES = 8


def to_one_line(value: object) -> str:
    """A stranger's value on one line: a path, a name, a figure; letters that a terminal would act
    on are replaced."""
    text = "".join(letter if letter.isprintable() else "�" for letter in str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def format_names(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Some names, the first `most` of many."""
    text = ", ".join(to_one_line(name) for name in names[:most])
    more = len(names) - most
    return tr("{names} and {n} more", names=text, n=more) if more > 0 else text


def format_in_brackets(detail: str) -> str:
    """A detail behind a word, or nothing."""
    return f" ({to_one_line(detail)})" if detail else ""
