"""The report folder, written beside its place and then renamed, with `summary.json` (schema
`fieldcheck.summary/1`) and its JSON schema."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from fieldcheck.analyses.gap_headline import GapPlan
from fieldcheck.analyses.report_data import RecordingSummary, Report, get_compared_scores
from fieldcheck.csv_json_xml import list_json_fields, to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.files import ReadBackDiffers
from fieldcheck.files import map_os_errors, remove_stale, sha256_file, sync_folder, write_bytes
from fieldcheck.i18n import language
from fieldcheck.models.messages import get_readiness_name
from fieldcheck.paths import UNFINISHED_REPORT
from fieldcheck.report.csv_files import build_label_file, format_frames_csv, format_predictions_csv
from fieldcheck.report.html_page import render_html
from fieldcheck.report.pdf import render_pdf
from fieldcheck.report.section import SECTIONS
from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict

# The report as plain JSON values: `summary.json`, schema `fieldcheck.summary/1` (interfaces.md §3).

SCHEMA = "fieldcheck.summary/1"


def build_summary(report: Report, pdf_tagged: bool | None = None) -> dict[str, Any]:
    """Every figure of the report, with the sentences in its language. Two writings differ in
    `created` and `provenance` only.

    `pdf_tagged`: whether the PDF beside it carries its structure; None where there is no PDF.
    """
    with language.use_language(report.language):
        words, reason = get_readiness_name(report.readiness), describe_reason(get_verdict(report))
    parts: dict[str, Any] = {
        "schema": SCHEMA,
        "created": report.created,
        "lang": report.language,
        "project": report.project,
        "site": report.site,
        "line": report.line,
        "by": report.author,
        "notes": list(report.notes),
        "changed_frames": list(report.changed),
        "changed_benchmark": list(report.changed_benchmark),
        "visits": [_export_visit(visit) for visit in report.visits],
        "model": to_json_value(report.model),
        "field": to_json_value(report.field),
        "gap": _export_gap(report),
        "readiness": report.readiness,
        "readiness_words": words,
        "readiness_reason": reason,
    }
    for analysis in SECTIONS:
        if analysis.summary is not None:
            parts |= analysis.summary(report)
        if analysis.result is not None:
            parts[analysis.key] = to_json_value(analysis.get_result(report))
    return parts | {"provenance": {**to_json_value(report.provenance), "pdf_tagged": pdf_tagged}}


def _export_visit(visit: RecordingSummary) -> dict[str, Any]:
    conditions = [{"condition": name, "n": n} for name, n in visit.conditions]
    return {**to_json_value(visit), "conditions": conditions}


def _export_gap(report: Report) -> dict[str, Any]:
    gap = report.gap
    footage, camera = get_compared_scores(report.field, gap)
    return {
        **gap.estimate.to_json(),
        "metric": gap.metric or None,
        "basis": gap.basis,
        "tolerance": gap.tolerance,
        "tolerance_by": gap.tolerance_by,
        "verdict": gap.verdict,
        "sentence": gap.sentence,
        "counts": gap.counts,
        **_export_labels_to_decide(gap.plan, gap.verdict),
        "other": to_json_value(gap.other),
        "footage": footage.to_json(),
        "camera": to_json_value(camera),
    }


WHY_NOT = {
    "benchmark": "few_pictures",
    "at_limit": "undecidable",
    "too_close": "undecidable",
    "too_tight": "undecidable",
}


def _export_labels_to_decide(plan: GapPlan | None, verdict: str | None) -> dict[str, Any]:
    """The plan, and its labels under the keys of before."""
    more = plan.more_labels if plan is not None and not plan.obstacle else None
    why = "no_labels" if plan is None and verdict == "not_enough" else ""
    if plan is not None and more is None:
        why = WHY_NOT.get(plan.obstacle, "more_clips")
    return {"frames_to_decide": more, "why_not": why, "plan": to_json_value(plan)}


# The JSON schema of a frozen dataclass as `plain` writes it: what `summary.schema.json` holds of
# sections with facts of their own.

PLAIN: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},  # a figure that was not measured is null
    Estimate: {"$ref": "#/$defs/estimate"},
}


def build_schema(kind: Any) -> dict[str, Any]:
    """Of a dataclass, or of the type of one of its fields. Raises TypeError for what JSON has no
    word for."""
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        published = list_json_fields(kind)
        return {
            "type": "object",
            "properties": {key: build_schema(hints[name]) for name, key in published},
            "required": [key for _, key in published],
        }
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, UnionType):
        return (
            make_nullable([build_schema(member) for member in inner if member is not NoneType])
            if NoneType in inner
            else {"anyOf": [*map(build_schema, inner)]}
        )
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return {"type": "array", "items": build_schema(inner[0])}
    if origin is tuple and len(set(inner)) == 1:
        return {
            "type": "array",
            "items": build_schema(inner[0]),
            "minItems": len(inner),
            "maxItems": len(inner),
        }
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": build_schema(inner[1])}
    raise TypeError(f"JSON has no schema for {kind}")


def make_nullable(schemas: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One of these, or null."""
    if len(schemas) == 1 and schemas[0].keys() == {"type"}:
        types = schemas[0]["type"]
        return {"type": [*dict.fromkeys([*([types] if isinstance(types, str) else types), "null"])]}
    return {"anyOf": [*map(dict, schemas), {"type": "null"}]}


def build_section_schemas() -> dict[str, dict[str, Any]]:
    """Returns the schema of each result in `summary.json`; null where a project has none."""
    return {
        analysis.key: make_nullable([build_schema(analysis.result)])
        for analysis in SECTIONS
        if analysis.result is not None
    }


SUMMARY, SUMS = "summary.json", "SHA256SUMS.txt"


def write_folder(
    report: Report, out_root: Path, contents: Mapping[str, bytes] | None = None
) -> tuple[Path, ...]:
    """Write `Fieldcheck_<site>_<date>` under `out_root`, which is made where it is missing; an
    existing folder is never touched. `contents`: what `build_folder_contents` gave for this report.

    Returns the files, the page first. Raises DiskFull, ReadOnlyPlace, ReadBackDiffers; then nothing
    is left behind.
    """
    files = dict(build_folder_contents(report) if contents is None else contents)
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
        SUMMARY: (
            json.dumps(
                build_summary(report, paper.tagged), ensure_ascii=False, allow_nan=False, indent=1
            )
            + "\n"
        ).encode("utf-8"),
        "frames.csv": format_frames_csv(report).encode("utf-8"),
        "predictions.csv": format_predictions_csv(report).encode("utf-8"),
        **{
            name: text.encode("utf-8")
            for section in SECTIONS
            for name, sheet in section.sheets.items()
            if (text := sheet(report))
        },
        labels_name: labels.encode("utf-8"),
    }


def get_folder_name(report: Report) -> str:
    """`Fieldcheck_<site>_<date>`; without a site the project's name stands there. What no file name
    may hold becomes `-`."""
    site = re.sub(r"[^\w.-]", "-", (report.site or report.project).strip())
    return f"Fieldcheck_{site}_{report.created[:10]}"


def _take_name(part: Path, out_root: Path, name: str) -> Path:
    """Give the finished folder its name, or the first free one of `name_2`, `name_3` …"""
    number, folder = 1, out_root / name
    while folder.exists():
        number += 1
        folder = out_root / f"{name}_{number}"
    with map_os_errors(folder):
        # a temporary folder is made for its owner alone; a report is made to be handed on
        part.chmod(0o755)
        part.rename(folder)
        sync_folder(out_root)
    return folder


def _read_back(folder: Path, sums: dict[str, str]) -> None:
    for name, digest in sums.items():
        if sha256_file(folder / name) != digest:
            raise ReadBackDiffers(folder / name)
