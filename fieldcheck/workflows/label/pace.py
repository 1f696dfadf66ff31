"""How fast the labels were made, from the log of every act of labelling."""

from __future__ import annotations

from collections import defaultdict

from fieldcheck.domain.label import ANSWERS, LabelEvent
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import label_events as events_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.report.report import LabellingPace

LONGEST_S = 60.0
"""Whoever looks at a frame for longer has gone for coffee: more does not count as labelling."""


def measure_pace(project: Project) -> LabellingPace | None:
    """Labelling pace, as the report tells it; None where no label was made on the Label screen."""
    events = project.read(events_table.list_label_events)
    return compute_pace(events, {label.frame_id for label in project.read(labels_table.list_labels)})


def compute_pace(events: tuple[LabelEvent, ...], labelled: set[str]) -> LabellingPace | None:
    """The pace of the frames that carry a label now. Corrected: answered again after an answer that was not "unsure", or taken back."""
    of_frame: dict[str, list[LabelEvent]] = defaultdict(list)
    for event in events:
        if event.frame_id in labelled:
            of_frame[event.frame_id].append(event)
    if not of_frame:
        return None
    told = [event for found in of_frame.values() for event in found]
    return LabellingPace(
        n_frames=len(of_frame),
        seconds=sum(min(LONGEST_S, event.seconds) for event in told if event.seconds is not None),
        n_keys=sum(event.n_keys for event in told),
        n_clicks=sum(event.n_clicks for event in told),
        n_corrected=sum(_is_corrected(found) for found in of_frame.values()),
        n_not_blind=sum(any(not event.blind for event in found) for found in of_frame.values()),
    )


def _is_corrected(events: list[LabelEvent]) -> bool:
    answers = [event.action for event in events if event.action in ANSWERS]
    return any(event.action == "back" for event in events) or any(action != "unsure" for action in answers[:-1])
