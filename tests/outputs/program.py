"""Runs commands of the product on one project and collects what they print and write, as text
without what belongs to the run."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from tests.faults.forking import CHECKOUT, Forking
from tests.outputs.masks import Masks
from tests.outputs.pack import RECORDS, members_of, sorted_records
from tests.outputs.texts import INLINED, PROGRAMS, checked_sums, indented, program, sha256

ENVIRONMENT = {
    "TZ": "UTC", "COLUMNS": "100", "LC_ALL": "en_GB.UTF-8", "FIELDCHECK_NEW_ADMIN_PIN": "2468",
    "FIELDCHECK_ADMIN_PIN": "2468",
}  # fmt: skip
# as the database of a pack has it in place of the folder
BENCHMARK = re.compile(r"'…([0-9a-f]{16})/")
SHIPPED = "probe:wrong_domain"  # asked over pictures that lie in the checkout

NAMED_ONLY = {".pdf": "a PDF", ".db": "a database"}  # hold the moment they were written


class Walk:
    """`outputs`: text by the name of the document. Everything of the run lies below `work`."""

    def __init__(self, work: Path, forking: Forking, began: datetime) -> None:
        self.work, self.project = work, work / "site.fieldcheck"
        self.outputs: dict[str, str] = {}
        self._forking = forking
        version = self.run("--version")[0].split()[-1]
        self._masks = Masks(((str(work), "<work>"), (str(CHECKOUT), "<checkout>")), version, began)

    def run(self, *words: object) -> tuple[str, int]:
        """What a command prints, on either stream, and its exit code."""
        said = self.work / "said.txt"
        self._forking.start(said, words, home=self.work / "home")
        code = self._forking.ended()
        return said.read_text("utf-8"), code

    def text(self, name: str, *words: object) -> None:
        """Stores what a command prints for people."""
        text, code = self.run(*words)
        self.store(f"{name}.txt", text + (f"[exit {code}]\n" if code else ""))

    def document(self, name: str, *words: object) -> dict:
        """Store and return the JSON document of a command; a refusal is stored as its sentence."""
        text, code = self.run(*words, "--json")
        documents = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        # before they are laid out, which goes by their length
        lines = self._masks.masked(f"{name}.json", text).splitlines()
        shown = "".join(indented(line) if line.startswith("{") else f"{line}\n" for line in lines)
        self.store(f"{name}.json", shown + (f"[exit {code}]\n" if code else ""))
        return documents[0] if documents else {}

    def both(self, name: str, *words: object) -> dict:
        """Stores the two of a command that changes nothing, or nothing the second time."""
        self.text(name, *words)
        return self.document(name, *words)

    def report(self, name: str, document: dict, only: tuple[str, ...] = ()) -> None:
        """Stores the files of a report, those named in `only` or all."""
        for file in map(Path, document["files"]):
            if not only or file.name in only:
                self.file(f"{name}/{file.name}", file)

    def shape(self, name: str, *words: object) -> None:
        """Stores the keys of a document whose figures are measured times."""
        text, code = self.run(*words, "--json")
        assert code == 0, text
        keys = json.loads(text.splitlines()[-1])
        self.store(f"{name}.keys.txt", "".join(f"{key}\n" for key in keys))

    def pack(self, name: str, pack: Path, with_log: bool = False) -> None:
        """Stores the members of a pack by name and hash, the records of its log or how many there
        are of each kind, and its database."""
        texts = members_of(pack, with_log)
        names = dict.fromkeys(BENCHMARK.findall(texts["project.db.txt"]), "<benchmark>")
        self._masks.names.update(names)
        for part, text in texts.items():
            masked = self._masks.masked(f"{name}/{part}", text)
            self.store(f"{name}/{part}", sorted_records(masked) if part in RECORDS else masked)

    def name_runs(self) -> None:
        """From here on, and in what is stored, the benchmark, the runs on it and those on the
        pictures that ship have names in place of their ids, which are made of where the pictures
        lie."""
        text, _ = self.run("runs", self.project, "--most", "1000", "--json")
        runs = json.loads(text)["runs"]
        by_place = (one for one in runs if one["on"] == "benchmark" or one["recipe"] == SHIPPED)
        self._masks.names.update(
            {
                one["run_id"]: "<{model} on {on}, {recipe} {severity}>".format(**one)
                for one in by_place
            }
        )
        self.outputs = {name: self._masks.masked(name, text) for name, text in self.outputs.items()}

    def file(self, name: str, path: Path) -> None:
        self.store(name, self._read(name, path))

    def folder(self, name: str, folder: Path) -> None:
        """Stores all files of a folder in one text, each below its name."""
        parts = []
        for path in (path for path in folder.rglob("*") if path.is_file()):
            text = self._read(name, path)
            text = self._masks.masked(name, f"==== {path.relative_to(folder).as_posix()}\n{text}")
            parts.append(text if text.endswith("\n") else f"{text}\n")
        self.store(f"{name}.txt", "".join(sorted(parts)))

    def store(self, name: str, text: str) -> None:
        assert name not in self.outputs, f"{name} twice"
        self.outputs[name] = self._masks.masked(name, text)

    def _read(self, name: str, path: Path) -> str:
        """A file as text: its own, or the hash of what is no text."""
        data = path.read_bytes()
        if path.suffix == ".json":
            return indented(self._masks.masked(name, data.decode()))
        if path.suffix in NAMED_ONLY:
            return f"{NAMED_ONLY[path.suffix]}\n"
        if path.name in PROGRAMS:
            return program(data.decode())
        if path.name == "SHA256SUMS.txt":
            return checked_sums(path)
        if b"\0" in data:
            return f"sha256 {sha256(data)}\n"
        try:
            return INLINED.sub(
                lambda found: f"data:sha256,{sha256(found[0].encode())}", data.decode()
            )
        except UnicodeDecodeError:
            return f"sha256 {sha256(data)}\n"


@contextmanager
def forked_commands() -> Iterator[Forking]:
    """The program that the commands of all walks fork from; it ends with the block. Each walk has
    folders of the user of its own."""
    with patch.dict(os.environ, ENVIRONMENT):
        forking = Forking(Path(os.devnull))
    try:
        yield forking
    finally:
        forking.close()
