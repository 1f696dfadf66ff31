"""Gallery of the report: the most confident errors, each with label, prediction, confidence, clip and local time."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.report import code_names as named
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Paragraph, PictureBlock
from fieldcheck.report.report import Report, WorstFrame
from fieldcheck.timestamp import local
from fieldcheck.words.labels import counted
from fieldcheck.words.language import text

MOST_BYTES = 1_800_000  # of one gallery, where a picture stands as base64: four characters for three bytes


def pictures(report: Report, most: int, short: bool = False) -> tuple[PictureBlock, ...]:
    """Pictures of errors: as many of the first `most` as the page has room for; `short`: label → prediction, confidence and clip."""
    found, room = [], MOST_BYTES
    for frame in report.worst[:most]:
        room -= 4 * -(-len(frame.jpeg) // 3)
        if room < 0:
            break
        found.append(picture(frame, report.clip_names, short))
    return tuple(found)


def how_marked(report: Report) -> tuple[Paragraph, ...]:
    """How to read the marks in the pictures; nothing where there are none."""
    if not any(frame.marked for frame in report.worst):
        return ()
    said = text("Solid lines and crosses: label. Dashed: prediction. Small objects are also shown enlarged.")
    return (Paragraph(said, quiet=True),)


def picture(frame: WorstFrame, clip_names: Mapping[str, str], short: bool = False) -> PictureBlock:
    """One error with its words. The name of a clip has its local time."""
    said, answered = counted(frame.truth), counted(frame.prediction)
    sure = (
        text("confidence {share}").format(share=number_format.confidence(frame.confidence))
        if frame.confidence == frame.confidence
        else text("no prediction")
    )
    when = [number_format.moment(local(frame.at).isoformat())] if frame.at else []
    where = [clip_names[frame.clip]] if frame.clip in clip_names else [frame.camera] if frame.camera else []
    more = where if short else [*(named.condition(code) for code in frame.conditions), *where, *when]
    small = " · ".join([sure, *more])
    alt = text("Frame {frame}: label {truth}, prediction {answer}.").format(frame=frame.frame_id, truth=said, answer=answered)
    lines = ((text("Assigned label"), said), (text("Prediction"), answered))
    return PictureBlock(frame.jpeg, alt, (("", f"{said} → {answered}"),) if short else lines, small)
