"""Tables of picks and labels: draws, reserve, picks, labels, label events, drafts, marks, repeats,
label reviews and tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    BOXES,
    FILE_PATH,
    ID,
    NAME,
    POINTS,
    REAL,
    Converter,
    Key,
    RowMapper,
    TableRow,
    from_json,
    to_json,
)
from fieldcheck.safe_text import clean_name

# The picks table (edits): the frames to be labelled, in the random order in which they are shown.

PICKS = RowMapper("pick", Pick, {"frame_id": ID, "probability": REAL, "file": FILE_PATH})


@memoisable
def list_picks(db: Database) -> tuple[Pick, ...]:
    """Every pick, also those taken out: draw after draw, in the order in which they are shown."""
    return PICKS.select(db, "ORDER BY draw_id, place, frame_id")


def get_first_pick(db: Database) -> str:
    """The frame that is shown first of those that were not taken out; empty without any."""
    row = db.execute(
        "SELECT frame_id FROM pick WHERE taken_out = '' ORDER BY draw_id, place, frame_id LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def get_pick(db: Database, frame_id: str) -> Pick | None:
    """The pick of that frame, None where it was not picked."""
    return PICKS.get(db, "WHERE frame_id = ?", [frame_id])


def remove_other_picks(db: Database, frame_ids: Iterable[str]) -> None:
    """Deletes all other picks, in a copy of the database for another person."""
    db.conn.execute(
        "DELETE FROM pick WHERE frame_id NOT IN (SELECT value FROM json_each(?))",
        [to_json(sorted(frame_ids))],
    )


def make_pick_row(pick: Pick) -> TableRow:
    """A pick for an edit to put."""
    return PICKS.make_row(pick)


def make_pick_key(frame_id: str) -> Key:
    """A pick for an edit to delete."""
    return Key("pick", frame_id)


# The draw tables (facts): every act of choosing, and the place of every listed frame in it.

STRATA = Converter(
    lambda strata: to_json([[stratum.name, stratum.listed, stratum.picked] for stratum in strata]),
    lambda stored, what: tuple(
        Stratum(*stored_stratum) for stored_stratum in from_json(stored, what)
    ),
)
COMPONENTS = Converter(
    lambda parts: to_json([[name, float(weight)] for name, weight in parts]),
    lambda stored, what: tuple((name, weight) for name, weight in from_json(stored, what)),
)
DRAWS = RowMapper("draw", Draw, {"strata": STRATA, "components": COMPONENTS})
MEMBERS = RowMapper("member", DrawnFrame, {"hardness": REAL})
STANDS = "EXISTS (SELECT 1 FROM pick WHERE pick.draw_id = draw.draw_id)"


def get_next_draw_id(db: Database) -> int:
    """The number of the draw that comes next, from 1."""
    return int(db.execute("SELECT coalesce(max(draw_id), 0) + 1 FROM draw").fetchone()[0])


def put_draw(db: Database, draw: Draw, members: Iterable[DrawnFrame]) -> None:
    """Log a draw with all its members; its picks are put by an edit in the same transaction."""
    DRAWS.insert(db, [draw])
    MEMBERS.insert(db, members)


@memoisable
def list_draws(db: Database) -> tuple[Draw, ...]:
    """Every draw ever made, oldest first."""
    return DRAWS.select(db, "ORDER BY draw_id")


@memoisable
def list_current_draws(db: Database) -> tuple[Draw, ...]:
    """The draws whose picks stand, oldest first: none before the first, several where labelled ones
    were added to."""
    return DRAWS.select(db, f"WHERE {STANDS} ORDER BY draw_id")


def list_members(db: Database, draw_id: int) -> tuple[DrawnFrame, ...]:
    """Every frame that was listed when the draw was made, by frame id."""
    return MEMBERS.select(db, "WHERE draw_id = ? ORDER BY frame_id", [draw_id])


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

MARKS = RowMapper("mark", ReviewRequest, {"by": NAME}, {"by": "by_whom"})


@memoisable
def list_marks(db: Database) -> dict[str, ReviewRequest]:
    """Every mark, by frame id."""
    return {mark.frame_id: mark for mark in MARKS.select(db, "ORDER BY frame_id")}


@memoisable
def list_with_person(db: Database) -> frozenset[str]:
    """The frame ids on which a person was marked."""
    return frozenset(row[0] for row in db.execute("SELECT frame_id FROM mark WHERE person"))


def get_mark(db: Database, frame_id: str) -> ReviewRequest:
    """The mark of one frame; a blank one where nothing was noted."""
    return MARKS.get(db, "WHERE frame_id = ?", [frame_id]) or ReviewRequest(frame_id)


def make_mark_row(mark: ReviewRequest) -> TableRow:
    """A mark for an edit to put."""
    return MARKS.make_row(mark)


def make_mark_key(frame_id: str) -> Key:
    """A mark for an edit to delete."""
    return Key("mark", frame_id)


LABELS = RowMapper(
    "label", Label, {"boxes": BOXES, "points": POINTS, "by": NAME}, {"by": "by_whom"}
)


@memoisable
def list_labels(db: Database) -> tuple[Label, ...]:
    """Every label, by frame id."""
    return LABELS.select(db, "ORDER BY frame_id")


def get_label(db: Database, frame_id: str) -> Label | None:
    """The label of one frame; None without one."""
    return LABELS.get(db, "WHERE frame_id = ?", [frame_id])


@memoisable
def count_labels(db: Database) -> int:
    """How many frames carry a label of any state."""
    return int(db.execute("SELECT count(*) FROM label").fetchone()[0])


def make_label_row(label: Label) -> TableRow:
    """A label for an edit to put."""
    return LABELS.make_row(label)


def make_label_key(frame_id: str) -> Key:
    """A label for an edit to delete."""
    return Key("label", frame_id)


# The draft table (edits): boxes and points that were drawn and not accepted yet.


DRAFTS = RowMapper("draft", LabelDraft, {"boxes": BOXES, "points": POINTS})


def list_drafts(db: Database) -> dict[str, LabelDraft]:
    """Every draft, by frame id."""
    return {draft.frame_id: draft for draft in DRAFTS.select(db, "ORDER BY frame_id")}


def make_draft_row(draft: LabelDraft) -> TableRow:
    """A draft for an edit to put."""
    return DRAFTS.make_row(draft)


def make_draft_key(frame_id: str) -> Key:
    """A draft for an edit to delete."""
    return Key("draft", frame_id)


# The label_event table (facts): how each label was made. Undoing a label adds to it and takes
# nothing away.

EVENTS = RowMapper("label_event", LabelEvent, {"by": NAME}, {"by": "by_whom"})


def add_label_events(db: Database, events: Iterable[LabelEvent]) -> None:
    """Append events, in the transaction of the label that they are about."""
    EVENTS.insert(db, events)


@memoisable
def list_label_events(db: Database) -> tuple[LabelEvent, ...]:
    """Every event, oldest first."""
    return EVENTS.select(db, "ORDER BY event_id")


def get_newest_event(db: Database, frame_id: str) -> int:
    """The number of the newest event about a frame, 0 where there is none."""
    return int(
        db.execute(
            "SELECT coalesce(max(event_id), 0) FROM label_event WHERE frame_id = ?", [frame_id]
        ).fetchone()[0]
    )


# Label reviews, table `second_look` (edits): decisions on disagreements between label and model.
# They never change a label.

REVIEWS = RowMapper("second_look", LabelReview, {"boxes": BOXES, "by": NAME}, {"by": "by_whom"})


@memoisable
def list_label_reviews(db: Database) -> dict[str, LabelReview]:
    """Subject → what was said of it, by subject."""
    return {review.subject: review for review in REVIEWS.select(db, "ORDER BY subject")}


def make_label_review_row(label_review: LabelReview) -> TableRow:
    """A label review for an edit to put."""
    return REVIEWS.make_row(label_review)


def make_label_review_key(subject: str) -> Key:
    """A label review for an edit to delete."""
    return Key("second_look", subject)


# The repeat table (edits): frames that are labelled a second time, with their second labels.

REPEATS = RowMapper(
    "repeat", Repeat, {"boxes": BOXES, "points": POINTS, "by": NAME}, {"by": "by_whom"}
)


@memoisable
def list_repeats(db: Database) -> tuple[Repeat, ...]:
    """Every repeat, round after round, in the order in which they are shown."""
    return REPEATS.select(db, "ORDER BY round, place, frame_id")


def make_repeat_row(repeat: Repeat) -> TableRow:
    """A repeat for an edit to put."""
    return REPEATS.make_row(repeat, repeat_id=repeat.repeat_id)


def make_repeat_key(repeat: Repeat) -> Key:
    """A repeat for an edit to delete."""
    return Key("repeat", repeat.repeat_id)


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
