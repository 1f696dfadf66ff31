"""Tables of picks and labels: draws, reserve, picks, labels, label events, drafts, marks, repeats,
label reviews and tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import (
    Draw,
    DrawnFrame,
    Label,
    LabelDraft,
    LabelEvent,
    LabelReview,
    Pick,
    Repeat,
    ReviewRequest,
    Stratum,
)
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables.values import (
    Key,
    TableRow,
    format_boxes,
    format_points,
    from_flag,
    from_id,
    from_json,
    from_place,
    from_real,
    parse_boxes,
    parse_points,
    to_flag,
    to_json,
    to_real,
)
from fieldcheck.safe_text import clean_name

# The picks table (edits): the frames to be labelled, in the random order in which they are shown.

PICK_COLUMNS = "frame_id, draw_id, stratum, probability, weight, reason, place, file, taken_out"


@memoisable
def list_picks(db: Database) -> tuple[Pick, ...]:
    """Every pick, also those taken out: draw after draw, in the order in which they are shown."""
    return tuple(
        _parse_pick(row)
        for row in db.execute(f"SELECT {PICK_COLUMNS} FROM pick ORDER BY draw_id, place, frame_id")
    )


def get_pick(db: Database, frame_id: str) -> Pick | None:
    """The pick of that frame, None where it was not picked."""
    row = db.execute(f"SELECT {PICK_COLUMNS} FROM pick WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_pick(row) if row else None


def remove_other_picks(db: Database, frame_ids: Iterable[str]) -> None:
    """Deletes all other picks, in a copy of the database for another person."""
    db.conn.execute(
        "DELETE FROM pick WHERE frame_id NOT IN (SELECT value FROM json_each(?))",
        [to_json(sorted(frame_ids))],
    )


def make_pick_row(pick: Pick) -> TableRow:
    """A pick for an edit to put."""
    return TableRow(
        "pick",
        {
            "frame_id": pick.frame_id,
            "draw_id": int(pick.draw_id),
            "stratum": pick.stratum,
            "probability": to_real(pick.probability),
            "weight": float(pick.weight),
            "reason": pick.reason,
            "place": int(pick.place),
            "file": pick.file,
            "taken_out": pick.taken_out,
        },
    )


def make_pick_key(frame_id: str) -> Key:
    """A pick for an edit to delete."""
    return Key("pick", frame_id)


def _parse_pick(row: tuple[Any, ...]) -> Pick:
    frame_id, draw_id, stratum, probability, *rest = row
    pick = Pick(from_id(frame_id, "pick.frame_id"), draw_id, stratum, from_real(probability), *rest)
    from_place(pick.file, "pick.file")
    return pick


# The draw tables (facts): every act of choosing, and the place of every listed frame in it.

DRAW_COLUMNS = (
    "draw_id, design, seed, seed_typed, count, census, strata, components, model_sha256, "
    "created, labels_existed"
)
STANDS = "EXISTS (SELECT 1 FROM pick WHERE pick.draw_id = draw.draw_id)"


def get_next_draw_id(db: Database) -> int:
    """The number of the draw that comes next, from 1."""
    return int(db.execute("SELECT coalesce(max(draw_id), 0) + 1 FROM draw").fetchone()[0])


def put_draw(db: Database, draw: Draw, members: Iterable[DrawnFrame]) -> None:
    """Log a draw with all its members; its picks are put by an edit in the same transaction."""
    strata = to_json([[stratum.name, stratum.listed, stratum.picked] for stratum in draw.strata])
    components = to_json([[name, float(weight)] for name, weight in draw.components])
    values = (
        draw.draw_id,
        draw.design,
        int(draw.seed),
        int(draw.seed_typed),
        int(draw.count),
        int(draw.census),
        strata,
        components,
        draw.model_sha256,
        draw.created,
        int(draw.labels_existed),
    )
    db.execute(
        f"INSERT INTO draw ({DRAW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
    )
    db.conn.executemany(
        "INSERT INTO member (draw_id, frame_id, stratum, hardness) VALUES (?, ?, ?, ?)",
        [
            (member.draw_id, member.frame_id, member.stratum, to_real(member.hardness))
            for member in members
        ],
    )


@memoisable
def list_draws(db: Database) -> tuple[Draw, ...]:
    """Every draw ever made, oldest first."""
    return tuple(
        _parse_draw(row) for row in db.execute(f"SELECT {DRAW_COLUMNS} FROM draw ORDER BY draw_id")
    )


@memoisable
def list_current_draws(db: Database) -> tuple[Draw, ...]:
    """The draws whose picks stand, oldest first: none before the first, several where labelled ones
    were added to."""
    return tuple(
        _parse_draw(row)
        for row in db.execute(f"SELECT {DRAW_COLUMNS} FROM draw WHERE {STANDS} ORDER BY draw_id")
    )


def list_members(db: Database, draw_id: int) -> tuple[DrawnFrame, ...]:
    """Every frame that was listed when the draw was made, by frame id."""
    cursor = db.execute(
        (
            "SELECT draw_id, frame_id, stratum, hardness FROM member WHERE draw_id = ? ORDER BY "
            "frame_id"
        ),
        [draw_id],
    )
    return tuple(
        DrawnFrame(number, frame_id, stratum, from_real(hardness))
        for number, frame_id, stratum, hardness in cursor
    )


def _parse_draw(row: tuple[Any, ...]) -> Draw:
    (
        draw_id,
        design,
        seed,
        seed_typed,
        count,
        census,
        strata,
        components,
        model_sha256,
        created,
        labels_existed,
    ) = row
    return Draw(
        draw_id, design, seed, bool(seed_typed), count, bool(census),
        tuple(Stratum(*entry) for entry in from_json(strata, "draw.strata")),
        tuple((name, weight) for name, weight in from_json(components, "draw.components")),
        model_sha256, created, bool(labels_existed),
    )  # fmt: skip


# The reserve table (facts): which frames replace a pick that is excluded before it is labelled, in
# order.


def put_reserves(db: Database, draw_id: int, reserves: Mapping[str, Sequence[str]]) -> None:
    """Store the reserves of each pick of a draw, as drawn from its seed."""
    db.conn.executemany(
        "INSERT INTO reserve (draw_id, frame_id, reserves) VALUES (?, ?, ?)",
        [(int(draw_id), frame_id, to_json(list(others))) for frame_id, others in reserves.items()],
    )


def get_block_reserves(db: Database, draw_id: int, frame_id: str) -> tuple[str, ...]:
    """The frames of the time block that a pick, or one that came in its place, belongs to: the
    drawn one first, then its reserves in order. Only the frame itself where the draw has none."""
    for drawn, text in db.execute(
        "SELECT frame_id, reserves FROM reserve WHERE draw_id = ? ORDER BY frame_id", [int(draw_id)]
    ):
        block = (str(drawn), *(str(name) for name in from_json(text, "reserve.reserves")))
        if frame_id in block:
            return block
    return (frame_id,)


# The marks table (edits): what was noted about frames beside their labels.

MARK_COLUMNS = "frame_id, person, expert, by_whom"


@memoisable
def list_marks(db: Database) -> dict[str, ReviewRequest]:
    """Every mark, by frame id."""
    return {
        row[0]: _parse_mark(row)
        for row in db.execute(f"SELECT {MARK_COLUMNS} FROM mark ORDER BY frame_id")
    }


@memoisable
def list_with_person(db: Database) -> frozenset[str]:
    """The frame ids on which a person was marked."""
    return frozenset(row[0] for row in db.execute("SELECT frame_id FROM mark WHERE person"))


def get_mark(db: Database, frame_id: str) -> ReviewRequest:
    """The mark of one frame; a blank one where nothing was noted."""
    row = db.execute(f"SELECT {MARK_COLUMNS} FROM mark WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_mark(row) if row else ReviewRequest(frame_id)


def make_mark_row(mark: ReviewRequest) -> TableRow:
    """A mark for an edit to put."""
    return TableRow(
        "mark",
        {
            "frame_id": mark.frame_id,
            "person": int(mark.person),
            "expert": int(mark.expert),
            "by_whom": clean_name(mark.by),
        },
    )


def make_mark_key(frame_id: str) -> Key:
    """A mark for an edit to delete."""
    return Key("mark", frame_id)


def _parse_mark(row: tuple[Any, ...]) -> ReviewRequest:
    frame_id, person, expert, annotator = row
    return ReviewRequest(frame_id, bool(person), bool(expert), annotator)


LABEL_COLUMNS = "frame_id, state, class_name, boxes, points, why, by_whom, at, seconds, blind"


@memoisable
def list_labels(db: Database) -> tuple[Label, ...]:
    """Every label, by frame id."""
    return tuple(
        _parse_label(row)
        for row in db.execute(f"SELECT {LABEL_COLUMNS} FROM label ORDER BY frame_id")
    )


def get_label(db: Database, frame_id: str) -> Label | None:
    """The label of one frame; None without one."""
    row = db.execute(f"SELECT {LABEL_COLUMNS} FROM label WHERE frame_id = ?", [frame_id]).fetchone()
    return _parse_label(row) if row else None


@memoisable
def count_labels(db: Database) -> int:
    """How many frames carry a label of any state."""
    return int(db.execute("SELECT count(*) FROM label").fetchone()[0])


def make_label_row(label: Label) -> TableRow:
    """A label for an edit to put."""
    return TableRow(
        "label",
        {
            "frame_id": label.frame_id,
            "state": label.state,
            "class_name": label.class_name,
            "boxes": format_boxes(label.boxes),
            "points": format_points(label.points),
            "why": label.why,
            "by_whom": clean_name(label.by),
            "at": label.at,
            "seconds": to_real(label.seconds),
            "blind": to_flag(label.blind),
        },
    )


def make_label_key(frame_id: str) -> Key:
    """A label for an edit to delete."""
    return Key("label", frame_id)


def _parse_label(row: tuple[Any, ...]) -> Label:
    frame_id, state, class_name, box_text, point_text, why, by_whom, time, seconds, blind = row
    return Label(
        frame_id,
        state,
        class_name,
        parse_boxes(box_text),
        parse_points(point_text),
        why,
        by_whom,
        time,
        seconds,
        from_flag(blind),
    )


# The draft table (edits): boxes and points that were drawn and not accepted yet.


def list_drafts(db: Database) -> dict[str, LabelDraft]:
    """Every draft, by frame id."""
    cursor = db.execute("SELECT frame_id, boxes, points FROM draft ORDER BY frame_id")
    return {
        frame_id: LabelDraft(frame_id, parse_boxes(box_text), parse_points(point_text))
        for frame_id, box_text, point_text in cursor
    }


def make_draft_row(draft: LabelDraft) -> TableRow:
    """A draft for an edit to put."""
    return TableRow(
        "draft",
        {
            "frame_id": draft.frame_id,
            "boxes": format_boxes(draft.boxes),
            "points": format_points(draft.points),
        },
    )


def make_draft_key(frame_id: str) -> Key:
    """A draft for an edit to delete."""
    return Key("draft", frame_id)


# The label_event table (facts): how each label was made. Undoing a label adds to it and takes
# nothing away.

LABEL_EVENT_COLUMNS = (
    "frame_id, action, shown, at, seconds, n_keys, n_clicks, loupe_ms, lifted, blind, "
    "by_whom, undo_of"
)


def add_label_events(db: Database, events: Iterable[LabelEvent]) -> None:
    """Append events, in the transaction of the label that they are about."""
    db.conn.executemany(
        (
            f"INSERT INTO label_event ({LABEL_EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
            "?, "
            "?, ?, ?)"
        ),
        [
            (
                event.frame_id,
                event.action,
                event.shown,
                event.at,
                to_real(event.seconds),
                int(event.n_keys),
                int(event.n_clicks),
                int(event.loupe_ms),
                int(event.lifted),
                int(event.blind),
                clean_name(event.by),
                int(event.undo_of),
            )
            for event in events
        ],
    )


@memoisable
def list_label_events(db: Database) -> tuple[LabelEvent, ...]:
    """Every event, oldest first."""
    return tuple(
        _parse_event(row)
        for row in db.execute(f"SELECT {LABEL_EVENT_COLUMNS} FROM label_event ORDER BY event_id")
    )


def get_newest_event(db: Database, frame_id: str) -> int:
    """The number of the newest event about a frame, 0 where there is none."""
    return int(
        db.execute(
            "SELECT coalesce(max(event_id), 0) FROM label_event WHERE frame_id = ?", [frame_id]
        ).fetchone()[0]
    )


def _parse_event(row: tuple[Any, ...]) -> LabelEvent:
    (
        frame_id,
        action,
        shown,
        time,
        seconds,
        n_keys,
        n_clicks,
        loupe_ms,
        lifted,
        blind,
        annotator,
        undo_of,
    ) = row
    return LabelEvent(
        frame_id,
        action,
        shown,
        time,
        seconds,
        n_keys,
        n_clicks,
        loupe_ms,
        bool(lifted),
        bool(blind),
        annotator,
        undo_of,
    )


# Label reviews, table `second_looks` (edits): decisions on disagreements between label and model.
# They never change a label.

LABEL_REVIEW_COLUMNS = "subject, answer, of_label, class_name, boxes, by_whom, at"


@memoisable
def list_label_reviews(db: Database) -> dict[str, LabelReview]:
    """Subject → what was said of it, by subject."""
    return {
        str(row[0]): _parse_label_review(row)
        for row in db.execute(f"SELECT {LABEL_REVIEW_COLUMNS} FROM second_look ORDER BY subject")
    }


def make_label_review_row(label_review: LabelReview) -> TableRow:
    """A label review for an edit to put."""
    return TableRow(
        "second_look",
        {
            "subject": label_review.subject,
            "answer": label_review.answer,
            "of_label": label_review.of_label,
            "class_name": label_review.class_name,
            "boxes": format_boxes(label_review.boxes),
            "by_whom": clean_name(label_review.by),
            "at": label_review.at,
        },
    )


def make_label_review_key(subject: str) -> Key:
    """A label review for an edit to delete."""
    return Key("second_look", subject)


def _parse_label_review(row: tuple[Any, ...]) -> LabelReview:
    subject, answer, of_label, class_name, text, by_whom, time = row
    return LabelReview(subject, answer, of_label, class_name, parse_boxes(text), by_whom, time)


# The repeat table (edits): frames that are labelled a second time, with their second labels.

REPEAT_COLUMNS = "frame_id, round, place, how, state, class_name, boxes, points, by_whom, at"


@memoisable
def list_repeats(db: Database) -> tuple[Repeat, ...]:
    """Every repeat, round after round, in the order in which they are shown."""
    return tuple(
        _parse_repeat(row)
        for row in db.execute(
            f"SELECT {REPEAT_COLUMNS} FROM repeat ORDER BY round, place, frame_id"
        )
    )


def make_repeat_row(repeat: Repeat) -> TableRow:
    """A repeat for an edit to put."""
    return TableRow(
        "repeat",
        {
            "repeat_id": repeat.repeat_id,
            "frame_id": repeat.frame_id,
            "round": int(repeat.round),
            "place": int(repeat.place),
            "how": repeat.how,
            "state": repeat.state,
            "class_name": repeat.class_name,
            "boxes": format_boxes(repeat.boxes),
            "points": format_points(repeat.points),
            "by_whom": clean_name(repeat.by),
            "at": repeat.at,
        },
    )


def make_repeat_key(repeat: Repeat) -> Key:
    """A repeat for an edit to delete."""
    return Key("repeat", repeat.repeat_id)


def _parse_repeat(row: tuple[Any, ...]) -> Repeat:
    frame_id, number, position, how, state, class_name, box_text, point_text, annotator, time = row
    return Repeat(
        frame_id,
        number,
        position,
        how,
        state,
        class_name,
        parse_boxes(box_text),
        parse_points(point_text),
        annotator,
        time,
    )


# The tags table (edits): words that a person put on frames and benchmark pictures.


@memoisable
def list_tags(db: Database) -> dict[str, tuple[str, ...]]:
    """Subject → its tags, both in alphabetical order."""
    return {
        str(subject): tuple(from_json(names, "tag.names"))
        for subject, names in db.execute("SELECT subject, names FROM tag ORDER BY subject")
    }


def get_tags(db: Database, subject: str) -> tuple[str, ...]:
    """The tags of one frame or picture."""
    row = db.execute("SELECT names FROM tag WHERE subject = ?", [subject]).fetchone()
    return tuple(from_json(row[0], "tag.names")) if row else ()


def make_tags_row(subject: str, names: Iterable[str]) -> TableRow:
    """All tags of a subject, for an edit to put."""
    return TableRow(
        "tag", {"subject": subject, "names": to_json(sorted(set(map(clean_name, names))))}
    )


def make_tags_key(subject: str) -> Key:
    """A subject without tags, for an edit to delete."""
    return Key("tag", subject)
