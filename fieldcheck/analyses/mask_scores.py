"""Masks of a segmentation model on the page: mean IoU and boundary F on the benchmark, of each
class, and what labelled points in the field can and cannot tell."""

from __future__ import annotations

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.csv_json_xml import format_csv, to_json_number
from fieldcheck.domain.estimate import Estimate
from fieldcheck.i18n.language import tr
from fieldcheck.models.mask_scores import MaskScores, load_mask_scores
from fieldcheck.models.messages import describe_mask_scores, get_metric_name

COLUMNS = ("class", "n", "iou", "iou_lo", "iou_hi", "boundary_f", "boundary_f_lo", "boundary_f_hi")


def build_mask_section(report: Report) -> Section | None:
    """Table of all classes and each of them; None where the model gives no masks."""
    result = ANALYSIS.get_result(report)
    if result is None:
        return None
    title = tr("Masks")
    if result.missing:
        blocks: list[Block] = [Paragraph(_describe_missing(result), quiet=True)]
    else:
        blocks = [_build_score_table(result), Paragraph(_describe_scores(), quiet=True)]
    return Section("masks", title, title, (*blocks, Paragraph(_describe_field(report))))


def list_mask_sentences(report: Report) -> list[str]:
    """The sentence of the first page; empty where no mask was scored."""
    result = ANALYSIS.get_result(report)
    return [] if result is None or result.missing else [describe_mask_scores(result)]


def format_masks_csv(report: Report) -> str:
    """A row over all classes, without a name, and one for each; empty where no mask was scored."""
    result = ANALYSIS.get_result(report)
    if result is None or result.missing:
        return ""
    rows = [("", result.n, result.mean_iou, result.boundary_f)]
    rows += [(row.name, row.n, row.iou, row.boundary_f) for row in result.classes]
    return format_csv(
        COLUMNS, ((name, n, *_list_limits(iou), *_list_limits(edge)) for name, n, iou, edge in rows)
    )


def _list_limits(estimate: Estimate) -> tuple[float | None, ...]:
    return tuple(to_json_number(figure) for figure in (estimate.value, estimate.lo, estimate.hi))


def _build_score_table(mask_scores: MaskScores) -> Table:
    heads = (
        Cell(tr("Class"), head=True),
        Cell("n", figure=True),
        Cell(tr("IoU"), figure=True),
        Cell(tr("boundary F"), figure=True),
    )
    rows = [
        (tr("Mean over the classes"), mask_scores.n, mask_scores.mean_iou, mask_scores.boundary_f)
    ]
    rows += [(row.name, row.n, row.iou, row.boundary_f) for row in mask_scores.classes]
    body = tuple(
        (
            Cell(name, head=True),
            Cell(str(n), figure=True),
            *(
                Cell(names_and_numbers.format_value_with_range(score), figure=True)
                for score in (iou, edge)
            ),
        )
        for name, n, iou, edge in rows
    )
    return Table(tr("Benchmark, mask against mask"), heads, body)


def _describe_scores() -> str:
    return tr(
        "IoU: pixels that label and prediction share, per pixel that either has, over all images. "
        "Boundary F: outlines that match within 0.75% of the image diagonal. n: images labelled "
        "with the class. 95% CI by whole images."
    )


def _describe_missing(mask_scores: MaskScores) -> str:
    if mask_scores.missing == "gone":
        return tr(
            "IoU and boundary F not measured: the benchmark's masks are not on this computer."
        )
    return tr(
        "IoU and boundary F not measured: they require a benchmark folder with one mask per image, "
        "or a COCO file with an outline or mask of every object."
    )


def _describe_field(report: Report) -> str:
    sentence = tr(
        "In the field, points are labelled and no outlines: IoU and boundary F cannot be computed "
        "there. The gap is measured in {metric}."
    )
    return sentence.format(metric=get_metric_name(report.gap.metric or report.own_metric))


ANALYSIS: Analysis[MaskScores] = Analysis(
    key="mask_scores",
    result=MaskScores,
    compute=load_mask_scores,
    report_section=build_mask_section,
    sheets={"masks.csv": format_masks_csv},
)
