"""Change since an earlier report: the last one of the project, or one that somebody names, held against this one by their summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.report_change import FindingChange, ReportChange, RuleChange, ScoreChange, Setup
from fieldcheck.errors import PathMissing, ReportRefused
from fieldcheck.files import map_os_errors
from fieldcheck.measure.interval import estimate_difference
from fieldcheck.plain_json import MOST_BYTES, InvalidDocument, parse_json
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.layout import DATABASE
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.report.report import Report
from fieldcheck.report.summary import build_summary
from fieldcheck.report.write import SUMMARY

Summary = Mapping[str, Any]

MOST_SHARE = 2.0  # a score is at most 1, a limit of its range may lie a little beyond


def load_last_summary(project: Project) -> Summary | None:
    """`summary.json` of the newest report that measured a field score; None where none did, or what is kept of it cannot be read."""
    kept = project.read(reports_table.get_last_summary)
    if kept is None:
        return None
    try:
        found = parse_json(kept)
    except InvalidDocument:
        return None
    return found if _is_summary(found) else None


def load_summary(path: Path) -> Summary:
    """The summary of a report's folder, of its `summary.json`, or of a project's newest report.

    Raises PathMissing, ReportRefused (`none`, `unreadable`, `other`), and what opening a project raises.
    """
    if not path.exists():
        raise PathMissing(path)
    if path.is_dir() and (path / DATABASE).exists():
        with open_project(path, write=False) as other:
            found = load_last_summary(other)
        if found is None:
            raise ReportRefused(path, "none")
        return found
    file = path / SUMMARY if path.is_dir() else path
    if not file.is_file():
        raise ReportRefused(path, "none")
    with map_os_errors(file), file.open("rb") as source:
        text = source.read(MOST_BYTES + 1)
    try:
        found = parse_json(text)
    except InvalidDocument as error:
        raise ReportRefused(file, "unreadable", str(error)) from error
    if not _is_summary(found):
        raise ReportRefused(file, "other")
    return cast(Summary, found)


def compare_summaries(before: Summary, now: Summary, *, named: bool) -> ReportChange | None:
    """The change from one summary to the other; None where the earlier one cannot be understood."""
    try:
        differs = _list_differences(before, now)
        return ReportChange(
            since=str(before["created"]),
            project=str(before["project"]),
            model=str((before["model"] or {}).get("name", "")),
            named=named,
            same_frames="draw" not in differs,
            differs=differs,
            scores=() if "metric" in differs else tuple(_compare_scores(before, now)),
            findings=tuple(_compare_findings(before, now)),
            rules=tuple(_compare_rules(before, now)),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def add_report_change(project: Project, report: Report, earlier: Summary | None) -> Report:
    """Report with its change since an earlier one among its facts: since the project's last one where none is named."""
    before = earlier if earlier is not None else load_last_summary(project)
    change = None if before is None else compare_summaries(before, build_summary(report), named=earlier is not None)
    return replace(report, facts={**(report.facts or {}), "change": change})


def _is_summary(found: Any) -> bool:
    return isinstance(found, dict) and all(key in found for key in ("schema", "created", "project", "model", "field", "gap"))


def _list_differences(before: Summary, now: Summary) -> tuple[Setup, ...]:
    """Set-up that is not the same in both; a card says nothing of its own where the model is another one."""
    found = [name for name, of in SETUP.items() if of(before) != of(now)]
    return tuple(name for name in found if name != "card" or "model" not in found)


def _get_draw_identity(one: Summary) -> tuple[dict[str, Any], dict[str, Any]]:
    """Seeds of the draws and hashes of the recordings: the same ones draw the same frames."""
    told = one.get("provenance") or {}
    seeds = {name: seed for name, seed in (told.get("seeds") or {}).items() if name != "bootstrap"}
    return seeds, {name: digest for name, digest in (told.get("hashes") or {}).items() if name not in ("model", "card")}


SETUP: Mapping[Setup, Callable[[Summary], object]] = {
    "metric": lambda one: one["gap"].get("metric"),
    "model": lambda one: (one["model"] or {}).get("sha256"),
    "card": lambda one: (one["model"] or {}).get("card"),
    "benchmark": lambda one: [(said["path"].rpartition("/")[2], said["n"]) for said in (one.get("benchmark"),) if said],
    "draw": _get_draw_identity,
    "limit": lambda one: one["gap"].get("tolerance"),
}


def _compare_scores(before: Summary, now: Summary) -> Iterator[ScoreChange]:
    for name in ("benchmark", "field", "gap"):
        old, new = (_get_estimate(one, name) for one in (before, now))
        if old is not None and new is not None:
            yield ScoreChange(name, of_class=False, before=old, now=new, change=estimate_difference(new, old))
    classes = [{row["class"]: row for row in one.get("per_class") or ()} for one in (before, now)]
    for name in (name for name in classes[1] if name in classes[0]):
        old, new = (_parse_estimate(one[name].get("recall")) for one in classes)
        if old is not None and new is not None:
            yield ScoreChange(name, of_class=True, before=old, now=new, change=estimate_difference(new, old))


def _get_estimate(one: Summary, name: str) -> Estimate | None:
    """A score with the interval that the headline goes by: the cameras', where the gap is of them."""
    if name == "gap":
        return _parse_estimate(one["gap"])
    if name == "benchmark":
        return _parse_estimate((one.get("benchmark") or {}).get("score"))
    field = one["field"]
    cameras = _parse_estimate(field.get("camera")) if one["gap"].get("basis") == "camera" else None
    return cameras or _parse_estimate(field["footage"])


def _parse_estimate(found: Mapping[str, Any] | None) -> Estimate | None:
    if found is None:
        return None
    estimate = Estimate.from_json(found)
    if not estimate.measured:
        return None
    if not all(abs(one) <= MOST_SHARE for one in (estimate.value, estimate.lo, estimate.hi)):
        raise ValueError(f"{estimate.value:g} is no share")
    return estimate


def _compare_findings(before: Summary, now: Summary) -> Iterator[FindingChange]:
    old, new = (
        {(str(one["key"]), str(one["value"])): None for one in (side.get("decision") or {}).get("findings") or () if one["demonstrated"]}
        for side in (before, now)
    )
    for key, value in {**old, **new}:
        yield FindingChange(key, value, before=(key, value) in old, now=(key, value) in new)


def _compare_rules(before: Summary, now: Summary) -> Iterator[RuleChange]:
    old = {row["rule"]: str(row["state"]) for row in before.get("checklist") or ()}
    for row in now.get("checklist") or ():
        if row["rule"] in old and old[row["rule"]] != row["state"]:
            yield RuleChange(row["rule"], old[row["rule"]], row["state"])
