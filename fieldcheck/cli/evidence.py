"""Commands about evidence: a pack made, verified and opened, and the seal before the first
label."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.cli.values import SEED, existing_project, with_people_option
from fieldcheck.domain.label import SHARED_FRAMES
from fieldcheck.domain.project_state import SealState
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.evidence.merge_labels import LabelConflict

FILE = click.Path(path_type=Path)
KEY = click.option(
    "--key",
    type=FILE,
    default=None,
    metavar="FILE",
    help=("Sign with your Ed25519 key (PKCS #8 or OpenSSH); the key file is not changed."),
)


@define_command("pack")
@existing_project
@click.argument("out", metavar="OUT.fcpack", type=FILE)
@click.option(
    "--recordings",
    is_flag=True,
    help=("Include the original recordings, so that work can continue in the unpacked project."),
)
@click.option(
    "--lang",
    type=click.Choice(["en", "de"]),
    default="en",
    show_default=True,
    help="Language of the summary.",
)
@KEY
@with_people_option
@json_command("pack")
def create_pack_command(
    project: Path,
    out: Path,
    recordings: bool,
    lang: str,
    key: Path | None,
    with_people: bool,
    bar: TerminalProgress,
) -> Answer:
    """Create an evidence pack: database, saved frames, models and all values in one sealed file
    with its own verification program."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.report.evidence_pack import PackOptions, pack_project

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        written = pack_project(
            opened,
            out,
            PackOptions(recordings, key, lang, with_people=with_people),
            bar,
            get_timestamp(),
        )
    document = {
        "project": str(project.resolve()),
        "pack": str(written.pack.resolve()),
        "sha256": written.sha256,
        "n_records": written.n_records,
        "n_figures": written.n_figures,
        "signed_by": written.signed_by or None,
        "people_left_out": written.n_people,
    }
    return Answer(
        document,
        (
            *words.list_pack_lines(
                str(out), written.n_records, written.n_figures, written.signed_by, written.n_people
            ),
            words.describe_verify_command(str(out)),
        ),
    )


@define_command("verify")
@click.argument("pack_file", metavar="PACK", type=FILE)
@json_command("verify")
def verify_pack_command(pack_file: Path, bar: TerminalProgress) -> Answer:
    """Verify a pack: check all hashes and recompute all values from labels and predictions."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.report.evidence_pack import verify_pack

    verify_result = verify_pack(pack_file, bar)
    bad = verify_result.first_bad
    document = {
        "pack": str(pack_file.resolve()),
        "ok": verify_result.ok,
        "n_records": verify_result.n_records,
        "n_figures": verify_result.n_figures,
        "first_bad": None
        if bad is None
        else {
            "record": bad[0],
            "what": bad[1],
            "stored": verify_result.stored,
            "now": verify_result.now,
        },
        "signed_by": list(verify_result.signed_by),
        "made_by": verify_result.made_by,
        "seal": make_seal_document(verify_result.seal),
        "strange_verifier": verify_result.strange_verifier,
    }
    if bad is not None:
        return Answer(
            document,
            (
                words.describe_pack_mismatch(
                    str(pack_file), *bad, verify_result.stored, verify_result.now
                ),
            ),
            EXIT_EXPECTED,
        )
    verification_lines = words.list_verification_lines(
        str(pack_file),
        verify_result.n_records,
        verify_result.n_figures,
        verify_result.signed_by,
        verify_result.strange_verifier,
    )
    return Answer(
        document, (*verification_lines, *words.list_seal_lines(verify_result.seal)), EXIT_DONE
    )


@define_command("unpack")
@click.argument("pack_file", metavar="PACK", type=FILE)
@click.argument("project", metavar="PROJECT", type=FILE)
@json_command("unpack")
def unpack_pack_command(pack_file: Path, project: Path, bar: TerminalProgress) -> Answer:
    """Verify a pack and unpack it to a new project."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.evidence.open_pack import missing_weights, unpack_project

    created = unpack_project(pack_file, project, bar)
    missing = missing_weights(created)
    document = {"project": str(created), "pack": str(pack_file.resolve()), "missing": list(missing)}
    return Answer(document, words.list_unpack_lines(str(created), missing))


@define_command("seal")
@existing_project
@KEY
@json_command("seal")
def create_seal_command(project: Path, key: Path | None, bar: TerminalProgress) -> Answer:
    """Seal limits, classes and picked frames before the first label, optionally signed. An
    existing seal is shown."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.evidence.signed_seal import create_seal, get_seal_state
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        create_seal(opened, key, get_timestamp())
        seal_state = get_seal_state(opened)
    return Answer(
        {"project": str(project.resolve()), "seal": make_seal_document(seal_state)},
        words.list_seal_lines(seal_state),
    )


def make_seal_document(seal_state: SealState | None) -> dict[str, Any] | None:
    """State of a seal as documents hold it."""
    if seal_state is None:
        return None
    changes = [
        {**asdict(change), "before": json.loads(change.before), "after": json.loads(change.after)}
        for change in seal_state.changes
    ]
    return {**asdict(seal_state), "changes": changes}


@define_command("share")
@existing_project
@click.argument("first", metavar="A.fcpack", type=FILE)
@click.argument("second", metavar="B.fcpack", type=FILE)
@click.option(
    "--overlap",
    type=click.IntRange(0),
    default=SHARED_FRAMES,
    show_default=True,
    help=("Number of frames that both annotators label."),
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Random seed for the split.")
@with_people_option
@json_command("share")
def create_shares_command(
    project: Path,
    first: Path,
    second: Path,
    overlap: int,
    seed: int,
    with_people: bool,
    bar: TerminalProgress,
) -> Answer:
    """Split unlabelled picked frames between two annotators, one pack each, with an overlap to
    measure agreement."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.report.evidence_pack import create_shared_packs

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        shares = create_shared_packs(
            opened, (first, second), overlap, seed, bar, get_timestamp(), with_people
        )
    packs = [str(pack.resolve()) for pack in shares.packs]
    document = {
        "project": str(project.resolve()),
        "packs": packs,
        "n": list(shares.n),
        "n_both": shares.n_both,
        "seed": seed,
        "people_left_out": shares.n_people,
    }
    return Answer(
        document,
        words.list_share_lines([str(first), str(second)], shares.n, shares.n_both, shares.n_people),
    )


@define_command("merge")
@existing_project
@click.argument("others", metavar="OTHER...", nargs=-1, required=True, type=FILE)
@json_command("merge")
def merge_labels_command(project: Path, others: tuple[Path, ...], bar: TerminalProgress) -> Answer:
    """Merge labels from other projects or packs. Conflicting labels are both kept for
    adjudication."""
    from fieldcheck.evidence import messages as words
    from fieldcheck.evidence.merge_labels import merge_labels
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        merged_labels = merge_labels(opened, others, bar)
    agreed = merged_labels.trust.other
    document = {
        "project": str(project.resolve()),
        "n_taken": merged_labels.n_taken,
        "n_second": merged_labels.n_second,
        "n_known": merged_labels.n_known,
        "unmatched": list(merged_labels.unmatched),
        "conflicts": [_make_conflict_document(conflict) for conflict in merged_labels.conflicts],
        "agreement": None
        if agreed is None
        else {
            "n": agreed.n,
            "agreement": agreed.agreement.to_json(),
            "kappa": agreed.kappa.to_json(),
        },
    }
    n_open = sum(not conflict.settled for conflict in merged_labels.conflicts)
    merge_lines = words.list_merge_lines(
        merged_labels.n_taken,
        merged_labels.n_second,
        merged_labels.n_known,
        len(merged_labels.unmatched),
        n_open,
    )
    return Answer(
        document,
        (
            *merge_lines,
            *words.list_agreement_lines(agreed),
            *map(_format_conflict, merged_labels.conflicts),
        ),
    )


@define_command("adjudicate")
@existing_project
@click.argument("frame", metavar="[FRAME]", required=False)
@click.option("--first", "which", flag_value="first", help="Keep the current label.")
@click.option("--second", "which", flag_value="second", help="Accept the second label.")
@click.option("--by", default="", help="Name of the person who resolves the conflict.")
@json_command("adjudicate")
def resolve_conflicts_command(
    project: Path, frame: str | None, which: str | None, by: str, bar: TerminalProgress
) -> Answer:
    """List label conflicts, or resolve one. Both labels are kept."""
    from fieldcheck.evidence.merge_labels import list_label_conflicts, resolve_conflict
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    if (frame is None) != (which is None):
        raise click.UsageError(
            tr("Specify a FRAME together with --first or --second. Omit both to list all frames.")
        )
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if frame is not None:
            resolve_conflict(opened, frame, which == "second", by, get_timestamp())
        label_conflicts = list_label_conflicts(opened)
    document = {
        "project": str(project.resolve()),
        "conflicts": [
            _make_conflict_document(label_conflict) for label_conflict in label_conflicts
        ],
    }
    return Answer(
        document, tuple(map(_format_conflict, label_conflicts)) or (tr("No label conflicts."),)
    )


def _make_conflict_document(label_conflict: LabelConflict) -> dict[str, Any]:
    first = {
        "state": label_conflict.first.state,
        "names": list(label_conflict.first.names),
        "by": label_conflict.first.by,
        "at": label_conflict.first.at,
    }
    second = {
        "state": label_conflict.second.state,
        "names": list(label_conflict.second.names),
        "by": label_conflict.second.by,
        "at": label_conflict.second.at,
    }
    return {
        "frame_id": label_conflict.frame_id,
        "first": first,
        "second": second,
        "settled": label_conflict.settled,
    }


def _format_conflict(label_conflict: LabelConflict) -> str:
    from fieldcheck.evidence import messages as words

    answers = [
        ", ".join(answer.names) or str(answer.state)
        for answer in (label_conflict.first, label_conflict.second)
    ]
    return words.describe_conflict(
        label_conflict.frame_id,
        answers[0],
        label_conflict.first.by,
        answers[1],
        label_conflict.second.by,
        label_conflict.settled,
    )


COMMANDS = (
    create_pack_command,
    verify_pack_command,
    unpack_pack_command,
    create_seal_command,
    create_shares_command,
    merge_labels_command,
    resolve_conflicts_command,
)
