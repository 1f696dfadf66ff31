"""The report folder: built beside its place, read back, and only then given its name, so that it is whole or absent."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fieldcheck.errors import ReadBackDiffers
from fieldcheck.files import map_os_errors, remove_stale, sha256_file, sync_folder, write_bytes
from fieldcheck.project.layout import UNFINISHED_REPORT
from fieldcheck.report.html import render_html
from fieldcheck.report.label_files import build_label_file
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.report import Report
from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.sheets import format_frames_csv, format_predictions_csv
from fieldcheck.report.summary import build_summary

SUMMARY, SUMS = "summary.json", "SHA256SUMS.txt"


def write_folder(report: Report, out_root: Path, made: Mapping[str, bytes] | None = None) -> tuple[Path, ...]:
    """Write `Fieldcheck_<site>_<date>` under `out_root`, which is made where it is missing; an existing folder is never touched. `made`:
    what `build_folder_contents` gave for this report.

    Returns the files, the page first. Raises DiskFull, ReadOnlyPlace, ReadBackDiffers; then nothing is left behind.
    """
    files = dict(build_folder_contents(report) if made is None else made)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode("utf-8")
    with map_os_errors(out_root):
        out_root.mkdir(parents=True, exist_ok=True)
        remove_stale(out_root, rf"{re.escape(UNFINISHED_REPORT)}.{{8}}")
        part = Path(tempfile.mkdtemp(prefix=UNFINISHED_REPORT, dir=out_root))
    try:
        for name, data in files.items():
            write_bytes(part / name, data)
        _read_back(part, sums)
        folder = _take_name(part, out_root, get_folder_name(report))
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return tuple(folder / name for name in files)


def build_folder_contents(report: Report) -> dict[str, bytes]:
    """The files of the folder by name, without the list of their sums."""
    labels_name, labels = build_label_file(report)
    paper = render_pdf(report)
    return {
        "report.html": render_html(report).encode("utf-8"),
        "report.pdf": paper.data,
        SUMMARY: (json.dumps(build_summary(report, paper.tagged), ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8"),
        "frames.csv": format_frames_csv(report).encode("utf-8"),
        "predictions.csv": format_predictions_csv(report).encode("utf-8"),
        **{name: sheet(report).encode("utf-8") for section in SECTIONS for name, sheet in section.sheets.items()},
        labels_name: labels.encode("utf-8"),
    }


def get_folder_name(report: Report) -> str:
    """`Fieldcheck_<site>_<date>`; without a site the project's name stands there. What no file name may hold becomes `-`."""
    site = re.sub(r"[^\w.-]", "-", (report.site or report.project).strip())
    return f"Fieldcheck_{site}_{report.created[:10]}"


def _take_name(part: Path, out_root: Path, name: str) -> Path:
    """Give the finished folder its name, or the first free one of `name_2`, `name_3` …"""
    number, folder = 1, out_root / name
    while folder.exists():
        number += 1
        folder = out_root / f"{name}_{number}"
    with map_os_errors(folder):
        part.chmod(0o755)  # a temporary folder is made for its owner alone; a report is made to be handed on
        part.rename(folder)
        sync_folder(out_root)
    return folder


def _read_back(folder: Path, sums: dict[str, str]) -> None:
    for name, digest in sums.items():
        if sha256_file(folder / name) != digest:
            raise ReadBackDiffers(folder / name)
