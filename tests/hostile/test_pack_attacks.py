"""Counted attacks on packs, each at every door that a pack has and at its own verifier."""

import io
import json
import os
import shutil
import signal
import zipfile
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from fieldcheck.project import migrations
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels
from fieldcheck.verify_pack import CODE, LOG, SEAL
from tests.hostile.pack_attacks import CHANGED, OWNER, STRANGER, archived, remade
from tests.hostile.projects import STATEMENTS, change, changes
from tests.hostile.test_packs import ARCHIVES, NAMES, older, signed  # noqa: F401 - a fixture
from tests.packs import held, laid_out, made_again, recorded
from tests.programs import run_python

HANG_S = 120
DOORS = ("verify", "unpack", "merge")


class Hung(BaseException):
    """A door that came to no end."""


@contextmanager
def in_time():
    """Raises Hung after two minutes, where the system can."""

    def over(_number, _frame):
        raise Hung

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(HANG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass(frozen=True)
class Attack:
    """`make(folder)` writes the pack and returns it. `bytes_lie`: its bytes do not fit each other,
    so that no door may take it; `is_refused`: `verify` may not take it. Others may pass where what
    they changed means nothing. `is_of_systems`: a name that some system does not take, of which the
    verifier of a pack knows nothing."""

    name: str
    make: object
    bytes_lie: bool
    is_refused: bool = True
    is_of_systems: bool = False


def written(folder: Path, data: bytes) -> Path:
    (folder / "a.fcpack").write_bytes(data)
    return folder / "a.fcpack"


def with_files(pack: Path, folder: Path, files) -> Path:
    """The signed pack with more or other files, made again with every hash and signed by a
    stranger."""
    return written(folder, archived(remade(held(pack), STRANGER, changed=files)))


def without_files(pack: Path, folder: Path, gone) -> Path:
    kept = {name: data for name, data in held(pack).items() if not gone(name)}
    return written(folder, archived(remade(kept, STRANGER)))


def with_word(pack: Path, folder: Path, key: str, value: object) -> Path:
    summary = json.dumps({**json.loads(held(pack)["summary.json"]), key: value}).encode()
    return with_files(pack, folder, {"summary.json": summary})


def of_database(pack: Path, folder: Path, statement: str) -> Path:
    """A database that a stranger changed, with every hash of the archive made again."""
    return older(pack, folder, folder / "a.fcpack", len(migrations.STEPS), statement)


def of_value(pack: Path, folder: Path, table: str, column: str, value: object) -> Path:
    """One value changed; log and seal made again where the database can still be read."""
    laid_out(pack, folder / "apart")
    change(folder / "apart" / "project.db", table, column, value)
    files = {"project.db": (folder / "apart" / "project.db").read_bytes()}
    with suppress(Exception):  # it is the attacker who cannot go on
        files = recorded(folder / "apart")
    shutil.rmtree(folder / "apart")
    return made_again(pack, folder / "a.fcpack", files)


def zip_with(pack: Path, change) -> bytes:
    """The files of a pack in an archive by somebody else's library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in held(pack).items():
            info = zipfile.ZipInfo(name)
            archive.writestr(info, data)
        change(archive)
    return out.getvalue()


def flipped(data: bytes, at: float, mask: int = 0x20) -> bytes:
    place = int(at * len(data))
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def of_bytes(pack: Path) -> list[Attack]:
    """What nobody can have made with the product, and every change of a signed pack."""
    data = pack.read_bytes()
    tricks = {
        "another library's archive": lambda: zip_with(pack, lambda archive: None),
        "a comment behind it": lambda: zip_with(
            pack, lambda archive: setattr(archive, "comment", b"x")
        ),
        "a file of its own twice": lambda: archived(held(pack))[:-22] + archived(held(pack)),
        "a pack in a pack": lambda: b"PK\3\4" + data,
        "nothing behind the beginning": lambda: data[:4],
        **{f"a byte flipped at {at / 20:.2f}": partial(flipped, data, at / 20) for at in range(20)},
        **{
            f"cut at {at / 5:.1f}": partial(lambda at: data[: int(at * len(data))], at / 5)
            for at in range(1, 5)
        },
        "longer by a byte": lambda: data + b"\0",
        "longer by itself": lambda: data * 2,
    }
    changed = {name: partial(make, held(pack)) for name, make in CHANGED.items()}
    return [
        Attack(name, lambda folder, make=make: written(folder, make()), True)
        for name, make in {**changed, **ARCHIVES, **tricks}.items()
    ]


def of_names(pack: Path) -> list[Attack]:
    """Files that lead elsewhere or may act, with every hash in order."""
    code = {
        f"{place} .{ending}": f"{place}.{ending}"
        for ending in CODE.split()
        for place in ("models/numpy", "frames/x", "recordings/a/run")
    }
    files = ("json.py", "__future__.py", "zipfile.py", "README.md", "pyvenv.cfg")
    beside = {f"{name} beside the verifier": name for name in files}
    twins = {
        "in capitals": "FRAMES/a.png",
        "the database in capitals": "Project.db",
        "a folder that is a file": "frames",
        "beside the log": f"{LOG}/a",
    }
    names = {**NAMES, **code, **beside, **twins}
    return [
        Attack(
            name,
            lambda folder, name=where: with_files(pack, folder, {name: b"x"}),
            True,
            is_of_systems=name in ("device", "deep"),
        )
        for name, where in names.items()
    ]


def of_values(pack: Path, folder: Path) -> list[Attack]:
    """Databases, facts and summaries that lie, with every hash in order."""
    (folder / "db").write_bytes(held(pack)["project.db"])
    values = changes(folder / "db")
    (folder / "db").unlink()
    found = [
        Attack(name, partial(lambda sql, folder: of_database(pack, folder, sql), sql), False)
        for name, sql in STATEMENTS.items()
    ]
    for n in range(1, len(migrations.STEPS)):
        for name in (
            "path of a recording", "path of a model", "path of a pick", "id that is a path",
            "trigger",
        ):  # fmt: skip
            if name != "path of a pick" or n > 2:
                make = partial(
                    lambda n, sql, folder: older(pack, folder, folder / "a.fcpack", n, sql),
                    n,
                    STATEMENTS[name],
                )
                found.append(Attack(f"{name}, {n} steps", make, False))
    facts = (
        "/etc/passwd", "C:\\\\Windows\\\\win.ini", "//host/share/a.png", "../../a.png",
        "file:///etc/passwd",
    )  # fmt: skip
    for where in facts:
        for fact in (
            f'{{"sampled":[{{"picture":"{where}"}}]}}',
            f'{{"outliers":[["","",0,"{where}"]]}}',
        ):
            sql = f"INSERT INTO model_fact VALUES (NULL, 'shift', '', '', '', '{fact}', '')"
            attack = partial(lambda sql, folder: of_database(pack, folder, sql), sql)
            found.append(Attack(f"a picture at {fact}", attack, False))
    for name, value in {
        "lang": "xx", "created": "soon", "gap": 10**400, "model": "[" * 100, "field": None,
        "schema": [],
    }.items():  # fmt: skip
        found.append(
            Attack(
                f"summary: {name}",
                partial(
                    lambda key, value, folder: with_word(pack, folder, key, value), name, value
                ),
                False,
            )
        )
    empty: dict[str, dict[str, bytes]] = {
        "no summary at all": {"summary.json": b""},
            "a summary of brackets": {"summary.json": b"[" * 100_000},
        "a log of nothing": {LOG: b""}, "a seal of nothing": {SEAL: b""},
        "no database": {"project.db": b""}, "no cache": {"cache.db": b"x"},
        "another picture": {next(name for name in held(pack) if name.startswith("frames/")): b"x"},
        "another model": {next(name for name in held(pack) if name.startswith("models/")): b"x"},
    }  # fmt: skip
    found += [
        Attack(
            name,
            partial(lambda files, folder: made_again(pack, folder / "a.fcpack", files), files),
            False,
        )
        for name, files in empty.items()
    ]
    for name, gone in {
        "frames": "frames/",
        "model": "models/",
        "database": "project.db",
        "summary": "summary.json",
    }.items():
        found.append(
            Attack(
                f"without {name}",
                partial(
                    lambda gone, folder: without_files(
                        pack, folder, lambda one: one.startswith(gone)
                    ),
                    gone,
                ),
                False,
            )
        )
    for table, column, value in values[:: max(1, len(values) // 60)]:
        make = partial(lambda told, folder: of_value(pack, folder, *told), (table, column, value))
        found.append(Attack(f"{table}.{column} = {str(value)[:20]}", make, False, is_refused=False))
    return found


class Watch:
    """A place in which every door is tried, with all around it."""

    def __init__(self, root: Path, victim: Path, terminal) -> None:
        self.root, self.victim, self.terminal, self.counted, self.found = (
            root, victim, terminal, Counter(), [],
        )  # fmt: skip
        for name in ("temporary", "work", "outside", "packs"):
            (root / name).mkdir()
        self.labels = self._labels()

    def _labels(self):
        with (
            open_project(self.root / "victim.fieldcheck", write=False)
            if (self.root / "victim.fieldcheck").exists()
            else self._anew() as project
        ):
            return project.read(labels.list_labels)

    def _anew(self):
        shutil.rmtree(self.root / "victim.fieldcheck", ignore_errors=True)
        copy = shutil.copytree(self.victim, self.root / "victim.fieldcheck")
        return open_project(copy, write=False)

    def beside(self) -> list[str]:
        """All that no door may touch: everything but the victim, the packs and what is unpacked."""
        names = [
            str(one.relative_to(self.root))
            for one in self.root.rglob("*")
            if one.relative_to(self.root).parts[0] not in ("packs", "victim.fieldcheck")
        ]
        return [
            *names,
            *(str(one) for one in (Path("/tmp/outside"), Path("/outside")) if one.exists()),
        ]

    def tried(self, attack: Attack, path: Path) -> None:
        target = self.root / "work" / "line.fieldcheck"
        for door, more in zip(
            DOORS, ((path,), (path, target), (self.root / "victim.fieldcheck", path)), strict=True
        ):
            before = self.beside()
            try:
                with in_time():
                    outcome = self.terminal(door, *more, "--json")
            except Hung:
                self.count("hangs", attack, door)
                continue
            self.counted["tried"] += 1
            self.counted["refused"] += outcome.code == 1
            if outcome.code not in (0, 1) or "Traceback" in outcome.err:
                self.count("bugs", attack, door, outcome.err)
            if door == "unpack" and target.exists():
                self.look_at(target, attack)
                shutil.rmtree(target)
            if self.beside() != before:
                self.count("escapes", attack, door)
            taken = outcome.code == 0
            if taken and (attack.bytes_lie or (door == "verify" and attack.is_refused)):
                self.count("false_fits", attack, door)
            if door == "verify" and taken and OWNER.key_id in json.loads(outcome.out)["signed_by"]:
                self.count("false_signed", attack, door)
        self.look_at_labels(attack)

    def look_at(self, target: Path, attack: Attack) -> None:
        """What was unpacked holds no link, and nothing of another name than a project's."""
        known = {
            "project.db", "cache.db", "frames", "models", "recordings", "benchmark", "reports",
            "backups", "trash", "lock",
        }  # fmt: skip
        if {one.name for one in target.iterdir()} - known or any(
            one.is_symlink() for one in target.rglob("*")
        ):
            self.count("escapes", attack, "unpack")

    def look_at_labels(self, attack: Attack) -> None:
        now = self._labels()
        if not set(self.labels) <= set(now):
            self.count("silent_losses", attack, "merge")
        if now != self.labels:
            self._anew().close()

    def count(self, what: str, attack: Attack, *more: str) -> None:
        self.counted[what] += 1
        self.found.append((what, attack.name, *more))


@pytest.mark.full("attacks_packs")
def test_no_attack_on_a_pack_comes_through_a_door(
    made,
    made_pack,
    signed,  # noqa: F811
    tmp_path,
    terminal,
    monkeypatch,
    counts,
    evidence,
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    watch = Watch(tmp_path, made["labelled"], terminal)
    every = [*of_bytes(signed), *of_names(signed), *of_values(made_pack, tmp_path / "packs")]
    some = every[:: max(1, len(every) // counts(ci=20, full=len(every)))]
    paths = []
    for number, attack in enumerate(some):
        (folder := tmp_path / "packs" / str(number)).mkdir()
        paths.append(attack.make(folder))
        watch.tried(attack, paths[-1])
    (tmp_path / "outside" / "verify_pack.py").write_bytes(held(signed)["verify_pack.py"])
    ran = run_python(
        "verify_pack.py", *paths, cwd=tmp_path / "outside", timeout=HANG_S,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""},
    )  # fmt: skip
    said = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr, len(said)) == (1, "", len(some))
    for attack, line in zip(some, said, strict=True):
        watch.counted["tried"] += 1
        watch.counted["refused"] += ": does not fit: " in line
        if ": fits: " in line and (
            (attack.bytes_lie and not attack.is_of_systems) or OWNER.key_id in line
        ):
            watch.count(
                "false_signed" if OWNER.key_id in line else "false_fits",
                attack,
                "the verifier of a pack",
            )
    names = ("bugs", "hangs", "escapes", "false_signed", "false_fits", "silent_losses")
    bad = {name: watch.counted[name] for name in names}
    assert watch.found == []
    evidence(
        attacks=len(some), doors=[*DOORS, "verify_pack.py"], tried=watch.counted["tried"],
        refused=watch.counted["refused"], **bad,
    )  # fmt: skip
