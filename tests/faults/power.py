"""Disks as they may stand when the power goes: built from every write, fsync and rename of a traced
program.

What a program wrote after the last fsync of a file may be on disk, or not, or in part, in any
order; what was made, renamed or taken away in a folder since that folder's last fsync may be
undone, the newest first. Nothing else is promised by POSIX, and no less by a disk that says it has
flushed.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.tracer import QUIET

CALLS = (
    "openat,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,rmdir,link,linkat,symlink,truncate,"
    "fallocate,copy_file_range,sendfile,splice,writev,pwritev,pwritev2,msync,lseek,dup,dup2,dup3,sync_file_range"
)
WRITTEN = 1 << 22  # bytes of one call that the trace holds whole
SECTOR = 512  # bytes that a disk writes whole or not at all
HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")
LINE = re.compile(
    r"(?P<pid>\d+) +(?:(?P<call>\w+)\((?P<begun>.*)|<\.\.\. (?P<resumed>\w+) resumed>(?P<rest>.*))",
    re.S,
)
QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
FILE = re.compile(r"(-?\d+)<((?:\\x[0-9a-f]{2}|[^>\\])*)>")
SHARED = "-shm"  # SQLite's index of the log: memory of the running program, which it makes anew


def watching_disk(trace: Path) -> tuple[str, ...]:
    """The beginning of a command whose writes, and those of its threads, are to stand in
    `trace`."""
    return (
        *QUIET, f"--trace={CALLS}", "-y", "-xx", f"--string-limit={WRITTEN}", f"--output={trace}",
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A line that the program printed: it had been told that what it says is safe."""

    line: str


@dataclass(frozen=True)
class Wrote:
    """Bytes of a file from `at` on."""

    at: int
    data: bytes

    def put(self, into: bytearray) -> None:
        into.extend(bytes(max(0, self.at + len(self.data) - len(into))))
        into[self.at : self.at + len(self.data)] = self.data

    def torn(self, dice: random.Random) -> Wrote:
        """Its first bytes: some whole sectors, or any number where the disk has no sectors."""
        kept = dice.randrange(len(self.data) + 1)
        return Wrote(self.at, self.data[: kept - kept % SECTOR if dice.random() < 0.5 else kept])


@dataclass(frozen=True)
class Cut:
    """A file's new length."""

    length: int

    def put(self, into: bytearray) -> None:
        del into[self.length :]
        into.extend(bytes(self.length - len(into)))

    def torn(self, _dice: random.Random) -> Cut:
        return self


@dataclass
class Content:
    """What a file holds for certain, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Wrote | Cut] = field(default_factory=list)

    def synced(self, n: int) -> None:
        for one in self.since[:n]:
            one.put(self.safe)
        del self.since[:n]

    def after(self, how: str, dice: random.Random) -> bytes:
        """The file after the power went. `how`: `synced` (nothing since), `prefix` (in order, the
        last in part), `any` (any of it)."""
        found = bytearray(self.safe)
        kept = list(self.since)
        if how == "synced":
            kept = []
        elif how == "prefix":
            kept = kept[: dice.randrange(len(kept) + 1)]
            kept[-1:] = [one.torn(dice) for one in kept[-1:]]
        else:
            kept = [
                one if dice.random() < 0.7 else one.torn(dice)
                for one in kept
                if dice.random() < 0.6
            ]
        for one in kept:
            one.put(found)
        return bytes(found)


@dataclass
class Disk:
    """One folder's files by name: those for certain, and changes since it was put on disk."""

    root: str
    names: dict[str, Content] = field(default_factory=dict)
    safe: dict[str, Content] = field(default_factory=dict)
    renamed: list[tuple[str, Content | None]] = field(default_factory=list)
    n_synced: int = 0

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """A folder as it lies there now, all of it on disk."""
        found = {
            f"{path.relative_to(folder)}": Content(bytearray(path.read_bytes()))
            for path in folder.rglob("*")
            if path.is_file()
        }
        return cls(str(folder), dict(found), dict(found))

    def local(self, path: str) -> str | None:
        """A path below the folder, `.` for itself; None for one elsewhere."""
        path = path.removesuffix("(deleted)")
        return (
            os.path.relpath(path, self.root)
            if PurePosixPath(path).is_relative_to(self.root)
            else None
        )

    def name(self, path: str, content: Content | None) -> None:
        """From now on this name stands for that content, or for nothing."""
        self.renamed.append((path, content))
        _point(self.names, path, content)

    def synced(self, path: str, n: int) -> None:
        """An fsync of a file or folder came back; `n` changes had been made before it began."""
        self.n_synced += 1
        if path in self.names:
            self.names[path].synced(n)
            return
        here = PurePosixPath(path)
        for name, content in self.renamed[:n]:
            if PurePosixPath(name).parent == here:
                _point(self.safe, name, content)
        self.renamed = [
            one
            for at, one in enumerate(self.renamed)
            if at >= n or PurePosixPath(one[0]).parent != here
        ]

    def pending(self, path: str) -> int:
        return len(self.names[path].since) if path in self.names else len(self.renamed)

    def build(self, folder: Path, how: str, dice: random.Random) -> None:
        """Writes the folder as it may stand after the power went now."""
        names = dict(self.safe)
        for path, content in self.renamed[
            : 0 if how == "synced" else dice.randrange(len(self.renamed) + 1)
        ]:
            _point(names, path, content)
        for path, content in names.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(
                dice.randbytes(32_768) if path.endswith(SHARED) else content.after(how, dice)
            )


def _point(names: dict[str, Content], path: str, content: Content | None) -> None:
    if content is None:
        names.pop(path, None)
    else:
        names[path] = content


@dataclass(frozen=True)
class Call:
    """A system call that began (`ended` False) or came back; `result` -1 for a failure."""

    name: str
    arguments: str
    ended: bool
    result: int = 0


def calls(trace: Path) -> Iterator[Call]:
    """The calls of a trace in their order: each when it begins and when it comes back."""
    begun: dict[str, Call] = {}
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            found = LINE.match(line)
            if found is None:
                continue
            pid, resumed = found["pid"], found["resumed"]
            if resumed is None:
                text = found["begun"]
                begun[pid] = Call(found["call"], text.partition("<unfinished")[0], ended=False)
                yield begun[pid]
                if "<unfinished" in text:
                    continue
            else:
                text = begun[pid].arguments + found["rest"]
            _, _, result = text.rpartition(") = ")
            number = re.match(r"-?\d+", result)
            if number:
                yield Call(begun[pid].name, text, ended=True, result=int(number[0]))


class Replay:
    """Follows a trace on a disk. `unknown`: calls on that folder whose effect nobody wrote down
    here; there must be none."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.unknown: list[str] = []
        self._at: dict[str, int] = {}
        self._syncing: dict[str, int] = {}

    def follow(self, call: Call) -> Said | None:
        if call.name == "write" and call.arguments.startswith("1<"):
            return Said(_data(call.arguments).decode()) if not call.ended else None
        on = FILE.match(call.arguments)
        path = self.disk.local(_text(on[2])) if on and not call.name.endswith("at") else None
        if call.name in ("fsync", "fdatasync"):
            self._sync(call, path)
        elif call.ended and call.result >= 0:
            self._change(call, path)
        return None

    def _sync(self, call: Call, path: str | None) -> None:
        if path is None:
            return
        if not call.ended:
            self._syncing[path] = self.disk.pending(path)
        elif call.result == 0:
            self.disk.synced(path, self._syncing[path])

    def _change(self, call: Call, path: str | None) -> None:
        named = (
            [self.disk.local(_text(text)) for text, _ in QUOTED.findall(call.arguments)]
            if call.name in NAMING
            else []
        )
        named = [one for one in named if one is not None]
        if path is None and not named:
            return
        if call.name in NAMING:
            self._name(call, named)
        elif path is not None:
            self._write(call, path)

    def _name(self, call: Call, named: list[str]) -> None:
        names = self.disk.names
        if call.name == "openat":
            if "O_CREAT" in call.arguments and named[0] not in names:
                self.disk.name(named[0], Content())
            elif "O_TRUNC" in call.arguments:
                names[named[0]].since.append(Cut(0))
            self._at[named[0]] = 0
        elif call.name in ("unlink", "unlinkat"):
            self.disk.name(named[0], None)
        elif call.name.startswith("rename") and named[0] in names and len(named) == 2:
            self.disk.name(named[1], names[named[0]])
            self.disk.name(named[0], None)
        elif call.name not in ("mkdir", "rmdir"):
            self.unknown.append(call.name)

    def _write(self, call: Call, path: str) -> None:
        if path not in self.disk.names:
            if call.name not in ("lseek", "dup", "dup2", "dup3") and "(deleted)" not in _text(
                call.arguments
            ):
                self.unknown.append(f"{call.name} {path}")
            return
        since = self.disk.names[path].since
        if call.name in ("write", "pwrite64"):
            data = _data(call.arguments)[: call.result]
            at = (
                int(call.arguments.rpartition(")")[0].rpartition(", ")[2])
                if call.name == "pwrite64"
                else self._at.get(path, 0)
            )
            since.append(Wrote(at, data))
            if call.name == "write":
                self._at[path] = at + len(data)
        elif call.name == "ftruncate":
            since.append(Cut(int(re.search(r", (\d+)\)", call.arguments)[1])))
        elif call.name == "lseek":
            self._at[path] = call.result
        else:
            self.unknown.append(f"{call.name} {path}")


NAMING = (
    "openat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "rmdir", "link",
    "linkat", "symlink", "truncate",
)  # fmt: skip


def _text(hexed: str) -> str:
    return HEX.sub(
        lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "surrogateescape"),
        hexed,
    )


def _data(arguments: str) -> bytes:
    found = QUOTED.search(arguments)
    assert found is not None, arguments[:80]
    assert not found[2], "the trace does not hold the whole call"
    return bytes.fromhex(found[1].replace("\\x", ""))
