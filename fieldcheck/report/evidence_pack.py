"""Evidence pack of a project: made, verified, and split between two annotators; and the state of
the evidence."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from fieldcheck import __version__, paths
from fieldcheck.analyses.coverage import measure_benchmark_images
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.project_state import EvidenceState, SealState
from fieldcheck.errors.files import DiskFull, FieldcheckError, PathMissing
from fieldcheck.errors.labels import NothingLabelled, NothingPicked
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.evidence.merge_labels import list_label_conflicts
from fieldcheck.evidence.messages import describe_pack
from fieldcheck.evidence.open_pack import (
    OpenedPack,
    OwnedFile,
    find_first_difference,
    find_first_difference_in_records,
    list_figures,
    list_log_records,
    list_owned_files,
    list_seal_records,
    open_pack,
)
from fieldcheck.evidence.signed_seal import (
    Source,
    check_names_to_pack,
    create_seal,
    find_wrong_signature,
    get_seal_state,
    hash_chained_lines,
    read_key,
    write_pack,
)
from fieldcheck.files import (
    TEMPORARY,
    join_inside,
    map_os_errors,
    remove_path,
    require_utf8,
    sha256_file,
    sync_folder,
)
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.i18n import language
from fieldcheck.models.near_duplicates import PRINTS
from fieldcheck.models.run import get_packed_root
from fieldcheck.models.runs_mlflow import list_runs
from fieldcheck.paths import CACHE, DATABASE, FOLDERS, RECORDINGS
from fieldcheck.progress import Progress
from fieldcheck.project import criteria, repair
from fieldcheck.project.limits import has_admin
from fieldcheck.project.project import Project
from fieldcheck.project.repair import (
    open_packed,
    reduce_to_picks,
    remove_machine_traces,
    stage_databases,
)
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import project_state as seals_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report.assemble import build_report
from fieldcheck.report.folder import build_summary
from fieldcheck.report.pdf import render_pdf
from fieldcheck.safe_json_yaml import InvalidDocument, parse_json_file
from fieldcheck.verify_pack import LOG, MANIFEST, SEAL, PackFault, hash_chain_record

SUMMARY, VERIFIER = "summary.json", "verify_pack.py"
PROGRAM, README, PAPER = "__main__.py", "README.txt", "report.pdf"
# What `python3 PACK.fcpack` runs: the verifier in the pack, on the pack.
RUN_VERIFIER = b"""import sys

import verify_pack

sys.exit(verify_pack.main(sys.argv[1:] or sys.argv[:1]))
"""


@dataclass(frozen=True, slots=True)
class PackOptions:
    """Options of a pack beside database, saved frames and models. `recordings`: include the
    recordings, which are large; `key`: file of the signing key, None for an unsigned pack; `lang`:
    language of the sentences in its summary; `share`: picks to include, None for all;
    `with_people`: include images and recordings with a person visible."""

    recordings: bool = False
    key: Path | None = None
    lang: str = "en"
    share: frozenset[str] | None = None
    with_people: bool = False


@dataclass(frozen=True, slots=True)
class WrittenPack:
    """Pack that was written: `sha256` of the file, `n_records` of its log, `n_figures` among them,
    `signed_by` the key's id or empty; `n_people`: picks whose pictures stayed here because a person
    is marked on them."""

    pack: Path
    sha256: str
    n_records: int
    n_figures: int
    signed_by: str
    n_people: int = 0


def pack_project(
    project: Project, out: Path, wish: PackOptions, progress: Progress, now: str
) -> WrittenPack:
    """Writes the pack; nothing that stands at `out` is touched. The figures are worked out on the
    copy that goes into it, so that `verify` works out the same.

    Raises ProjectExists (something is at `out`), KeyRefused, PackRefused (`large`, `unfit`,
    `alike`), PathMissing, DiskFull, ReadOnlyPlace, Cancelled.
    """
    require_utf8(str(out))
    if os.path.lexists(out):
        raise ProjectExists(out)
    key = read_key(wish.key) if wish.key is not None else None
    measure_outside(project, progress, now)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as position:
        folder = Path(position) / project.path.name
        n_people = _stage_files(project, folder, wish, progress, now)
        check_names_to_pack(out, _list_staged_files(folder))
        with open_packed(folder) as staged, language.use_language(wish.lang):
            report = build_report(staged, wish.lang, progress, now)
            facts = _summarise(report)
            files, keys, seals = _make_contents(staged, facts)
            # Shared packs are written under a name that is not theirs yet.
            name = out.name if wish.share is None else "PACK.fcpack"
            files[README] = describe_pack(name, wish.share is None).encode()
            # Of shared labelling: a report would show the predictions to whoever labels.
            if wish.share is None:
                files[PAPER] = render_pdf(report).data
        about: dict[str, Any] = {
            "created": now,
            "project": project.path.name.removesuffix(".fieldcheck"),
            "made_by": __version__,
        }
        about |= {"n_records": files[LOG].count(b"\n"), "n_figures": len(list_figures(facts))}
        every: dict[str, Source] = {**_list_staged_files(folder), **files}
        sha256 = write_pack(out, every, about, key, seals, keys, progress)
    return WrittenPack(
        out,
        sha256,
        int(about["n_records"]),
        int(about["n_figures"]),
        key.key_id if key else "",
        n_people,
    )


def measure_outside(project: Project, progress: Progress, now: str) -> None:
    """Measures and keeps what figures take from files outside the project, since a pack is judged
    without them. Raises Cancelled."""
    compare_sets(project, progress, now)
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is not None and project.writable:
        measure_benchmark_images(project, benchmark, progress)


def compute_summary(project: Project, lang: str, progress: Progress, now: str) -> dict[str, Any]:
    """The summary of the report of a project as it stands, as it reads back from its file."""
    with language.use_language(lang):
        return _summarise(build_report(project, lang, progress, now))


def _summarise(report: Report) -> dict[str, Any]:
    """The summary of a report, as it reads back from its file."""
    summary: dict[str, Any] = json.loads(json.dumps(build_summary(report), allow_nan=False))
    return summary


def _stage_files(
    project: Project, folder: Path, wish: PackOptions, progress: Progress, now: str
) -> int:
    """Makes the folder that is packed; returns how many picks have no picture in it because a
    person is marked on them."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    # which are those of the files of this computer, by path and time
    stage_databases(project, folder, PRINTS)
    remove_machine_traces(
        folder,
        {
            benchmark.root: get_packed_root(benchmark)
            for benchmark in project.read(benchmarks_table.list_benchmarks)
        },
    )
    if wish.share is not None:
        reduce_to_picks(folder, wish.share, now)
    with open_packed(folder) as staged:
        people = (
            frozenset[str]() if wish.with_people else staged.read(labels_table.list_with_person)
        )
        kept_here = {
            pick.file
            for pick in staged.read(labels_table.list_picks)
            if pick.frame_id in people and pick.file
        }
        n_people = len(kept_here)
        if people and wish.recordings:
            kept_here |= {
                line.recording.path
                for line in staged.read(list_sampling_lines)
                if line.frame.frame_id in people
            }
        wanted = [
            item
            for item in staged.read(list_owned_files)
            if wish.recordings or not item.where.startswith(f"{RECORDINGS}/")
        ]
        wanted = [item for item in wanted if item.where not in kept_here]
    for done, owned_file in enumerate(wanted):
        progress.check()
        progress.report(done, len(wanted), "files")
        for where in owned_file.list_paths(project.path):
            source, target = join_inside(project.path, where), join_inside(folder, where)
            if source.exists():
                _copy_or_link(source, target)
            elif owned_file.sha256:
                raise PathMissing(source)
    return n_people


def _copy_or_link(source: Path, target: Path) -> None:
    """A file or a folder of files, shared where the disk can, else copied. A link in a folder,
    which no project of ours has, stays out: it may lead to any file of this computer."""
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(
                source,
                target,
                ignore=lambda folder, names: [
                    name for name in names if Path(folder, name).is_symlink()
                ],
            )
            return
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _make_contents(
    staged: Project, settings: Mapping[str, Any]
) -> tuple[dict[str, bytes], dict[str, str], list[dict[str, Any]]]:
    """The files that are made of the staged project; public keys and envelopes of its seal."""
    signed = [seal.body for seal in staged.read(seals_table.list_seals) if seal.kind == "signed"]
    files = {
        SUMMARY: json.dumps(settings, ensure_ascii=False, allow_nan=False, indent=1).encode()
        + b"\n",
        LOG: hash_chained_lines(list_log_records(staged, settings)),
        SEAL: hash_chained_lines(list_seal_records(staged)),
        VERIFIER: paths.read_source("fieldcheck", VERIFIER),
        PROGRAM: RUN_VERIFIER,
    }
    return (
        files,
        {str(item["key_id"]): str(item["public"]) for item in signed},
        [dict(item["envelope"]) for item in signed],
    )


def _list_staged_files(folder: Path) -> dict[str, Source]:
    """Every file of the staged folder by its name in the pack, the databases first."""
    result = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    tops = [folder / name for name in (DATABASE, CACHE) if (folder / name).exists()]
    return {path.relative_to(folder).as_posix(): path for path in (*tops, *result)}


# State of the evidence, read at once: seal, PIN, how many runs are stored, and how many frames two
# people differ on.


def get_evidence_state(project: Project) -> EvidenceState:
    """Seal, PIN, runs, labels and conflicts of the project as it is open here."""
    conflicts = list_label_conflicts(project)
    n_open, n_labels = (
        sum(not conflict.settled for conflict in conflicts),
        project.read(labels_table.count_labels),
    )
    n_runs = list_runs(project, 1)[0]
    return EvidenceState(
        get_seal_state(project),
        has_admin(project),
        project.admin,
        n_runs,
        n_labels,
        len(conflicts),
        n_open,
        len({label.by for label in project.read(labels_table.list_labels)} - {""}),
    )


# Verification of a pack: its bytes, its records, its frames and its seal, and every figure worked
# out again from its labels.

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Outcome of a verification. `first_bad`: (record, code) of the first thing that does not fit,
    None where all fits; `stored` and `now` are its values where that is a figure; `signed_by`: ids
    of the keys that signed the pack; `made_by`: the version that made it; `seal`: None where
    nothing was sealed; `strange_verifier`: the program in it is not the one that this version
    packs."""

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
    """Holds every byte of a pack against its hashes, its records against its database, its frames
    against their rows, and its figures against its labels and predictions.

    Raises PathMissing, PackRefused (no pack, or a database that is none of ours), DiskFull,
    Cancelled.
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
        path, None, len(opened.checked.log), len(list_figures(stored)), opened.checked.signers,
        made_by,
        project.read(criteria.read_seal_state),
        strange_verifier=_has_strange_program(opened.folder),
    )  # fmt: skip
    if (manifest.get("n_records"), manifest.get("n_figures")) != (
        fitting.n_records,
        fitting.n_figures,
    ):
        raise PackFault(MANIFEST, "count")
    if other := find_first_difference_in_records(
        opened.checked.log, list_log_records(project, stored)
    ):
        return replace(fitting, first_bad=(other, "record"))
    _check_seal(opened)
    _check_files(opened, progress)
    now = _recompute_summary(project, stored, progress)
    if bad := find_first_difference(stored, now, sentences=made_by == __version__):
        return replace(
            fitting,
            first_bad=(f"figure {bad}", "figure"),
            stored=_get_leaf(stored, bad),
            now=_get_leaf(now, bad),
        )
    return fitting


def _has_strange_program(folder: Path) -> bool:
    """Whether a program in an unpacked pack is not the one that this version packs; packs of older
    versions have no `__main__.py`."""
    own = {VERIFIER: paths.read_source("fieldcheck", VERIFIER), PROGRAM: RUN_VERIFIER}
    return any(
        (folder / name).exists() and (folder / name).read_bytes() != data
        for name, data in own.items()
    )


def _recompute_summary(
    project: Project, stored: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    """The summary worked out of the pack alone. Raises PackFault where that cannot be done: nothing
    in it was made by us."""
    try:
        return compute_summary(project, str(stored["lang"]), progress, str(stored["created"]))
    except DiskFull:
        raise
    except repair.TROUBLES as error:
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
    """The chain in the database is the one of the pack, and what it says last is what the project
    says."""
    if list(opened.checked.seal) != list_seal_records(opened.project):
        raise PackFault(SEAL, "record")
    records, before = opened.project.read(seals_table.list_seals), ""
    for number, record in enumerate(records, 1):
        if record.sha256 != (before := hash_chain_record(before, record.link)):
            raise PackFault(f"{SEAL}:{number}", "chain")
    if (wrong := find_wrong_signature(records)) is not None:
        raise PackFault(f"{SEAL}:{wrong}", "signature")
    present, text = opened.project.read(criteria.compute_state), criteria.get_newest_state(records)
    if text and (parts := sorted(key for key in present if present[key] != text.get(key))):
        raise PackFault(f"seal {parts[0]}", "record")


def _check_files(opened: OpenedPack, progress: Progress) -> None:
    """Every file of the project is there and what its row says. Recordings may stay at home, and
    pictures of people."""
    files, people = (
        opened.project.read(list_owned_files),
        opened.project.read(labels_table.list_with_person),
    )
    at_home = {
        pick.file
        for pick in opened.project.read(labels_table.list_picks)
        if pick.frame_id in people
    }
    for done, file in enumerate(files):
        progress.check()
        progress.report(done, len(files), "files")
        if join_inside(opened.folder, file.where).exists():
            _check_file(opened, file, progress)
        elif file.where not in at_home and not file.where.startswith(f"{RECORDINGS}/"):
            raise PackFault(file.where, "missing")


def _check_file(opened: OpenedPack, owned_file: OwnedFile, progress: Progress) -> None:
    try:
        same = (
            not owned_file.sha256
            or owned_file.hash_of(join_inside(opened.folder, owned_file.where), progress)
            == owned_file.sha256
        )
    except (FieldcheckError, OSError):
        same = False
    if not same:
        raise PackFault(owned_file.where, "content")


def _get_leaf(value: Any, path: str) -> Any:
    """The value of a leaf; None where there is none."""
    for part in path.split("/")[1:]:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return value


# Labelling shared by two people: two packs, each with its own part of the picks and a part that
# both label; both are made or none.

# the setting that holds the SHA-256 of the packs that are being put in their places, and names no
# folder
SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class SharedLabelling:
    """Two packs, how many frames each has, how many of them both have, and how many nobody has
    because a person is marked on them."""

    packs: tuple[Path, Path]
    n: tuple[int, int]
    n_both: int
    n_people: int


def split_frames(
    names: list[str], overlap: int, seed: int
) -> tuple[frozenset[str], frozenset[str]]:
    """Frames of the first and the second person: `overlap` of them, drawn from the seed, go to
    both, the rest is dealt out in turn."""
    order = [
        names[index]
        for index in np.random.default_rng([seed, len(names)]).permutation(len(names)).tolist()
    ]
    both, rest = order[:overlap], order[overlap:]
    return frozenset([*both, *rest[::2]]), frozenset([*both, *rest[1::2]])


def create_shared_packs(
    project: Project, packs: tuple[Path, Path], overlap: int, seed: int, progress: Progress,
    now: str, with_people: bool = False
) -> SharedLabelling:  # fmt: skip
    """Deals the picks that nobody has labelled out to two people, those on which a person is marked
    only `with_people`. Limits, classes and list are sealed first, so that both carry the seal.

    Both are written beside their places first. Raises NothingPicked where no pick is left,
    NothingLabelled `without_people`, ProjectExists, and as `pack_project`.
    """
    labelled = {label.frame_id for label in project.read(labels_table.list_labels)}
    waiting = [
        pick.frame_id
        for pick in project.read(labels_table.list_picks)
        if not pick.taken_out and pick.frame_id not in labelled
    ]
    if not waiting:
        raise NothingPicked(project.path)
    people = frozenset[str]() if with_people else project.read(labels_table.list_with_person)
    names = [name for name in waiting if name not in people]
    if not names:
        raise NothingLabelled(project.path, "without_people")
    left_over = _find_leftover_packs(project, packs)
    for path in packs:
        if os.path.lexists(path) and path not in left_over:
            raise ProjectExists(path)
    create_seal(project, None, now)
    first, second = split_frames(sorted(names), min(overlap, len(names)), seed)
    parts = [path.with_name(f".{path.name}.part") for path in packs]
    try:
        sums = list[str]()
        for part, share in zip(parts, (first, second), strict=True):
            remove_path(part)  # of a process that was killed
            sums.append(
                pack_project(
                    project, part, PackOptions(share=share, with_people=with_people), progress, now
                ).sha256
            )
        _move_packs(project, parts, packs, sums)
    finally:
        for part in parts:
            remove_path(part)
    return SharedLabelling(
        packs, (len(first), len(second)), len(first & second), len(waiting) - len(names)
    )


def _move_packs(
    project: Project, parts: list[Path], packs: tuple[Path, Path], sums: list[str]
) -> None:
    """Moves both packs to their places; what a process that is killed in between leaves there is
    known as its own the next time."""
    project.write(lambda db: settings_table.store_setting(db, SHARING, sums)).result()
    for part, path in zip(parts, packs, strict=True):
        with map_os_errors(path):
            part.replace(path)
            sync_folder(path.parent)
    project.write(lambda db: settings_table.drop_setting(db, SHARING)).result()


def _find_leftover_packs(project: Project, packs: tuple[Path, Path]) -> tuple[Path, ...]:
    """The pack that a killed process put in its place before it was killed, unless it came as far
    as the other one too."""
    sums = project.read(lambda db: settings_table.get_setting(db, SHARING, []))
    if not isinstance(sums, list) or not sums:
        return ()
    leftovers = tuple(path for path in packs if path.is_file() and sha256_file(path) in sums)
    return leftovers if len(leftovers) < len(packs) else ()
