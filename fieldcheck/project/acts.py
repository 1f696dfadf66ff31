"""The acts of a person that can be undone, one entry each: which tables they write, and what they are called.

A new one is a workflow that calls `Project.edit` with its name, an entry here, and its doer in `tests/workflows/every_act.py`, whose state
machine undoes every act in any order: `docs/extending.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from fieldcheck.msgid import Msgid, msgid


@dataclass(frozen=True, slots=True)
class Act:
    """`name`: under which the history keeps it; `tables`: those that it may write; `key`: of an act that only sets a setting, which."""

    name: str
    tables: tuple[str, ...]
    words: Msgid
    key: str = ""


ACTS = (
    Act("classes.set", ("setting",), msgid("classes"), key="classes"),
    Act("clip.cut", ("clip",), msgid("clip cut")),
    Act("clip.join", ("clip",), msgid("clips joined")),
    Act("clip.move", ("clip",), msgid("clip border moved")),
    Act("draft.copy", ("draft",), msgid("boxes copied")),
    Act("draft.delete", ("draft",), msgid("box deleted")),
    Act("draft.draw", ("draft",), msgid("box drawn")),
    Act("draft.flag", ("draft",), msgid("box marked")),
    Act("draft.move", ("draft",), msgid("box moved")),
    Act("draft.name", ("draft",), msgid("class of a box")),
    Act("draft.point", ("draft",), msgid("point set")),
    Act("draft.snap", ("draft",), msgid("box snapped to edges")),
    Act("draft.suggest", ("draft",), msgid("model suggestion accepted")),
    Act("golden.add", ("setting",), msgid("golden set"), key="golden"),
    Act("label.adjudicate", ("label", "repeat", "setting"), msgid("label conflict resolved")),
    Act(
        "label.burst",
        (
            "label",
            "draft",
        ),
        msgid("rest of burst labelled"),
    ),
    Act(
        "label.clear",
        (
            "label",
            "draft",
        ),
        msgid("label undone"),
    ),
    Act("label.import", ("label",), msgid("labels imported")),
    Act("label.merge", ("label", "repeat", "mark"), msgid("labels merged from another annotator")),
    Act(
        "label.set",
        (
            "label",
            "draft",
        ),
        msgid("label"),
    ),
    Act("limits.set", ("setting",), msgid("limits"), key="limits"),
    Act("mark.expert", ("mark",), msgid("flagged for expert")),
    Act("mark.person", ("mark",), msgid("person marked")),
    Act("pair.drop", ("setting",), msgid("image pair removed from report"), key="pairs"),
    Act("pair.keep", ("setting",), msgid("image pair added to report"), key="pairs"),
    Act("pick.add", ("pick",), msgid("frames added")),
    Act("pick.must", ("setting",), msgid("frames required"), key="must"),
    Act("pick.propose", ("pick",), msgid("frame selection")),
    Act("pick.put_back", ("pick",), msgid("frames included again")),
    Act("pick.take_out", ("pick",), msgid("frames excluded")),
    Act("probe.allow", ("setting",), msgid("correct predictions set for OOD images"), key="probe_allow"),
    Act("repeat.plan", ("repeat",), msgid("blind relabelling")),
    Act("repeat.set", ("repeat",), msgid("second label")),
    Act("report.form", ("setting",), msgid("sections and notes of the report"), key="report_form"),
    Act("second_look.clear", ("second_look",), msgid("label review undone")),
    Act("second_look.set", ("second_look",), msgid("label review")),
    Act("site.set", ("setting",), msgid("site and conditions"), key="site"),
    Act("slice.delete", ("slice",), msgid("slice deleted")),
    Act("slice.save", ("slice",), msgid("slice saved")),
    Act("tag.set", ("tag",), msgid("tags")),
)
"""By name, in the order of the alphabet."""

BY_NAME = MappingProxyType({one.name: one for one in ACTS})
