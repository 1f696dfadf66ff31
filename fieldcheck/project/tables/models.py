"""Tables of models, of facts about a model, and of benchmarks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.label import Benchmark, BenchmarkItem
from fieldcheck.domain.model_card import parse_card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.models import CardRejected
from fieldcheck.files import find_path_problem
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables.values import (
    FILE_PATH,
    Converter,
    RowMapper,
    UnfitValue,
    count_removal,
    format_boxes,
    format_points,
    from_json,
    parse_boxes,
    parse_points,
    to_json,
)


def _read_card(card: str, _what: str) -> str:
    _check_card(card)
    return card


def _read_sha256(sha256: str, what: str) -> str:
    if not sha256:
        raise UnfitValue(f"{what}: none, so no run could say which file it is")
    return sha256


MODELS = RowMapper(
    "model",
    StoredModel,
    {"sha256": Converter(read=_read_sha256), "file": FILE_PATH, "card": Converter(read=_read_card)},
)


def put_model(db: Database, model: StoredModel) -> None:
    """Add a model to the end of the list. The same name, file and card again add nothing;
    sqlite3.IntegrityError where only the name is the same."""
    marks = ", ".join("?" * len(MODELS.columns))
    db.execute(
        f"""INSERT INTO model ({", ".join(MODELS.columns)}) SELECT {marks}
        WHERE NOT EXISTS (SELECT 1 FROM model WHERE name = ? AND sha256 = ? AND card = ?)""",
        [*MODELS.to_values(model), model.name, model.sha256, model.card],
    )


def get_model(db: Database, name: str) -> StoredModel | None:
    """The model of that name, None where there is none."""
    return MODELS.get(db, "WHERE name = ?", [name])


@memoisable
def list_models(db: Database) -> tuple[StoredModel, ...]:
    """Every model, oldest first."""
    return MODELS.select(db, "ORDER BY place")


@memoisable
def get_newest_model(db: Database) -> StoredModel | None:
    """The model that came last, None where there is none yet."""
    return MODELS.get(db, "ORDER BY place DESC LIMIT 1")


@lru_cache(maxsize=64)
def _check_card(card: str) -> None:
    """Raises UnfitValue for a text that is not a model card, so that the error names the damaged
    database and not the person's card."""
    document = from_json(card, "model.card")
    if not isinstance(document, dict):
        raise UnfitValue("model.card: no object")
    try:
        parse_card(document)
    except CardRejected as error:
        raise UnfitValue(f"model.card: {error.field}, {error.problem}") from error


# The model facts table (facts): findings and statements about a model; of one kind and subject the
# newest counts.


def put_fact(
    db: Database,
    kind: str,
    model_sha256: str,
    card_sha256: str,
    about: str,
    value: Any,
    created: str,
) -> None:
    """`about` names what it was found on, such as a benchmark's key; `value` is anything JSON can
    hold."""
    values = [kind, model_sha256, card_sha256, about, to_json(value), created]
    db.execute(
        (
            "INSERT INTO model_fact (kind, model_sha256, card_sha256, about, found, created) "
            "VALUES (?, ?, ?, ?, ?, ?)"
        ),
        values,
    )


def get_newest_fact(
    db: Database, kind: str, model_sha256: str, card_sha256: str, about: str
) -> Any | None:
    """The newest fact of this kind; None without one."""
    row = db.execute(
        """SELECT found FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ?
        AND about = ?
        ORDER BY fact_id DESC LIMIT 1""",
        [kind, model_sha256, card_sha256, about],
    ).fetchone()
    return from_json(row[0], "model_fact.found") if row else None


def list_facts(db: Database, kind: str) -> tuple[tuple[str, str, Any, str], ...]:
    """Model, what it is about, what was found and when, oldest first."""
    rows = db.execute(
        (
            "SELECT model_sha256, about, found, created FROM model_fact WHERE kind = ? ORDER BY "
            "fact_id"
        ),
        [kind],
    )
    return tuple(
        (sha256, about, from_json(note, "model_fact.found"), created)
        for sha256, about, note, created in rows
    )


def list_all_facts(db: Database) -> tuple[Any, ...]:
    """Facts of all kinds, oldest first. Raises UnfitValue for what is no JSON."""
    return tuple(
        from_json(row[0], "model_fact.found")
        for row in db.execute("SELECT found FROM model_fact ORDER BY fact_id")
    )


def list_fact_subjects(db: Database, kind: str) -> tuple[tuple[str, str, str, str], ...]:
    """Model, card, what each fact of a kind is about and when it was found, oldest first; not what
    was found."""
    rows = db.execute(
        (
            "SELECT model_sha256, card_sha256, about, created FROM model_fact WHERE kind = ? "
            "ORDER BY fact_id"
        ),
        [kind],
    )
    return tuple(
        (str(sha256), str(card), str(about), str(created)) for sha256, card, about, created in rows
    )


def list_facts_of_model(
    db: Database, kind: str, model_sha256: str, card_sha256: str
) -> tuple[tuple[str, Any], ...]:
    """Facts of one kind of one model with one card: what each is about and what was found, oldest
    first."""
    parameters = [kind, model_sha256, card_sha256]
    rows = db.execute(
        (
            "SELECT about, found FROM model_fact WHERE kind = ? AND model_sha256 = ? AND "
            "card_sha256 = ? ORDER BY fact_id"
        ),
        parameters,
    )
    return tuple((about, from_json(document, "model_fact.found")) for about, document in rows)


def get_fact_sizes(db: Database, kind: str, model_sha256: str, card_sha256: str) -> dict[str, int]:
    """Bytes that the facts of one kind of one model with one card take, by what each is about."""
    parameters = [kind, model_sha256, card_sha256]
    rows = db.execute(
        (
            "SELECT about, length(found) FROM model_fact WHERE kind = ? AND model_sha256 = ? AND "
            "card_sha256 = ?"
        ),
        parameters,
    )
    return {str(about): int(n) for about, n in rows}


def replace_fact(
    db: Database,
    kind: str,
    model_sha256: str,
    card_sha256: str,
    about: str,
    value: Any,
    created: str,
) -> None:
    """Store a fact and delete earlier ones about the same subject: of facts that come daily only
    the newest is kept."""
    remove_facts_alone(db, kind, model_sha256, card_sha256, about)
    put_fact(db, kind, model_sha256, card_sha256, about, value, created)


def remove_fact(db: Database, kind: str, model_sha256: str, card_sha256: str, about: str) -> None:
    """Delete the facts about one subject and about its parts, whose names continue after a line
    break."""
    _delete_facts(
        db,
        "(about = ? OR about LIKE ? || char(10) || '%')",
        [kind, model_sha256, card_sha256, about, about],
    )


def remove_facts_alone(
    db: Database, kind: str, model_sha256: str, card_sha256: str, about: str
) -> None:
    """Delete the facts about one subject and not those about its parts."""
    _delete_facts(db, "about = ?", [kind, model_sha256, card_sha256, about])


def _delete_facts(db: Database, condition: str, parameters: list[str]) -> None:
    """Delete facts of one kind of one model with one card; `condition` says about what."""
    cursor = db.execute(
        (
            "DELETE FROM model_fact WHERE kind = ? AND model_sha256 = ? AND card_sha256 = ? AND "
            f"{condition}"
        ),
        parameters,
    )
    if cursor.rowcount:
        count_removal(db)


# The benchmark tables (facts): every benchmark that was named, the newest being the project's.

LONGEST_PATH = 1 << 15  # characters: no system takes more
# of a path that may lead out of the benchmark, seen quickly among thousands
SUSPECT = re.compile(r"^[/\\]|\.\.")
BENCHMARK_COLUMNS = "benchmark_id, root, format, claimed, classes"


def put_benchmark(db: Database, benchmark: Benchmark) -> None:
    """Set the project's benchmark. Setting the same one again adds nothing."""
    if get_benchmark(db) == benchmark:
        return
    benchmark_id = db.execute(
        "INSERT INTO benchmark (root, format, claimed, classes) VALUES (?, ?, ?, ?)",
        [benchmark.root, benchmark.format, benchmark.claimed, to_json(list(benchmark.classes))],
    ).lastrowid
    db.conn.executemany(
        (
            "INSERT INTO benchmark_item (benchmark_id, place, path, class_name, boxes) VALUES (?, "
            "?, ?, ?, ?)"
        ),
        [
            (benchmark_id, position, item.path, item.class_name, format_boxes(item.boxes))
            for position, item in enumerate(benchmark.items)
        ],
    )
    db.conn.executemany(
        "INSERT INTO benchmark_points (benchmark_id, place, points) VALUES (?, ?, ?)",
        [
            (benchmark_id, position, format_points(item.points))
            for position, item in enumerate(benchmark.items)
            if item.points
        ],
    )


@memoisable
def get_benchmark(db: Database) -> Benchmark | None:
    """The benchmark that was named last, None where there is none yet."""
    row = db.execute(
        f"SELECT {BENCHMARK_COLUMNS} FROM benchmark ORDER BY benchmark_id DESC LIMIT 1"
    ).fetchone()
    return _parse_benchmark(db, row) if row else None


@memoisable
def list_benchmarks(db: Database) -> tuple[Benchmark, ...]:
    """Every benchmark that was ever named, the newest first."""
    rows = db.execute(
        f"SELECT {BENCHMARK_COLUMNS} FROM benchmark ORDER BY benchmark_id DESC"
    ).fetchall()
    return tuple(_parse_benchmark(db, row) for row in rows)


def _parse_benchmark(db: Database, row: tuple[Any, ...]) -> Benchmark:
    """Raises UnfitValue where it, or a picture of it, lies nowhere."""
    benchmark_id, root, format_, claimed, classes = row
    cursor = db.execute(
        "SELECT path, class_name, boxes, coalesce(points, '[]') FROM benchmark_item LEFT JOIN "
        "benchmark_points USING (benchmark_id, place) "
        "WHERE benchmark_id = ? ORDER BY place",
        [benchmark_id],
    )
    items = tuple(
        BenchmarkItem(path, class_name, parse_boxes(text), parse_points(dots))
        for path, class_name, text, dots in cursor
    )
    if find_path_problem(root) in ("empty", "outside") or len(root) >= LONGEST_PATH:
        raise UnfitValue("benchmark.root")
    if not all(
        0 < len(item.path) < LONGEST_PATH
        and not (SUSPECT.search(item.path) and find_path_problem(item.path))
        for item in items
    ):
        raise UnfitValue("benchmark_item.path")
    return Benchmark(root, format_, claimed, tuple(from_json(classes, "benchmark.classes")), items)
