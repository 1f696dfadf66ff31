"""Evidence pack of a project: database, saved frames, models and the report's figures, sealed in one file."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldcheck import __version__, resources
from fieldcheck.errors import PathMissing, ProjectExists
from fieldcheck.files import TEMPORARY, join_inside, map_os_errors, require_utf8
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.inventory import list_owned_files
from fieldcheck.project.layout import CACHE, DATABASE, FOLDERS, RECORDINGS
from fieldcheck.project.packed import open_packed, reduce_to_picks, remove_machine_traces, stage_databases
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import seals as seals_table
from fieldcheck.report.summary import build_summary
from fieldcheck.sealing.archive import Source, hash_chained_lines, write_pack
from fieldcheck.sealing.signing import read_key
from fieldcheck.sealing.verify_pack import LOG, SEAL
from fieldcheck.words import language
from fieldcheck.workflows.evidence._figures import list_figures
from fieldcheck.workflows.evidence._record_log import list_log_records, list_seal_records
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.models.near_duplicates import PRINTS
from fieldcheck.workflows.models.run_model import get_packed_root
from fieldcheck.workflows.report.benchmark_looks import measure_benchmark_images
from fieldcheck.workflows.report.compare_sets import compare_sets
from fieldcheck.workflows.report.report_gap import build_report

SUMMARY, VERIFIER = "summary.json", "verify_pack.py"


@dataclass(frozen=True, slots=True)
class PackOptions:
    """Wishes for a pack, beside database, saved frames and models: `recordings`, which are large; `key`: the file of the key that signs
    it, None for an unsigned one; `lang`: the language of the sentences in its summary; `share`: the picks that go along, None for all;
    `with_people`: also pictures and recordings on which a person is marked."""

    recordings: bool = False
    key: Path | None = None
    lang: str = "en"
    share: frozenset[str] | None = None
    with_people: bool = False


@dataclass(frozen=True, slots=True)
class WrittenPack:
    """Pack that was written: `sha256` of the file, `n_records` of its log, `n_figures` among them, `signed_by` the key's id or empty;
    `n_people`: picks whose pictures stayed here because a person is marked on them."""

    pack: Path
    sha256: str
    n_records: int
    n_figures: int
    signed_by: str
    n_people: int = 0


def pack_project(project: Project, out: Path, wish: PackOptions, progress: Progress, now: str) -> WrittenPack:
    """Writes the pack; nothing that stands at `out` is touched. The figures are worked out on the copy that goes into it, so that
    `verify` works out the same.

    Raises ProjectExists (something is at `out`), KeyRefused, PackRefused (`large`), PathMissing, DiskFull, ReadOnlyPlace, Cancelled.
    """
    require_utf8(str(out))
    if os.path.lexists(out):
        raise ProjectExists(out)
    key = read_key(wish.key) if wish.key is not None else None
    measure_outside(project, progress, now)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        folder = Path(place) / project.path.name
        n_people = _stage_files(project, folder, wish, progress, now)
        with open_packed(folder) as staged:
            told = compute_summary(staged, wish.lang, progress, now)
            files, keys, seals = _make_contents(staged, told)
        about: dict[str, Any] = {"created": now, "project": project.path.name.removesuffix(".fieldcheck"), "made_by": __version__}
        about |= {"n_records": files[LOG].count(b"\n"), "n_figures": len(list_figures(told))}
        every: dict[str, Source] = {**_list_staged_files(folder), **files}
        sha256 = write_pack(out, every, about, key, seals, keys, progress)
    return WrittenPack(out, sha256, int(about["n_records"]), int(about["n_figures"]), key.key_id if key else "", n_people)


def measure_outside(project: Project, progress: Progress, now: str) -> None:
    """Measures and keeps what figures take from files outside the project, since a pack is judged without them. Raises Cancelled."""
    compare_sets(project, progress, now)
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is not None and project.writable:
        measure_benchmark_images(project, benchmark, progress)


def compute_summary(project: Project, lang: str, progress: Progress, now: str) -> dict[str, Any]:
    """The summary of the report of a project as it stands, as it reads back from its file."""
    with language.use_language(lang):
        told = build_summary(build_report(project, lang, progress, now))
    found: dict[str, Any] = json.loads(json.dumps(told, allow_nan=False))
    return found


def _stage_files(project: Project, folder: Path, wish: PackOptions, progress: Progress, now: str) -> int:
    """Makes the folder that is packed; returns how many picks have no picture in it because a person is marked on them."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    stage_databases(project, folder, PRINTS)  # which are those of the files of this computer, by path and time
    remove_machine_traces(folder, {one.root: get_packed_root(one) for one in project.read(benchmarks_table.list_benchmarks)})
    if wish.share is not None:
        reduce_to_picks(folder, wish.share, now)
    with open_packed(folder) as staged:
        people = frozenset[str]() if wish.with_people else staged.read(marks_table.list_with_person)
        kept_here = {pick.file for pick in staged.read(picks_table.list_picks) if pick.frame_id in people and pick.file}
        n_people = len(kept_here)
        if people and wish.recordings:
            kept_here |= {line.recording.path for line in staged.read(list_sampling_lines) if line.frame.frame_id in people}
        wanted = [one for one in staged.read(list_owned_files) if wish.recordings or not one.where.startswith(f"{RECORDINGS}/")]
        wanted = [one for one in wanted if one.where not in kept_here]
    for done, one in enumerate(wanted):
        progress.check()
        progress.report(done, len(wanted), "files")
        for where in one.list_paths(project.path):
            source, target = join_inside(project.path, where), join_inside(folder, where)
            if source.exists():
                _copy_or_link(source, target)
            elif one.sha256:
                raise PathMissing(source)
    return n_people


def _copy_or_link(source: Path, target: Path) -> None:
    """A file or a folder of files, shared where the disk can, else copied. A link in a folder, which no project of ours has, stays out: it
    may lead to any file of this computer."""
    with map_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=lambda folder, names: [name for name in names if Path(folder, name).is_symlink()])
            return
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _make_contents(staged: Project, told: Mapping[str, Any]) -> tuple[dict[str, bytes], dict[str, str], list[dict[str, Any]]]:
    """The files that are made of the staged project; public keys and envelopes of its seal."""
    signed = [one.body for one in staged.read(seals_table.list_seals) if one.kind == "signed"]
    files = {
        SUMMARY: json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n",
        LOG: hash_chained_lines(list_log_records(staged, told)),
        SEAL: hash_chained_lines(list_seal_records(staged)),
        VERIFIER: resources.get_resource_path(f"evidence/{VERIFIER}").read_bytes(),
    }
    return files, {str(one["key_id"]): str(one["public"]) for one in signed}, [dict(one["envelope"]) for one in signed]


def _list_staged_files(folder: Path) -> dict[str, Source]:
    """Every file of the staged folder by its name in the pack, the databases first."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    tops = [folder / name for name in (DATABASE, CACHE) if (folder / name).exists()]
    return {path.relative_to(folder).as_posix(): path for path in (*tops, *found)}
