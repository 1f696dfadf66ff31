"""Evidence: runs that are repeated, seal and packs; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import ScreenHelp, ScreenSpec
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.ui.screens.evidence import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.evidence.presenter")


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "Audit trail: every run can be reproduced, and an evidence pack can be verified "
            "on another computer."
        ),
        (
            tr(
                "Press R to reproduce a run: all predictions are computed again and compared, "
                "and every difference is listed."
            ),
            tr(
                "Seal limits, classes and sampled frames before the first label. Press G to "
                "choose your own signing key."
            ),
            tr(
                "Press K to create an evidence pack and V to verify one from any project. To "
                "open a pack, press P on the start page."
            ),
            tr(
                "Press D to split the frames between two annotators and M to merge their "
                "labels. Resolve conflicts with the arrow keys."
            ),
        ),
        (
            tr(
                "Scores use the current labels and are shown with their 95% CI. A run replaced by "
                "a newer one has no score."
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    screen = "evidence"
    return [
        ActionSpec("evidence.packs", tr("Overview: seal, packs and admin PIN"), ("1",), screen),
        ActionSpec("evidence.runs", tr("Saved runs"), ("2",), screen),
        ActionSpec("evidence.people", tr("Labels of two annotators"), ("3",), screen),
        ActionSpec("evidence.exports", tr("Exports for other tools"), ("4",), screen),
        ActionSpec("evidence.repeat", tr("Reproduce the selected run"), ("R",), screen),
        ActionSpec("evidence.newer", tr("Newer runs"), ("PgUp",), screen),
        ActionSpec("evidence.older", tr("Older runs"), ("PgDown",), screen),
        ActionSpec("evidence.seal", tr("Seal limits, classes and sampled frames"), ("S",), screen),
        ActionSpec("evidence.key", tr("Choose signing key"), ("G",), screen),
        ActionSpec("evidence.pack", tr("Create evidence pack"), ("K",), screen),
        ActionSpec("evidence.verify", tr("Verify evidence pack"), ("V",), screen),
        ActionSpec("evidence.pin", tr("Enter admin PIN"), ("P",), screen),
        ActionSpec("evidence.share", tr("Split frames between two annotators"), ("D",), screen),
        ActionSpec("evidence.merge", tr("Merge labels from another computer"), ("M",), screen),
        ActionSpec("evidence.first", tr("Accept left label"), ("Left",), screen),
        ActionSpec("evidence.second", tr("Accept right label"), ("Right",), screen),
        ActionSpec("evidence.previous", tr("Previous conflict"), ("Up",), screen),
        ActionSpec("evidence.next", tr("Next conflict"), ("Down",), screen),
        ActionSpec("evidence.export", tr("Export selection"), ("E",), screen),
    ]


SPEC = ScreenSpec(
    id="evidence",
    icon="shield-check-outline",
    order=10,
    name=lambda: tr("Evidence"),
    make=lambda context, header: presenter.build_screen(context, header),
    help=_make_help,
    actions=_list_actions,
    bind_actions=("label.adjudicate", "label.merge"),
    open_action=lambda: (tr("Go to {screen}").format(screen=tr("Evidence")), "Ctrl+R"),
)
