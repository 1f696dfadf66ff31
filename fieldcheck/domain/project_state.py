"""State of a project: its seal, evidence, counts and progress, and the undoable acts with the rows
they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from fieldcheck.i18n.language import Msgid, msgid, tr_msgid

SealKind = Literal["sealed", "changed", "signed", "admin"]


@dataclass(frozen=True, slots=True)
class SealRecord:
    """One link of the chain. `sealed`: the criteria and the list as they stood; `changed`: the same
    after a change, with which parts; `signed`: an envelope over the records so far; `admin`: a PIN
    was set or taken away. `sha256` is over the link before and this one."""

    kind: SealKind
    at: str
    body: Mapping[str, Any]
    sha256: str

    @property
    def link(self) -> dict[str, Any]:
        """Part of the link that is hashed."""
        return {"at": self.at, "body": dict(self.body), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class SealChange:
    """One criterion that is not what it was when it was sealed: `part` (`tolerance`, `rate_limits`,
    `latency_limit`, `classes`, `ok_classes`, `planned_sample`, `part_rule`), as JSON text before
    and after, when, and who decided it (empty: nobody said)."""

    part: str
    before: str
    after: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class SealState:
    """State of the seal. `at`: when; `n_labels_before`: labels that stood already then, 0 where it
    came before the first key; `signed_by`: ids of keys; `signed_labels`: how many labels stood when
    the first of them signed; `changes` of the criteria since, oldest first; `n_redrawn`: how often
    the list of frames changed since; `admin`: whether a PIN guards the limits."""

    at: str
    n_labels_before: int
    signed_by: tuple[str, ...]
    signed_labels: int | None
    changes: tuple[SealChange, ...]
    n_redrawn: int
    admin: bool


# State of a project's evidence: seal, signature, PIN, stored runs, and frames on which two people
# differ.


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """`sealed`: None before anything was sealed; `guarded`: a PIN guards the limits, `unlocked`: it
    was given here; `n_runs` stored and `n_labels` given; `n_conflicts` frames on which two people
    differ, `n_open` of them that nobody has decided; `n_people` gave a label."""

    sealed: SealState | None
    guarded: bool
    unlocked: bool
    n_runs: int
    n_labels: int
    n_conflicts: int
    n_open: int
    n_people: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether it was sealed before the first label and nothing is other than it was then."""
        return self.sealed is not None and not (
            self.sealed.n_labels_before or self.sealed.changes or self.sealed.n_redrawn
        )


# How far a project is: its counts, and what one line of the list of recent projects says of it.


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Counts; `seconds` of footage, gaps left out. `n_open` recordings whose import was broken off;
    `n_benchmark` pictures of the newest benchmark. `n_answers` of them and of the picks the newest
    model has answered, undisturbed; under `n_swept` corruptions it was tested, and timed in
    `n_timed` runs, of which the newest got slower where `n_slower` is 1. `n_shifts` of it were
    watched, and `n_alarms` wait for somebody to look."""

    n_recordings: int = 0
    n_open: int = 0
    seconds: float = 0.0
    n_frames: int = 0
    n_picked: int = 0
    n_labelled: int = 0
    n_unsure: int = 0
    n_skipped: int = 0
    n_models: int = 0
    n_benchmark: int = 0
    n_answers: int = 0
    n_reports: int = 0
    n_swept: int = 0
    n_timed: int = 0
    n_slower: int = 0
    n_shifts: int = 0
    n_alarms: int = 0

    @property
    def n_left(self) -> int:
        """Picks nobody has said anything about."""
        return self.n_picked - self.n_labelled - self.n_unsure - self.n_skipped


@dataclass(frozen=True, slots=True)
class RecentProject:
    """`changed`: local time of the last change; `thumbnail`: JPEG of a picked frame, empty where
    there is none; `gap`: a fraction of the newest report, None without one or without a gap in it;
    `readiness`: that report's code, empty without one; `verdict`: its word with the reason, in the
    report's language, empty for reports without a reason."""

    path: Path
    changed: datetime
    standing: ProjectStatus
    thumbnail: bytes
    gap: float | None
    readiness: str
    verdict: str = ""


# Changes made by an act: the kinds of rows, and which of them.


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that an act touched: the values of its columns before and now, None where there was
    or is none."""

    kind: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`act` is the edit's name (`label.set`), `kinds` the tables touched, `keys` the rows' keys,
    `row_changes` the rows themselves."""

    act: str
    kinds: frozenset[str] = field(default_factory=frozenset)
    keys: tuple[str, ...] = ()
    row_changes: tuple[RowChange, ...] = field(default=(), compare=False, repr=False)


# The acts of a person that can be undone, one entry each: which tables they write, and what they
# are called.


@dataclass(frozen=True, slots=True)
class EditKind:
    """`name`: under which the history keeps it; `tables`: those that it may write; `key`: of an act
    that only sets a setting, which."""

    name: str
    tables: tuple[str, ...]
    caption: Msgid
    key: str = ""


ACTS = (
    EditKind("acceptance.set", ("setting",), msgid("acceptance"), key="acceptance"),
    EditKind("checklist.set", ("setting",), msgid("checklist"), key="checklist"),
    EditKind("classes.set", ("setting",), msgid("classes"), key="classes"),
    EditKind("clip.cut", ("clip",), msgid("clip split")),
    EditKind("clip.join", ("clip",), msgid("clips merged")),
    EditKind("clip.move", ("clip",), msgid("clip border moved")),
    EditKind("draft.copy", ("draft",), msgid("boxes copied")),
    EditKind("draft.delete", ("draft",), msgid("box deleted")),
    EditKind("draft.draw", ("draft",), msgid("box drawn")),
    EditKind("draft.flag", ("draft",), msgid("box marked")),
    EditKind("draft.move", ("draft",), msgid("box moved")),
    EditKind("draft.name", ("draft",), msgid("class of a box")),
    EditKind("draft.point", ("draft",), msgid("point set")),
    EditKind("draft.snap", ("draft",), msgid("box snapped to object edges")),
    EditKind("draft.suggest", ("draft",), msgid("model suggestion accepted")),
    EditKind("golden.add", ("setting",), msgid("golden set"), key="golden"),
    EditKind("label.adjudicate", ("label", "repeat", "setting"), msgid("label conflict resolved")),
    EditKind("label.burst", ("label", "draft"), msgid("rest of burst labelled")),
    EditKind("label.clear", ("label", "draft"), msgid("label undone")),
    EditKind("label.import", ("label",), msgid("labels imported")),
    EditKind(
        "label.merge",
        ("label", "repeat", "mark", "setting"),
        msgid("labels merged from another annotator"),
    ),
    EditKind("label.set", ("label", "draft"), msgid("label")),
    EditKind("limits.set", ("setting",), msgid("limits"), key="limits"),
    EditKind("mark.expert", ("mark",), msgid("flagged for expert")),
    EditKind("mark.person", ("mark",), msgid("person marked")),
    EditKind("pair.drop", ("setting",), msgid("image pair removed from report"), key="pairs"),
    EditKind("pair.keep", ("setting",), msgid("image pair added to report"), key="pairs"),
    EditKind("parts.set", ("setting",), msgid("parts"), key="parts"),
    EditKind("pick.add", ("pick",), msgid("frames added")),
    EditKind("pick.must", ("setting",), msgid("frames required"), key="must"),
    EditKind("pick.propose", ("pick",), msgid("frame selection")),
    EditKind("pick.put_back", ("pick",), msgid("frames included again")),
    EditKind("pick.take_out", ("pick",), msgid("frames excluded")),
    EditKind(
        "probe.allow",
        ("setting",),
        msgid("correct predictions set for OOD images"),
        key="probe_allow",
    ),
    EditKind("repeat.plan", ("repeat",), msgid("blind relabelling")),
    EditKind("repeat.set", ("repeat",), msgid("second label")),
    EditKind(
        "report.form", ("setting",), msgid("sections and notes of the report"), key="report_form"
    ),
    EditKind("second_look.clear", ("second_look",), msgid("label review undone")),
    EditKind("second_look.set", ("second_look",), msgid("label review")),
    EditKind("site.set", ("setting",), msgid("site and conditions"), key="site"),
    EditKind("slice.delete", ("slice",), msgid("slice deleted")),
    EditKind("slice.save", ("slice",), msgid("slice saved")),
    EditKind("tag.set", ("tag",), msgid("tags")),
)
"""By name, in the order of the alphabet."""

BY_NAME = MappingProxyType({edit_kind.name: edit_kind for edit_kind in ACTS})


# Names of undoable acts: what a person did, in a few words, as the entry of the act says it.


def get_act_names() -> dict[str, str]:
    """Every act there is, by the name under which the history keeps it."""
    return {edit_kind.name: tr_msgid(edit_kind.caption) for edit_kind in ACTS}


def get_act_name(act: str) -> str:
    """One act; its own name where a later version knew it."""
    return tr_msgid(BY_NAME[act].caption) if act in BY_NAME else act
