"""Gallery of the report: the most confident errors, each with label, prediction, confidence, clip and local time."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.report import number_format
from fieldcheck.report.blocks import ImageBlock, Paragraph
from fieldcheck.report.report import Report, WorstFrame
from fieldcheck.timestamp import parse_local_time
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.labels import format_class_counts
from fieldcheck.words.language import tr

MOST_BYTES = 1_800_000  # of one gallery, where a picture stands as base64: four characters for three bytes


def build_image_blocks(report: Report, most: int, short: bool = False) -> tuple[ImageBlock, ...]:
    """Pictures of errors: as many of the first `most` as the page has room for; `short`: label → prediction, confidence and clip."""
    found, room = [], MOST_BYTES
    for frame in report.worst[:most]:
        room -= 4 * -(-len(frame.jpeg) // 3)
        if room < 0:
            break
        found.append(build_image_block(frame, report.clip_names, short))
    return tuple(found)


def build_mark_legend(report: Report) -> tuple[Paragraph, ...]:
    """How to read the marks in the pictures; nothing where there are none."""
    if not any(frame.marked for frame in report.worst):
        return ()
    said = tr("Solid lines and crosses: label. Dashed: prediction. Small objects are also shown enlarged.")
    return (Paragraph(said, quiet=True),)


def build_image_block(frame: WorstFrame, clip_names: Mapping[str, str], short: bool = False) -> ImageBlock:
    """One error with its words. The name of a clip has its local time."""
    said, answered = format_class_counts(frame.truth), format_class_counts(frame.prediction)
    sure = (
        tr("confidence {share}").format(share=number_format.format_confidence(frame.confidence))
        if frame.confidence == frame.confidence
        else tr("no prediction")
    )
    when = [number_format.format_timestamp(parse_local_time(frame.at).isoformat())] if frame.at else []
    where = [clip_names[frame.clip]] if frame.clip in clip_names else [frame.camera] if frame.camera else []
    more = where if short else [*(get_condition_name(code) for code in frame.conditions), *where, *when]
    small = " · ".join([sure, *more])
    alt = tr("Frame {frame}: label {truth}, prediction {answer}.").format(frame=frame.frame_id, truth=said, answer=answered)
    lines = ((tr("Assigned label"), said), (tr("Prediction"), answered))
    return ImageBlock(frame.jpeg, alt, (("", f"{said} → {answered}"),) if short else lines, small)
