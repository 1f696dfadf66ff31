"""Commands about evidence: a pack made, verified and opened, and the seal before the first label."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import EXIT_DONE, EXIT_EXPECTED, Answer, TerminalProgress, door
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.seal import Sealed
from fieldcheck.timestamp import timestamp
from fieldcheck.words import evidence as words
from fieldcheck.words.language import text
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.evidence.open_pack import unpack_project
from fieldcheck.workflows.evidence.pack_project import PackWish, pack_project
from fieldcheck.workflows.evidence.seal_project import seal_of, seal_project
from fieldcheck.workflows.evidence.verify import verify_pack

FILE = click.Path(path_type=Path)
KEY = click.option(
    "--key", type=FILE, default=None, metavar="FILE", help="Your own Ed25519 key, PKCS #8 or OpenSSH, which signs it; it is only read."
)


@click.command("pack")
@existing_project
@click.argument("out", metavar="OUT.fcpack", type=FILE)
@click.option("--recordings", is_flag=True, help="The recordings too, so that the project can be gone on with; they are large.")
@click.option("--lang", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Language of the sentences in its summary.")
@KEY
@door("pack")
def pack(project: Path, out: Path, recordings: bool, lang: str, key: Path | None, bar: TerminalProgress) -> Answer:
    """Writes an evidence pack: database, saved frames, models and every figure, sealed in one file that verifies itself."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        made = pack_project(opened, out, PackWish(recordings, key, lang), bar, timestamp())
    document = {
        "project": str(project.resolve()), "pack": str(made.pack.resolve()), "sha256": made.sha256, "n_records": made.n_records,
        "n_figures": made.n_figures, "signed_by": made.signed_by or None,
    }  # fmt: skip
    return Answer(document, words.packed(str(out), made.n_records, made.n_figures, made.signed_by))


@click.command("verify")
@click.argument("pack_file", metavar="PACK", type=FILE)
@door("verify")
def verify(pack_file: Path, bar: TerminalProgress) -> Answer:
    """Holds every byte of a pack against its hashes, and works every figure out again from its labels and predictions."""
    found = verify_pack(pack_file, bar)
    bad = found.first_bad
    document = {
        "pack": str(pack_file.resolve()), "ok": found.ok, "n_records": found.n_records, "n_figures": found.n_figures,
        "first_bad": None if bad is None else {"record": bad[0], "what": bad[1], "stored": found.stored, "now": found.now},
        "signed_by": list(found.signed_by), "made_by": found.made_by, "seal": seal_document(found.seal),
    }  # fmt: skip
    if bad is not None:
        return Answer(document, (words.does_not_fit(str(pack_file), *bad, found.stored, found.now),), EXIT_EXPECTED)
    said = words.verified(str(pack_file), found.n_records, found.n_figures, found.signed_by)
    return Answer(document, (*said, *words.seal_lines(found.seal)), EXIT_DONE)


@click.command("unpack")
@click.argument("pack_file", metavar="PACK", type=FILE)
@click.argument("project", metavar="PROJECT", type=FILE)
@door("unpack")
def unpack(pack_file: Path, project: Path, bar: TerminalProgress) -> Answer:
    """Makes a new project of a pack, after a look at every byte of it."""
    made = unpack_project(pack_file, project, bar)
    return Answer({"project": str(made), "pack": str(pack_file.resolve())}, (text("Project made: {path}").format(path=made),))


@click.command("seal")
@existing_project
@KEY
@door("seal")
def seal(project: Path, key: Path | None, bar: TerminalProgress) -> Answer:
    """Seals limits, classes and list before the first label, and signs them with a key; a seal that stands is shown."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        seal_project(opened, key, timestamp())
        found = seal_of(opened)
    return Answer({"project": str(project.resolve()), "seal": seal_document(found)}, words.seal_lines(found))


def seal_document(found: Sealed | None) -> dict[str, Any] | None:
    """State of a seal as documents hold it."""
    if found is None:
        return None
    changes = [{**asdict(one), "before": json.loads(one.before), "after": json.loads(one.after)} for one in found.changes]
    return {**asdict(found), "changes": changes}


COMMANDS = (pack, verify, unpack, seal)
