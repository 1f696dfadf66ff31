"""Evidence: runs that are repeated, seal and packs; how the screen registers itself."""

from __future__ import annotations

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ActionSpec, ScreenHelp, ScreenSpec


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
                "Seal limits, classes and picked frames before the first label. Press G to choose "
                "your own signing key."
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
            tr(
                "Fleet: gaps of many sites, each counted once. With three sites or more, the 95% "
                "CI is for other sites like these."
            ),
        ),
        problems=(
            (
                tr("If a run cannot be reproduced"),
                tr("Read the list of differences: model, card, labels or program version changed."),
            ),
            (tr("If a pack fails verification"), tr("Ask for it again and compare its SHA-256.")),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "evidence.packs",
            tr("Overview: seal, packs and admin PIN"),
            ("1",),
            lambda do: do.switch_part("packs"),
        ),
        ActionSpec("evidence.runs", tr("Saved runs"), ("2",), lambda do: do.switch_part("runs")),
        ActionSpec(
            "evidence.people",
            tr("Labels of two annotators"),
            ("3",),
            lambda do: do.switch_part("people"),
        ),
        ActionSpec(
            "evidence.exports",
            tr("Exports for other tools"),
            ("4",),
            lambda do: do.switch_part("exports"),
        ),
        ActionSpec(
            "evidence.repeat",
            tr("Reproduce the selected run"),
            ("R",),
            lambda do: do.parts["runs"].start_replay(),
        ),
        ActionSpec(
            "evidence.newer", tr("Newer runs"), ("PgUp",), lambda do: do.parts["runs"].step_page(-1)
        ),
        ActionSpec(
            "evidence.older",
            tr("Older runs"),
            ("PgDown",),
            lambda do: do.parts["runs"].step_page(1),
        ),
        ActionSpec(
            "evidence.seal",
            tr("Seal limits, classes and picked frames"),
            ("S",),
            lambda do: do.parts["packs"].create_seal(),
        ),
        ActionSpec(
            "evidence.key",
            tr("Choose signing key"),
            ("G",),
            lambda do: do.parts["packs"].prompt_for_key(),
        ),
        *_list_pack_actions(),
        *_list_fleet_actions(),
    ]


def _list_fleet_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "evidence.fleet",
            tr("Fleet: many sites in one table"),
            ("5",),
            lambda do: do.switch_part("fleet"),
        ),
        ActionSpec(
            "evidence.fleet_open",
            tr("Open fleet"),
            ("O",),
            lambda do: do.parts["fleet"].prompt_for_fleet(),
        ),
        ActionSpec(
            "evidence.fleet_add",
            tr("Add this project to the fleet"),
            ("A",),
            lambda do: do.parts["fleet"].prompt_to_add(),
        ),
        ActionSpec(
            "evidence.fleet_report",
            tr("Show fleet report"),
            ("T",),
            lambda do: do.parts["fleet"].show_report(),
        ),
    ]


def _list_pack_actions() -> list[ActionSpec]:
    return [
        ActionSpec(
            "evidence.pack",
            tr("Create evidence pack"),
            ("K",),
            lambda do: do.parts["packs"].prompt_for_folder(),
        ),
        ActionSpec(
            "evidence.verify",
            tr("Verify evidence pack"),
            ("V",),
            lambda do: do.parts["packs"].prompt_for_pack(),
        ),
        ActionSpec(
            "evidence.pin", tr("Enter admin PIN"), ("P",), lambda do: do.parts["packs"].focus_pin()
        ),
        ActionSpec(
            "evidence.share",
            tr("Split frames between two annotators"),
            ("D",),
            lambda do: do.parts["people"].prompt_for_folder(),
        ),
        ActionSpec(
            "evidence.merge",
            tr("Merge labels from another computer"),
            ("M",),
            lambda do: do.parts["people"].prompt_for_packs(),
        ),
        ActionSpec(
            "evidence.first",
            tr("Accept left label"),
            ("Left",),
            lambda do: do.parts["people"].decide_conflict(second=False),
        ),
        ActionSpec(
            "evidence.second",
            tr("Accept right label"),
            ("Right",),
            lambda do: do.parts["people"].decide_conflict(second=True),
        ),
        ActionSpec(
            "evidence.previous",
            tr("Previous conflict"),
            ("Up",),
            lambda do: do.parts["people"].step_conflict(-1),
        ),
        ActionSpec(
            "evidence.next",
            tr("Next conflict"),
            ("Down",),
            lambda do: do.parts["people"].step_conflict(1),
        ),
        ActionSpec(
            "evidence.export",
            tr("Export selection"),
            ("E",),
            lambda do: do.parts["exports"].prompt_for_folder(),
        ),
    ]


SPEC = ScreenSpec(
    id="evidence",
    package=__name__,
    icon="shield",
    order=10,
    name=lambda: tr("Evidence"),
    help=_make_help,
    actions=_list_actions,
    acts=("label.adjudicate", "label.merge"),
    open_action=lambda: (tr("Go to {screen}", screen=tr("Evidence")), "Ctrl+R"),
)
