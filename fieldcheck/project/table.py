"""Table of a project, as it is declared: its SQL, who changes it, what it speaks of, and which files are its."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableReference:
    """`column` holds the key of a row of `target_table`, which has a column of that name. `label_column`: by which column a row that
    speaks of nothing is told, that column itself where empty."""

    column: str
    target_table: str
    label_column: str = ""


@dataclass(frozen=True, slots=True)
class ProjectTable:
    """One table. `sql` makes it, `indices` what belongs to it.

    `edited_by`: the key column of a table that a person's acts change; then only `edits` writes it, and a repaired copy takes what can be
    read before its older copy. `changing`: rows that the product itself changes after a backup; the same holds. All others are facts,
    which never change. `frame`: of an edit table, the column that names the frame or benchmark picture that a row is about. `labels`: its
    rows have the columns of a label. `reference` is what `check` looks up. `files`: a question for (place in the project, its hash, what is
    hashed: one of `inventory.HASHES`) of each file that a row owns; they are hashed by `check`, shared by `repair`, and never trash.
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
    """The tables that came with one version of the schema, and `extra_statements` that changed earlier ones. Its name is kept in
    databases."""

    name: str
    tables: tuple[ProjectTable, ...] = ()
    extra_statements: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Its SQL, in order."""
        return (*(text for table in self.tables for text in (table.sql, *table.indices)), *self.extra_statements)
