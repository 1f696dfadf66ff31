"""The steps by which a database came to its present shape, and where a given one stands on that way."""

from __future__ import annotations

from typing import Literal

from sqlite_utils import Database, Migrations

from fieldcheck.project import schema
from fieldcheck.project.table import MigrationStep
from fieldcheck.project.tables import versions

SchemaState = Literal["current", "older", "newer", "foreign"]

MIGRATIONS = Migrations("fieldcheck")


def _register_step(step: MigrationStep) -> None:
    @MIGRATIONS(name=step.name)
    def _run_step(db: Database) -> None:
        for statement in step.statements:
            db.execute(statement)


for _step in schema.STEPS:
    _register_step(_step)


def migrate_database(db: Database, version: str) -> None:
    """Bring the database to the present shape and note that `version` writes it. Each step is one transaction."""
    if not schema.list_columns(db, MIGRATIONS.migrations_table):
        with db.atomic():
            for statement in schema.BOOKKEEPING:
                db.execute(statement)
    MIGRATIONS.apply(db)
    if versions.get_newest_version(db) != version:
        with db.atomic():
            versions.store_version(db, version)


def schema_state(db: Database) -> SchemaState:
    """Whether the database is ours as it should be, as an older or a later version left it, or somebody else's.

    `foreign`: its schema is not, to the letter, what our steps make. A newer one may hold more than we know, but only plain tables.
    """
    ours = _step_names()
    if not schema.list_columns(db, MIGRATIONS.migrations_table):
        return "foreign"
    applied = [name for (name,) in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", [MIGRATIONS.name])]
    if applied[: len(ours)] == ours and len(applied) > len(ours):
        return "newer" if schema.has_only_tables(db) and _has_all_columns(db) else "foreign"
    if not applied or applied != ours[: len(applied)] or schema.read_schema(db) != _build_expected_schema(ours, len(applied)):
        return "foreign"
    return "current" if len(applied) == len(ours) else "older"


def _step_names() -> list[str]:
    empty = Database(memory=True)
    try:
        return [migration.name for migration in MIGRATIONS.pending(empty)]
    finally:
        empty.close()


def _build_expected_schema(names: list[str], count: int) -> tuple[tuple[str, str, str, str], ...]:
    """The schema text after the first `count` steps, made afresh in memory."""
    db = Database(memory=True)
    try:
        for statement in schema.BOOKKEEPING:
            db.execute(statement)
        MIGRATIONS.apply(db, stop_before=names[count : count + 1])
        return schema.read_schema(db)
    finally:
        db.close()


def _has_all_columns(db: Database) -> bool:
    """Whether every column that we read is still there."""
    known = Database(memory=True)
    try:
        MIGRATIONS.apply(known)
        tables = [name for kind, name, _, _ in schema.read_schema(known) if kind == "table"]
        return all(set(schema.list_columns(known, table)) <= set(schema.list_columns(db, table)) for table in tables)
    finally:
        known.close()
