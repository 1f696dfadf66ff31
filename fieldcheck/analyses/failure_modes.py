"""Failure modes: kinds of errors by tag, their share of all errors and the distinct images of each
in stock, with the report section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n.language import tr
from fieldcheck.models.scored_sides import FieldSide, load_newest_side
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as tags_table
from fieldcheck.stats.camera_interval import METHOD
from fieldcheck.stats.weighted_field_score import estimate_by_clips_or_frames

MODES = ("blur", "dark", "glare", "occlusion", "unseen object", "label doubtful", "other")
"""Tags by which errors are sorted; any other tag on a wrong frame is a mode of the site's own."""
LEAST, GOOD = 200, 500  # distinct pictures a mode: the article's
MOST_A_CLIP = 10
MIN_GAP_S, BURST_S = 1.0, 10.0  # methods 3.4
DHASH_BITS, PHASH_BITS = 6, 8


@dataclass(frozen=True, slots=True)
class FailureMode:
    """`mode`: its tag, empty for errors that nobody sorted yet; `n` wrong frames of the draw;
    `share` of all errors, weighted; `stock`: distinct labelled pictures that carry the tag, chosen
    ones too; `to_collect`: how many lack to the least number."""

    mode: str
    n: int
    share: Estimate
    stock: int
    to_collect: int


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Fingerprints of (n,) pictures with their clips and seconds, in list order."""

    clip: Sequence[str]
    t_s: Sequence[float]
    dhash: Sequence[int]
    phash: Sequence[int]


def get_failure_mode(tags: Sequence[str]) -> str:
    """The one mode of a frame: of several tags the first of `MODES`, else the first in the
    alphabet; empty without a tag."""
    plain = {tag.strip().lower(): tag for tag in sorted(tags, reverse=True)}
    named_modes = [mode for mode in MODES if mode in plain]
    return named_modes[0] if named_modes else min(plain, default="")


def count_failure_modes(
    modes: Sequence[str], weight: NDArray[np.float64], clip: NDArray[np.str_], stock: dict[str, int]
) -> tuple[FailureMode, ...]:
    """One row a mode of the n wrong frames, the largest share of the errors first; what is not
    sorted stands last.

    `modes`: n names; `weight`, `clip`: (n,) design weights and clips. The share has the limits for
    other clips of the cameras, below three clips those of this footage.
    """
    names = np.array(modes, np.str_)
    rows = []
    for mode in dict.fromkeys(modes):
        hit = (names == mode).astype(np.float64)
        n_collected = stock.get(mode, 0) if mode else 0
        share = estimate_by_clips_or_frames(hit, weight, clip)
        rows.append(
            FailureMode(
                mode, int(hit.sum()), share, n_collected, max(0, LEAST - n_collected) if mode else 0
            )
        )
    return tuple(sorted(rows, key=lambda row: (not row.mode, -row.share.value, row.mode)))


def count_distinct(fingerprints: Fingerprints) -> int:
    """How many of the pictures count as collected: near-duplicates of an earlier one of its clip
    once, and at most ten a clip."""
    kept: dict[str, list[int]] = {}
    for index, clip in enumerate(fingerprints.clip):
        mine = kept.setdefault(clip, [])
        if len(mine) < MOST_A_CLIP and not any(
            _is_same_moment(fingerprints, index, other) for other in mine
        ):
            mine.append(index)
    return sum(map(len, kept.values()))


def _is_same_moment(fingerprints: Fingerprints, a: int, b: int) -> bool:
    """Whether two pictures of a clip show one moment (methods 3.4)."""
    apart = abs(fingerprints.t_s[a] - fingerprints.t_s[b])
    near = (fingerprints.dhash[a] ^ fingerprints.dhash[b]).bit_count() <= DHASH_BITS or (
        fingerprints.phash[a] ^ fingerprints.phash[b]
    ).bit_count() <= PHASH_BITS
    return apart < MIN_GAP_S or (apart < BURST_S and near)


# Failure modes on the page: share of the errors, pictures in stock, and how many are still to be
# collected before any retraining.


def build_failure_mode_section(result: tuple[FailureMode, ...] | None) -> Section:
    """One row a mode, the largest share of the errors first."""
    title = tr("Failure modes")
    if result is None:
        sentence = tr("No frame has both a definite label and a prediction yet.")
        return Section("failure_modes", title, title, (Paragraph(sentence, quiet=True),))
    if not result:
        return Section(
            "failure_modes",
            title,
            title,
            (Paragraph(tr("The model was correct on every labelled frame of the sample.")),),
        )
    rule = tr(
        "Collect at least {least} distinct images per failure mode ({good} recommended): at "
        "most 10 per clip, no near-duplicates."
    )
    heads = (
        Cell(tr("Failure mode"), head=True),
        Cell(tr("wrong frames"), figure=True),
        Cell(tr("share of errors"), figure=True),
        Cell(tr("collected"), figure=True),
        Cell(tr("still to collect"), figure=True),
    )
    caption = tr("Errors by failure mode, weighted; 95% CI for these cameras")
    if not any(row.share.method == METHOD for row in result):
        caption = tr("Errors by failure mode, weighted; 95% CI for this footage")
    table = Table(caption, heads, tuple(_build_mode_row(row) for row in result))
    blocks: list[Block] = [Paragraph(rule.format(least=LEAST, good=GOOD), quiet=True), table]
    if any(not row.mode for row in result):
        sentence = tr(
            "Tag wrong frames by failure mode in Explore, for example {tags}; any other tag "
            "creates a new failure mode."
        )
        blocks.append(Paragraph(sentence.format(tags=", ".join(MODES))))
    return Section("failure_modes", title, title, tuple(blocks))


def get_failure_mode_name(mode: str) -> str:
    """A mode in words; a tag of the site's own stands for itself."""
    return {
        "": tr("unassigned"),
        "blur": tr("blur"),
        "dark": tr("dark"),
        "glare": tr("glare"),
        "occlusion": tr("occlusion"),
        "unseen object": tr("unseen object"),
        "label doubtful": tr("label doubtful"),
        "other": tr("other"),
    }.get(mode, mode)


def _build_mode_row(row: FailureMode) -> tuple[Cell, ...]:
    stock = (str(row.stock), str(row.to_collect)) if row.mode else ("–", "–")
    share = names_and_numbers.format_counted_rate(row.share)
    figures = (str(row.n), share, *stock)
    return (
        Cell(get_failure_mode_name(row.mode), head=True),
        *(Cell(figure, figure=True) for figure in figures),
    )


# Failure modes of a project: its wrong frames by their tags, and what is in stock of each.


def compute_failure_modes(project: Project) -> tuple[FailureMode, ...] | None:
    """None where nothing of the draw was labelled and run; no row where the model was right on all
    of it."""
    newest_side = load_newest_side(project)
    if newest_side is None:
        return None
    side, tags = newest_side[1], project.read(tags_table.list_tags)
    weight = side.scores.weight[side.labelled]
    if side.judgement is None or not (weight > 0).any():
        return None
    indices = side.labelled[~side.judgement.right & (weight > 0)]
    modes = [get_failure_mode(tags.get(side.picks[k].frame_id, ())) for k in indices.tolist()]
    stock = _count_stock(project, side, tags, {mode for mode in modes if mode})
    return count_failure_modes(
        modes, side.scores.weight[indices], np.asarray(side.sample.clip[indices], np.str_), stock
    )


def _count_stock(
    project: Project, side: FieldSide, tags: dict[str, tuple[str, ...]], modes: set[str]
) -> dict[str, int]:
    """Distinct labelled pictures by mode, also those that were added by hand."""
    if not modes:
        return {}
    hashes = {
        fact.frame_id: (fact.dhash, fact.phash)
        for fact in project.read(frames_table.list_frame_facts)
    }
    labelled = [(line, get_failure_mode(tags.get(pick.frame_id, ()))) for pick, line, state in
                zip(side.picks, side.lines, side.sample.state.tolist(),
                strict=True) if state == "done"]  # fmt: skip
    result = {}
    for mode in modes:
        mine = [line for line, own in labelled if own == mode]
        prints = [hashes[line.frame.frame_id] for line in mine]
        fingerprints = Fingerprints(
            [line.clip.clip_id for line in mine],
            [line.frame.t_s for line in mine],
            *map(list, zip(*prints, strict=True)),
        )
        result[mode] = count_distinct(fingerprints)
    return result


def check_failure_stock(report: Report) -> CheckResult:
    """Judges the smallest stock among the open failure modes.

    While errors are unsorted, a mode may be missing; with no error there is none to collect.
    """
    modes = ANALYSIS.get_result(report)
    if modes is None:
        return NOT_MEASURED
    stock = [row.stock for row in modes if row.mode]
    if not stock:
        return NOT_MEASURED if modes else ("pass", None)
    enough = len(stock) == len(modes) and min(stock) >= LEAST
    return "pass" if enough else "too_few", float(min(stock))


ANALYSIS: Analysis[tuple[FailureMode, ...]] = Analysis(
    key="failure_modes",
    result=tuple[FailureMode, ...],
    compute=compute_failure_modes,
    section=build_failure_mode_section,
    checklist=(
        ChecklistRule(
            "failure_stock",
            2,
            lambda: tr("At least 200 images of every open failure mode are available"),
            lambda: tr("Tag wrong frames with their failure mode and collect images of each."),
            check_failure_stock,
            by_predictions=True,
        ),
    ),
)
