"""The acts of a person that can be undone, one entry each: which tables they write, and what they are called.

A new one is a workflow that calls `Project.edit` with its name, an entry here, and its doer in `tests/workflows/every_act.py`, whose state
machine undoes every act in any order: `docs/extending.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from fieldcheck.msgid import Msgid, msgid


@dataclass(frozen=True, slots=True)
class EditKind:
    """`name`: under which the history keeps it; `tables`: those that it may write; `key`: of an act that only sets a setting, which."""

    name: str
    tables: tuple[str, ...]
    caption: Msgid
    key: str = ""


ACTS = (
    EditKind("classes.set", ("setting",), msgid("classes"), key="classes"),
    EditKind("clip.cut", ("clip",), msgid("clip cut")),
    EditKind("clip.join", ("clip",), msgid("clips joined")),
    EditKind("clip.move", ("clip",), msgid("clip border moved")),
    EditKind("draft.copy", ("draft",), msgid("boxes copied")),
    EditKind("draft.delete", ("draft",), msgid("box deleted")),
    EditKind("draft.draw", ("draft",), msgid("box drawn")),
    EditKind("draft.flag", ("draft",), msgid("box marked")),
    EditKind("draft.move", ("draft",), msgid("box moved")),
    EditKind("draft.name", ("draft",), msgid("class of a box")),
    EditKind("draft.point", ("draft",), msgid("point set")),
    EditKind("draft.snap", ("draft",), msgid("box snapped to edges")),
    EditKind("draft.suggest", ("draft",), msgid("model suggestion accepted")),
    EditKind("golden.add", ("setting",), msgid("golden set"), key="golden"),
    EditKind("label.adjudicate", ("label", "repeat", "setting"), msgid("label conflict resolved")),
    EditKind(
        "label.burst",
        (
            "label",
            "draft",
        ),
        msgid("rest of burst labelled"),
    ),
    EditKind(
        "label.clear",
        (
            "label",
            "draft",
        ),
        msgid("label undone"),
    ),
    EditKind("label.import", ("label",), msgid("labels imported")),
    EditKind("label.merge", ("label", "repeat", "mark"), msgid("labels merged from another annotator")),
    EditKind(
        "label.set",
        (
            "label",
            "draft",
        ),
        msgid("label"),
    ),
    EditKind("limits.set", ("setting",), msgid("limits"), key="limits"),
    EditKind("mark.expert", ("mark",), msgid("flagged for expert")),
    EditKind("mark.person", ("mark",), msgid("person marked")),
    EditKind("pair.drop", ("setting",), msgid("image pair removed from report"), key="pairs"),
    EditKind("pair.keep", ("setting",), msgid("image pair added to report"), key="pairs"),
    EditKind("pick.add", ("pick",), msgid("frames added")),
    EditKind("pick.must", ("setting",), msgid("frames required"), key="must"),
    EditKind("pick.propose", ("pick",), msgid("frame selection")),
    EditKind("pick.put_back", ("pick",), msgid("frames included again")),
    EditKind("pick.take_out", ("pick",), msgid("frames excluded")),
    EditKind("probe.allow", ("setting",), msgid("correct predictions set for OOD images"), key="probe_allow"),
    EditKind("repeat.plan", ("repeat",), msgid("blind relabelling")),
    EditKind("repeat.set", ("repeat",), msgid("second label")),
    EditKind("report.form", ("setting",), msgid("sections and notes of the report"), key="report_form"),
    EditKind("second_look.clear", ("second_look",), msgid("label review undone")),
    EditKind("second_look.set", ("second_look",), msgid("label review")),
    EditKind("site.set", ("setting",), msgid("site and conditions"), key="site"),
    EditKind("slice.delete", ("slice",), msgid("slice deleted")),
    EditKind("slice.save", ("slice",), msgid("slice saved")),
    EditKind("tag.set", ("tag",), msgid("tags")),
)
"""By name, in the order of the alphabet."""

BY_NAME = MappingProxyType({one.name: one for one in ACTS})
