"""Verification of a pack: its bytes, its records, its frames and its seal, and every figure worked out again from its labels."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldcheck import __version__, resources
from fieldcheck.domain.seal import SealState
from fieldcheck.errors import DiskFull, FieldcheckError
from fieldcheck.files import join_inside
from fieldcheck.plain_json import InvalidDocument, parse_json_file
from fieldcheck.progress import Progress
from fieldcheck.project import audit, criteria
from fieldcheck.project.inventory import OwnedFile, list_owned_files
from fieldcheck.project.layout import RECORDINGS
from fieldcheck.project.project import Project
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import seals as seals_table
from fieldcheck.sealing.verify_pack import MANIFEST, SEAL, PackFault, hash_chain_record
from fieldcheck.words import language
from fieldcheck.workflows.evidence._figures import find_first_difference, list_figures
from fieldcheck.workflows.evidence._record_log import find_first_difference_in_records, list_log_records, list_seal_records
from fieldcheck.workflows.evidence.open_pack import OpenedPack, open_pack
from fieldcheck.workflows.evidence.pack_project import SUMMARY, VERIFIER, compute_summary
from fieldcheck.workflows.evidence.seal_project import find_wrong_signature

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Outcome of a verification. `first_bad`: (record, code) of the first thing that does not fit, None where all fits; `stored` and `now`
    are its values where that is a figure; `signed_by`: ids of the keys that signed the pack; `made_by`: the version that made it; `seal`:
    None where nothing was sealed; `strange_verifier`: the program in it is not the one that this version packs."""

    pack: Path
    first_bad: tuple[str, str] | None
    n_records: int = 0
    n_figures: int = 0
    signed_by: tuple[str, ...] = ()
    made_by: str = ""
    seal: SealState | None = None
    stored: Any = None
    now: Any = None
    strange_verifier: bool = False

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return self.first_bad is None


def verify_pack(path: Path, progress: Progress) -> VerifyResult:
    """Holds every byte of a pack against its hashes, its records against its database, its frames against their rows, and its figures
    against its labels and predictions.

    Raises PathMissing, PackRefused (no pack, or a database that is none of ours), DiskFull, Cancelled.
    """
    try:
        with open_pack(path, progress) as opened:
            return _verify_opened(path, opened, progress)
    except PackFault as fault:
        return VerifyResult(path, (fault.record, fault.what))


def _verify_opened(path: Path, opened: OpenedPack, progress: Progress) -> VerifyResult:
    project, manifest = opened.project, opened.checked.manifest
    stored = _read_summary(opened.folder)
    made_by = str(manifest.get("made_by", ""))
    fitting = VerifyResult(
        path, None, len(opened.checked.log), len(list_figures(stored)), opened.checked.signers, made_by,
        project.read(criteria.read_seal_state), strange_verifier=_is_strange(opened.folder / VERIFIER),
    )  # fmt: skip
    if (manifest.get("n_records"), manifest.get("n_figures")) != (fitting.n_records, fitting.n_figures):
        raise PackFault(MANIFEST, "count")
    if other := find_first_difference_in_records(opened.checked.log, list_log_records(project, stored)):
        return replace(fitting, first_bad=(other, "record"))
    _check_seal(opened)
    _check_files(opened, progress)
    now = _recompute_summary(project, stored, progress)
    if bad := find_first_difference(stored, now, sentences=made_by == __version__):
        return replace(fitting, first_bad=(f"figure {bad}", "figure"), stored=_get_leaf(stored, bad), now=_get_leaf(now, bad))
    return fitting


def _is_strange(verifier: Path) -> bool:
    return verifier.exists() and verifier.read_bytes() != resources.get_resource_path(f"evidence/{VERIFIER}").read_bytes()


def _recompute_summary(project: Project, stored: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The summary worked out of the pack alone. Raises PackFault where that cannot be done: nothing in it was made by us."""
    try:
        return compute_summary(project, str(stored["lang"]), progress, str(stored["created"]))
    except DiskFull:
        raise
    except audit.TROUBLES as error:
        log.warning("figures of a pack cannot be worked out: %r", error)
        raise PackFault(SUMMARY, "figures") from error


def _read_summary(folder: Path) -> dict[str, Any]:
    try:
        stored = parse_json_file(folder / SUMMARY)
        datetime.fromisoformat(stored["created"])
    except (OSError, InvalidDocument, ValueError, TypeError, KeyError) as error:
        raise PackFault(SUMMARY, "content") from error
    if not isinstance(stored, dict) or stored.get("lang") not in language.LANGUAGES:
        raise PackFault(SUMMARY, "content")
    return dict(stored)


def _check_seal(opened: OpenedPack) -> None:
    """The chain in the database is the one of the pack, and what it says last is what the project says."""
    if list(opened.checked.seal) != list_seal_records(opened.project):
        raise PackFault(SEAL, "record")
    records, before = opened.project.read(seals_table.list_seals), ""
    for number, one in enumerate(records, 1):
        if one.sha256 != (before := hash_chain_record(before, one.link)):
            raise PackFault(f"{SEAL}:{number}", "chain")
    if (wrong := find_wrong_signature(records)) is not None:
        raise PackFault(f"{SEAL}:{wrong}", "signature")
    present, told = opened.project.read(criteria.compute_state), criteria.get_newest_state(records)
    if told and (parts := sorted(key for key in present if present[key] != told.get(key))):
        raise PackFault(f"seal {parts[0]}", "record")


def _check_files(opened: OpenedPack, progress: Progress) -> None:
    """Every file of the project is there and what its row says. Recordings may stay at home, and pictures of people."""
    files, people = opened.project.read(list_owned_files), opened.project.read(marks_table.list_with_person)
    at_home = {pick.file for pick in opened.project.read(picks_table.list_picks) if pick.frame_id in people}
    for done, one in enumerate(files):
        progress.check()
        progress.report(done, len(files), "files")
        if join_inside(opened.folder, one.where).exists():
            _check_file(opened, one, progress)
        elif one.where not in at_home and not one.where.startswith(f"{RECORDINGS}/"):
            raise PackFault(one.where, "missing")


def _check_file(opened: OpenedPack, one: OwnedFile, progress: Progress) -> None:
    try:
        same = not one.sha256 or one.hash_of(join_inside(opened.folder, one.where), progress) == one.sha256
    except (FieldcheckError, OSError):
        same = False
    if not same:
        raise PackFault(one.where, "content")


def _get_leaf(value: Any, path: str) -> Any:
    """The value of a leaf; None where there is none."""
    for part in path.split("/")[1:]:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return value
