"""The migrations of the database: each step with the tables that it declares, and the check that a
database holds exactly these. Facts are append-only. Edit tables change through
`project/undo.py` alone (`apply_edit`, undo, redo), which keeps the previous rows. Repair, hashing
and checks follow from the declarations; `docs/extending.md` shows how to add a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from sqlite_utils import Database, Migrations

from fieldcheck.files import make_json_key

# Table of a project, as it is declared: its SQL, who changes it, what it speaks of, and which files
# are its.


@dataclass(frozen=True, slots=True)
class TableReference:
    """`column` holds the key of a row in `target_table`, in its column of the same name.
    `label_column`: column shown in messages about dangling references; default `column`."""

    column: str
    target_table: str
    label_column: str = ""


@dataclass(frozen=True, slots=True)
class ProjectTable:
    """One table. `sql` makes it, `indices` what belongs to it.

    `edited_by`: the key column of a table that a person's acts change; then only
    `project/undo.py` writes it, and a repaired copy takes what can be read before its older copy.
    `changing`: rows that the product itself changes after a backup; the same holds. All others are
    facts, which never change. `frame`: of an edit table, the column that names the frame or
    benchmark picture that a row is about. `labels`: its rows have the columns of a label.
    `reference` is what `check` looks up. `files`: a question for (place in the project, its hash,
    what is hashed: one of `HASHES` in `evidence.open_pack`) of each file that a row owns; they are
    hashed by `check`, shared by `repair`, and never trash.
    """

    name: str
    sql: str
    indices: tuple[str, ...] = ()
    edited_by: str = ""
    changing: bool = False
    frame: str = ""
    labels: bool = False
    reference: TableReference | None = None
    files: str = ""


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """The tables that came with one version of the schema, and `extra_statements` that changed
    earlier ones. Its name is kept in databases."""

    name: str
    tables: tuple[ProjectTable, ...] = ()
    extra_statements: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Return its SQL statements in order."""
        return (
            *(text for table in self.tables for text in (table.sql, *table.indices)),
            *self.extra_statements,
        )


# sqlite-utils makes this table by itself; made here first, its text does not depend on that
# library's version.
BOOKKEEPING = (
    """CREATE TABLE _sqlite_migrations (
        id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)""",
    "CREATE UNIQUE INDEX _sqlite_migrations_name ON _sqlite_migrations (migration_set, name)",
)

# A second label that was asked for is blind; of one that was merged in it is not known.
IS_BLIND = "iif({round} >= 1 AND {state} != '', 1, NULL)"


def _add_columns_to_history(side: str) -> str:
    """Repeats in the history of acts get the columns that the table got, so that these acts can be
    undone and redone as before. `side`: before or after."""
    blind = IS_BLIND.format(
        round=f"json_extract({side}, '$.round')", state=f"json_extract({side}, '$.state')"
    )
    return (
        f"UPDATE edit_row SET {side} = "
        f"json_insert({side}, '$.why', '', '$.seconds', NULL, '$.blind', {blind}) "
        f"WHERE kind = 'repeat' AND json_valid({side})"
    )


STEPS = (
    MigrationStep(
        "1_facts_and_edits",
        (
            ProjectTable(
                "version",
                (
                    "CREATE TABLE version (place INTEGER PRIMARY KEY, version TEXT NOT NULL "
                    "UNIQUE) STRICT"
                ),
            ),
            ProjectTable(
                "recording",
                (
                    "CREATE TABLE recording (\n"
                    "        recording_id TEXT PRIMARY KEY, import_order INTEGER NOT NULL "
                    "UNIQUE, kind TEXT NOT NULL, source TEXT NOT NULL,\n"
                    "        path TEXT NOT NULL, sha256 TEXT NOT NULL, camera TEXT NOT NULL, "
                    "location TEXT NOT NULL, taken_at TEXT NOT NULL,\n"
                    "        conditions TEXT NOT NULL, list_fps REAL NOT NULL, "
                    "fps REAL NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,\n"
                    "        seconds REAL NOT NULL, n_frames INTEGER NOT NULL, "
                    "n_unreadable INTEGER NOT NULL, skipped TEXT NOT NULL,\n"
                    "        closed INTEGER NOT NULL) STRICT"
                ),
                indices=(
                    "CREATE UNIQUE INDEX recording_content ON recording (sha256) WHERE closed",
                ),
                changing=True,
                files=(
                    "SELECT path, iif(closed OR recording_id IN (SELECT recording_id FROM "
                    "frame), sha256, ''), kind\n"
                    "                    FROM recording WHERE path != '' ORDER BY import_order"
                ),
            ),
            ProjectTable(
                "frame",
                (
                    "CREATE TABLE frame (\n"
                    "        frame_id TEXT PRIMARY KEY, recording_id TEXT NOT NULL, "
                    "source_index INTEGER NOT NULL, t_s REAL NOT NULL,\n"
                    "        source TEXT NOT NULL, width INTEGER NOT NULL, "
                    "height INTEGER NOT NULL, sha256 TEXT NOT NULL, frozen INTEGER NOT NULL,\n"
                    "        mean REAL NOT NULL, contrast REAL NOT NULL, "
                    "clipped_low REAL NOT NULL, clipped_high REAL NOT NULL,\n"
                    "        sharpness REAL NOT NULL, noise REAL NOT NULL, "
                    "backlight REAL NOT NULL, dhash INTEGER NOT NULL, phash INTEGER NOT NULL,\n"
                    "        statistics BLOB NOT NULL) STRICT"
                ),
                indices=("CREATE UNIQUE INDEX frame_place ON frame (recording_id, source_index)",),
                changing=True,
                reference=TableReference("recording_id", "recording", label_column="frame_id"),
            ),
            ProjectTable(
                "model",
                (
                    "CREATE TABLE model (\n"
                    "        place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
                    "sha256 TEXT NOT NULL, file TEXT NOT NULL, card TEXT NOT NULL,\n"
                    "        added TEXT NOT NULL) STRICT"
                ),
                files="SELECT file, sha256, 'model' FROM model ORDER BY place",
            ),
            ProjectTable(
                "benchmark",
                (
                    "CREATE TABLE benchmark (\n"
                    "        benchmark_id INTEGER PRIMARY KEY, root TEXT NOT NULL, "
                    "format TEXT NOT NULL, claimed REAL, classes TEXT NOT NULL) STRICT"
                ),
            ),
            ProjectTable(
                "benchmark_item",
                (
                    "CREATE TABLE benchmark_item (\n"
                    "        benchmark_id INTEGER NOT NULL, place INTEGER NOT NULL, "
                    "path TEXT NOT NULL, class_name TEXT NOT NULL, boxes TEXT NOT NULL,\n"
                    "        PRIMARY KEY (benchmark_id, place)) STRICT, WITHOUT ROWID"
                ),
            ),
            ProjectTable(
                "run",
                (
                    "CREATE TABLE run (\n"
                    "        run_id TEXT PRIMARY KEY, model_sha256 TEXT NOT NULL, "
                    "card_sha256 TEXT NOT NULL, subjects TEXT NOT NULL,\n"
                    "        recipe TEXT NOT NULL, severity REAL NOT NULL, "
                    "seed INTEGER NOT NULL, code_version TEXT NOT NULL, n INTEGER NOT NULL,\n"
                    "        created TEXT NOT NULL) STRICT"
                ),
            ),
            ProjectTable(
                "prediction",
                (
                    "CREATE TABLE prediction (\n"
                    "        run_id TEXT NOT NULL, subject TEXT NOT NULL, "
                    "n_rows INTEGER NOT NULL, n_columns INTEGER, answer BLOB NOT NULL,\n"
                    "        nan INTEGER NOT NULL, PRIMARY KEY (run_id, subject)) STRICT"
                ),
                reference=TableReference("run_id", "run"),
            ),
            ProjectTable(
                "component",
                """CREATE TABLE component (
        name TEXT NOT NULL, model_sha256 TEXT NOT NULL, frame_id TEXT NOT NULL, value REAL,
        PRIMARY KEY (name, model_sha256, frame_id)) STRICT, WITHOUT ROWID""",
            ),
            ProjectTable(
                "draw",
                (
                    "CREATE TABLE draw (\n"
                    "        draw_id INTEGER PRIMARY KEY, design TEXT NOT NULL, "
                    "seed INTEGER NOT NULL, seed_typed INTEGER NOT NULL,\n"
                    "        count INTEGER NOT NULL, census INTEGER NOT NULL, "
                    "strata TEXT NOT NULL, components TEXT NOT NULL,\n"
                    "        model_sha256 TEXT NOT NULL, created TEXT NOT NULL, "
                    "labels_existed INTEGER NOT NULL) STRICT"
                ),
            ),
            ProjectTable(
                "member",
                """CREATE TABLE member (
        draw_id INTEGER NOT NULL, frame_id TEXT NOT NULL, stratum TEXT NOT NULL, hardness REAL,
        PRIMARY KEY (draw_id, frame_id)) STRICT, WITHOUT ROWID""",
                reference=TableReference("draw_id", "draw"),
            ),
            ProjectTable(
                "report",
                (
                    "CREATE TABLE report (\n"
                    "        report_id INTEGER PRIMARY KEY, folder TEXT NOT NULL, "
                    "created TEXT NOT NULL, lang TEXT NOT NULL, summary TEXT NOT NULL)\n"
                    "        STRICT"
                ),
            ),
            ProjectTable(
                "chunk",
                (
                    "CREATE TABLE chunk (job TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY "
                    "(job, number)) STRICT, WITHOUT ROWID"
                ),
            ),
            ProjectTable(
                "setting",
                "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
                edited_by="key",
            ),
            ProjectTable(
                "clip",
                (
                    "CREATE TABLE clip (\n"
                    "        clip_id TEXT PRIMARY KEY, recording_id TEXT NOT NULL, "
                    "first_index INTEGER NOT NULL, start_s REAL NOT NULL,\n"
                    "        camera TEXT NOT NULL, location TEXT NOT NULL, "
                    "conditions TEXT NOT NULL) STRICT"
                ),
                edited_by="clip_id",
                reference=TableReference("recording_id", "recording", label_column="clip_id"),
            ),
            ProjectTable(
                "pick",
                (
                    "CREATE TABLE pick (\n"
                    "        frame_id TEXT PRIMARY KEY, draw_id INTEGER NOT NULL, "
                    "stratum TEXT NOT NULL, probability REAL, weight REAL NOT NULL,\n"
                    "        reason TEXT NOT NULL, place INTEGER NOT NULL, file TEXT NOT NULL, "
                    "taken_out TEXT NOT NULL) STRICT"
                ),
                indices=("CREATE INDEX pick_draw ON pick (draw_id)",),
                edited_by="frame_id",
                frame="frame_id",
                reference=TableReference("frame_id", "frame"),
                files=(
                    "SELECT pick.file, frame.sha256, 'picture' FROM pick JOIN frame USING "
                    "(frame_id) WHERE pick.file != "
                    "'' ORDER BY pick.place"
                ),
            ),
            ProjectTable(
                "label",
                (
                    "CREATE TABLE label (\n"
                    "        frame_id TEXT PRIMARY KEY, state TEXT NOT NULL, "
                    "class_name TEXT NOT NULL, boxes TEXT NOT NULL, points TEXT NOT NULL,\n"
                    "        why TEXT NOT NULL, by_whom TEXT NOT NULL, at TEXT NOT NULL, "
                    "seconds REAL, blind INTEGER) STRICT"
                ),
                edited_by="frame_id",
                frame="frame_id",
                labels=True,
                reference=TableReference("frame_id", "frame"),
            ),
            ProjectTable(
                "edit",
                (
                    "CREATE TABLE edit (edit_id INTEGER PRIMARY KEY, act TEXT NOT NULL, undone "
                    "INTEGER NOT NULL) STRICT"
                ),
                changing=True,
            ),
            ProjectTable(
                "edit_row",
                (
                    "CREATE TABLE edit_row (\n"
                    "        edit_id INTEGER NOT NULL, place INTEGER NOT NULL, "
                    "kind TEXT NOT NULL, key TEXT NOT NULL, before TEXT, after TEXT,\n"
                    "        PRIMARY KEY (edit_id, place)) STRICT, WITHOUT ROWID"
                ),
                changing=True,
            ),
        ),
    ),
    MigrationStep(
        "tags_slices_second_looks",
        (
            ProjectTable(
                "tag",
                "CREATE TABLE tag (subject TEXT PRIMARY KEY, names TEXT NOT NULL) STRICT",
                edited_by="subject",
                frame="subject",
            ),
            ProjectTable(
                "slice",
                "CREATE TABLE slice (name TEXT PRIMARY KEY, filter TEXT NOT NULL) STRICT",
                edited_by="name",
            ),
            ProjectTable(
                "second_look",
                (
                    "CREATE TABLE second_look (\n"
                    "        subject TEXT PRIMARY KEY, answer TEXT NOT NULL, "
                    "of_label TEXT NOT NULL, class_name TEXT NOT NULL, boxes TEXT NOT NULL,\n"
                    "        by_whom TEXT NOT NULL, at TEXT NOT NULL) STRICT"
                ),
                edited_by="subject",
                frame="subject",
            ),
        ),
    ),
    # Marks and blind repeats are edits; reserves of a draw and the log of how frames were labelled
    # are facts.
    MigrationStep(
        "labelling",
        (
            ProjectTable(
                "mark",
                "CREATE TABLE mark (frame_id TEXT PRIMARY KEY, person INTEGER NOT NULL, "
                "expert INTEGER NOT NULL, "
                "by_whom TEXT NOT NULL) STRICT",
                edited_by="frame_id",
                frame="frame_id",
            ),
            ProjectTable(
                "repeat",
                (
                    "CREATE TABLE repeat (\n"
                    "        repeat_id TEXT PRIMARY KEY, frame_id TEXT NOT NULL, "
                    "round INTEGER NOT NULL, place INTEGER NOT NULL, how TEXT NOT NULL,\n"
                    "        state TEXT NOT NULL, class_name TEXT NOT NULL, boxes TEXT NOT NULL, "
                    "points TEXT NOT NULL, by_whom TEXT NOT NULL,\n"
                    "        at TEXT NOT NULL) STRICT"
                ),
                edited_by="repeat_id",
                frame="frame_id",
                labels=True,
            ),
            ProjectTable(
                "reserve",
                (
                    "CREATE TABLE reserve (\n"
                    "        draw_id INTEGER NOT NULL, frame_id TEXT NOT NULL, "
                    "reserves TEXT NOT NULL, PRIMARY KEY (draw_id, frame_id)) STRICT, "
                    "WITHOUT ROWID"
                ),
            ),
            ProjectTable(
                "label_event",
                (
                    "CREATE TABLE label_event (\n"
                    "        event_id INTEGER PRIMARY KEY, frame_id TEXT NOT NULL, "
                    "action TEXT NOT NULL, shown TEXT NOT NULL, at TEXT NOT NULL,\n"
                    "        seconds REAL, n_keys INTEGER NOT NULL, n_clicks INTEGER NOT NULL, "
                    "loupe_ms INTEGER NOT NULL, lifted INTEGER NOT NULL,\n"
                    "        blind INTEGER NOT NULL, by_whom TEXT NOT NULL, "
                    "undo_of INTEGER NOT NULL) STRICT"
                ),
            ),
        ),
    ),
    # Boxes and points of a frame before they are accepted: an edit.
    MigrationStep(
        "drafts",
        (
            ProjectTable(
                "draft",
                (
                    "CREATE TABLE draft (frame_id TEXT PRIMARY KEY, boxes TEXT NOT NULL, points "
                    "TEXT NOT NULL) STRICT"
                ),
                edited_by="frame_id",
                frame="frame_id",
            ),
        ),
    ),
    # Findings and statements about a model: a checked reference score, a measured INT8 copy, how it
    # was trained.
    MigrationStep(
        "model_facts",
        (
            ProjectTable(
                "model_fact",
                (
                    "CREATE TABLE model_fact (\n"
                    "        fact_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, "
                    "model_sha256 TEXT NOT NULL, card_sha256 TEXT NOT NULL, "
                    "about TEXT NOT NULL,\n"
                    "        found TEXT NOT NULL, created TEXT NOT NULL) STRICT"
                ),
                indices=("CREATE INDEX model_fact_of ON model_fact (model_sha256, kind)",),
            ),
        ),
    ),
    # Lighting notes and counts of a recording while it was made: facts.
    MigrationStep(
        "capture",
        (
            ProjectTable(
                "captured",
                (
                    "CREATE TABLE captured (\n"
                    "        recording_id TEXT PRIMARY KEY, n_bytes INTEGER NOT NULL, "
                    "n_dropped INTEGER, n_skipped INTEGER NOT NULL, format TEXT NOT NULL,\n"
                    "        decoded_from TEXT NOT NULL, on_grid INTEGER NOT NULL, "
                    "ended TEXT NOT NULL) STRICT"
                ),
                changing=True,
                reference=TableReference("recording_id", "recording"),
            ),
            ProjectTable(
                "gap",
                (
                    "CREATE TABLE gap (\n"
                    "        recording_id TEXT NOT NULL, place INTEGER NOT NULL, "
                    "at_s REAL NOT NULL, seconds REAL NOT NULL, cause TEXT NOT NULL,\n"
                    "        PRIMARY KEY (recording_id, place)) STRICT, WITHOUT ROWID"
                ),
                changing=True,
            ),
            ProjectTable(
                "moment",
                """CREATE TABLE moment (
        recording_id TEXT NOT NULL, at_s REAL NOT NULL, kind TEXT NOT NULL,
        PRIMARY KEY (recording_id, at_s, kind)) STRICT, WITHOUT ROWID""",
            ),
            ProjectTable(
                "light",
                """CREATE TABLE light (
        recording_id TEXT NOT NULL, at_s REAL NOT NULL, conditions TEXT NOT NULL,
        PRIMARY KEY (recording_id, at_s)) STRICT, WITHOUT ROWID""",
                changing=True,
            ),
        ),
    ),
    # Which pixels an answer covers: facts.
    MigrationStep(
        "masks",
        (
            ProjectTable(
                "mask",
                "CREATE TABLE mask (run_id TEXT NOT NULL, subject TEXT NOT NULL, packed BLOB "
                "NOT NULL, PRIMARY KEY "
                "(run_id, subject)) STRICT",
                reference=TableReference("run_id", "run"),
            ),
        ),
    ),
    # Where the answers of a run were computed: facts.
    MigrationStep(
        "providers",
        (
            ProjectTable(
                "run_provider",
                "CREATE TABLE run_provider (run_id TEXT NOT NULL, provider TEXT NOT NULL, "
                "PRIMARY KEY (run_id, "
                "provider)) STRICT, WITHOUT ROWID",
            ),
        ),
    ),
    # What a run is repeated with: libraries and machine of its answers, and the hashes of files
    # that are no frames. Facts.
    MigrationStep(
        "replay",
        (
            ProjectTable(
                "run_environment",
                "CREATE TABLE run_environment (run_id TEXT NOT NULL, environment TEXT NOT "
                "NULL, PRIMARY KEY (run_id, "
                "environment)) STRICT, WITHOUT ROWID",
            ),
            ProjectTable(
                "asked_picture",
                "CREATE TABLE asked_picture (run_id TEXT NOT NULL, subject TEXT NOT NULL, "
                "sha256 TEXT NOT NULL, PRIMARY KEY "
                "(run_id, subject)) STRICT, WITHOUT ROWID",
                reference=TableReference("run_id", "run"),
            ),
        ),
    ),
    # What was settled before the first label, and every change since, as a chain of hashes: facts.
    MigrationStep(
        "seals",
        (
            ProjectTable(
                "seal",
                "CREATE TABLE seal (place INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT "
                "NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT "
                "NULL) STRICT",
            ),
        ),
    ),
    # Points inside the things of a benchmark picture, which masks are held to: facts.
    MigrationStep(
        "benchmark_points",
        (
            ProjectTable(
                "benchmark_points",
                "CREATE TABLE benchmark_points (benchmark_id INTEGER NOT NULL, place INTEGER "
                "NOT NULL, points TEXT NOT NULL, "
                "PRIMARY KEY (benchmark_id, place)) STRICT, WITHOUT ROWID",
            ),
        ),
    ),
    # Which part each frame shows, by list; the setting `parts` names the one in effect: facts.
    MigrationStep(
        "frame_parts",
        (
            ProjectTable(
                "frame_part",
                "CREATE TABLE frame_part (list_id TEXT NOT NULL, frame_id TEXT NOT NULL, "
                "part TEXT NOT NULL, PRIMARY KEY (list_id, frame_id)) STRICT, WITHOUT ROWID",
                reference=TableReference("frame_id", "frame"),
            ),
        ),
    ),
    # What a label has beside its answer, for second labels too: a merge and a resolved conflict
    # move a label from one table to the other and back.
    MigrationStep(
        "repeat_as_label",
        extra_statements=(
            "ALTER TABLE repeat ADD COLUMN why TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE repeat ADD COLUMN seconds REAL",
            "ALTER TABLE repeat ADD COLUMN blind INTEGER",
            f"UPDATE repeat SET blind = {IS_BLIND.format(round='round', state='state')}",
            _add_columns_to_history("before"),
            _add_columns_to_history("after"),
        ),
    ),
)
"""In the order in which they came. A step that was released is never changed; a new table is a new
step at the end."""

TABLES = tuple(table for step in STEPS for table in step.tables)
EDITED = MappingProxyType({table.name: table.edited_by for table in TABLES if table.edited_by})
"""The tables that a person's acts change → their key columns."""


def read_schema(db: Database) -> tuple[tuple[str, str, str, str], ...]:
    """Schema of the database: type, name, table and SQL of everything in it, in a fixed order."""
    rows = db.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    ).fetchall()
    return tuple((str(kind), str(name), str(table), str(sql)) for kind, name, table, sql in rows)


def list_columns(db: Database, table: str) -> tuple[str, ...]:
    """The names of a table's columns, none where there is no such table."""
    return tuple(
        str(name) for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", [table])
    )


def has_only_tables(db: Database) -> bool:
    """Whether it holds plain tables and indices and nothing that could run by itself (views,
    triggers, virtual tables)."""
    return all(
        kind in ("table", "index") and not sql.upper().startswith("CREATE VIRTUAL")
        for kind, _, _, sql in read_schema(db)
    )


# The steps by which a database came to its present shape, and where a given one stands on that way.

# The version table: which versions of the program have written this project.


def get_newest_version(db: Database) -> str:
    """The version that came last, empty where none is noted."""
    row = db.execute("SELECT version FROM version ORDER BY place DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def store_version(db: Database, version: str) -> None:
    """This version writes the project from now on."""
    db.execute("DELETE FROM version WHERE version = ?", [version])
    db.execute(
        (
            "INSERT INTO version (place, version) VALUES ((SELECT coalesce(max(place), 0) + 1 "
            "FROM version), ?)"
        ),
        [version],
    )


def compute_project_id(db: Database) -> str:
    """A name for the project that stays as it grows and in every pack of it: 16 hexadecimal digits.
    A copy that was made before there was footage becomes another project with its first
    recording."""
    row = db.execute(
        f"SELECT (SELECT min(applied_at) FROM {MIGRATIONS.migrations_table}), "
        "(SELECT recording_id FROM recording ORDER BY import_order LIMIT 1)"
    ).fetchone()
    return make_json_key(list(row))


SchemaState = Literal["current", "older", "newer", "foreign"]

MIGRATIONS = Migrations("fieldcheck")


def _register_step(step: MigrationStep) -> None:
    @MIGRATIONS(name=step.name)
    def _run_step(db: Database) -> None:
        for statement in step.statements:
            db.execute(statement)


for _step in STEPS:
    _register_step(_step)


def migrate_database(db: Database, version: str) -> None:
    """Bring the database to the present shape and note that `version` writes it. Each step is one
    transaction."""
    if not list_columns(db, MIGRATIONS.migrations_table):
        with db.atomic():
            for statement in BOOKKEEPING:
                db.execute(statement)
    MIGRATIONS.apply(db)
    if get_newest_version(db) != version:
        with db.atomic():
            store_version(db, version)


def schema_state(db: Database) -> SchemaState:
    """Return whether the database has the current schema, an older or a newer one, or a foreign
    one.

    `foreign`: its schema differs to the letter from what the migrations make. A newer one may hold
    more tables, but only plain ones."""
    ours = _step_names()
    if not list_columns(db, MIGRATIONS.migrations_table):
        return "foreign"
    applied = [
        name
        for (name,) in db.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id",
            [MIGRATIONS.name],
        )
    ]
    if applied[: len(ours)] == ours and len(applied) > len(ours):
        return "newer" if has_only_tables(db) and _has_all_columns(db) else "foreign"
    if (
        not applied
        or applied != ours[: len(applied)]
        or read_schema(db) != _build_expected_schema(MIGRATIONS, tuple(ours), len(applied))
    ):
        return "foreign"
    return "current" if len(applied) == len(ours) else "older"


def _step_names() -> list[str]:
    empty = Database(memory=True)
    try:
        return [migration.name for migration in MIGRATIONS.pending(empty)]
    finally:
        empty.close()


# Made once a process: the steps of a version never change, and each project that is opened asks.
@lru_cache(maxsize=16)
def _build_expected_schema(
    migrations: Migrations, names: tuple[str, ...], count: int
) -> tuple[tuple[str, str, str, str], ...]:
    """The schema text after the first `count` steps, made in memory."""
    db = Database(memory=True)
    try:
        for statement in BOOKKEEPING:
            db.execute(statement)
        migrations.apply(db, stop_before=list(names[count : count + 1]))
        return read_schema(db)
    finally:
        db.close()


def _has_all_columns(db: Database) -> bool:
    """Whether every column that we read is still there."""
    newest = Database(memory=True)
    try:
        MIGRATIONS.apply(newest)
        tables = [name for kind, name, _, _ in read_schema(newest) if kind == "table"]
        return all(
            set(list_columns(newest, table)) <= set(list_columns(db, table)) for table in tables
        )
    finally:
        newest.close()
