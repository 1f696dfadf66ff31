"""Logs, folders and commands that a stranger may give to the monitor: odd dates, numbers, quotes,
encodings, classes, paths and sizes."""

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import makers

HEAD = "time,prediction,confidence"
N_ROWS = 12  # of a log, one of which is odd
SECRET = "S3cretOfAnotherFolder"  # stands in every file outside the folder of the log
DAY = "2026-11-02T{:02d}:{:02d}:00+01:00"


@dataclass(frozen=True)
class Attack:
    """What is tried: `build` makes files in a folder and returns what the command is given.
    `n_rows`: of the log, each of which is counted or refused; None where nothing is to be counted.
    """

    name: str
    build: Callable[[Path], list[object]]
    n_rows: int | None = None
    group: str = field(default="", compare=False)


def at(row: int) -> str:
    """Time of a row."""
    return DAY.format(6 + row // 60, row % 60)


def log_of(
    rows: list[str], head: str = HEAD, name: str = "a.csv", end: str = "\n"
) -> Callable[[Path], list[object]]:
    """Writes a log with these rows."""
    return bytes_of(end.join([head, *rows, ""]).encode("utf-8", "surrogatepass"), name)


def bytes_of(data: bytes, name: str = "a.csv") -> Callable[[Path], list[object]]:
    """Writes a log of these bytes."""

    def build(folder: Path) -> list[object]:
        (folder / name).write_bytes(data)
        return [folder / name]

    return build


def with_row(row: str) -> list[str]:
    """Sound rows, and the odd one in their middle."""
    rows = [f"{at(number)},red,0.9" for number in range(N_ROWS)]
    rows[N_ROWS // 2] = row
    return rows


def with_object(**odd: object) -> list[str]:
    """JSON lines, in the middle one of which these values stand."""
    rows = [
        {"time": at(number), "prediction": "red", "confidence": 0.9} for number in range(N_ROWS)
    ]
    rows[N_ROWS // 2] |= odd
    return [json.dumps(one) for one in rows]


DATES = (
    *("2099-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
      "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("1969-12-31T23:59:59Z", "1970-01-01", "2026-02-30T06:00:00Z", "2026-13-01T06:00:00",
      "2026-11-02T25:00:00", "2026-11-02T06:00:60Z"),
    *("2026-11-02T06:00:00+99:99", "2026-10-25T02:30:00", "2026-03-29T02:30:00", "true", "nan",
      "1e300", "-1", "", "yesterday"),
    *("2026-11-02T06:00:00.123456789Z", "٢٠٢٦-١١-٠٢", "2026-W45-1", "20261102T060000Z",
      "1793595600", "1793595600000"),
    *("2026-11-02T06:00:00\u200b", "0000-00-00T00:00:00", "2026-11-02 06:00:00 PM",
      "02.11.2026 06:00", "2026-11-02T06:00:00" + "0" * 900),
)  # fmt: skip
JSON_TIMES = (
    *(True, False, None, [], {}, 1e300, -1e18, 10**18, 10**30, float("nan"), float("inf"), 0,
      -62135596800, 253402300799),
    *(1793595600123, "1793595600", "", ["2026-11-02"], 1793595600.5, 4070908800),
)  # fmt: skip
CONFIDENCES = (
    *("0,97", "nan", "inf", "-0.0", "1e-400", "1e400", "0x1", "1_0", "٠.٥", "0.5 ", "0.5%",
      "1.0000001", "-1", "", "true", "9" * 400),
    *("0." + "1" * 400, "1e-5", "+0.5", "0.5f", "0.9.7", '"0,97"', '"1.000,5"'),
)  # fmt: skip
JSON_CONFIDENCES = (
    True, None, [0.5], {"a": 1}, "0.5", "0,97", 10**400, float("nan"), -0.0, 2, -1, "",
)  # fmt: skip
ENTROPIES = ("nan", "inf", "-1", "1e3", "true", "0,5", "1_0")
EMBEDDINGS = (
    *([], [True], [float("nan")], [float("inf")], {}, 5, "x", [1] * 5000, [[1]], [None], [1, 2],
      ["1", "2"], "[1, 2", [10**400]),
)  # fmt: skip
CLASSES = (
    "", "../../x", "=cmd()", "a\x00b", "\u202ered", "\ufffe", "\ufeffred", "x" * 500_000,
    "red\u200b", "<b>red</b>", "☣" * 300,
)  # fmt: skip
JSON_CLASSES = (
    "", None, True, 5, [], {}, ["red"], "\ud800", "a\nb", "a\r\nb", "\x00", "x" * 500_000, 1e400,
)  # fmt: skip


def logs() -> Iterator[Attack]:
    """Logs with one odd value."""
    for number, date in enumerate(DATES):
        yield Attack(f"date {number}", log_of(with_row(f"{date},red,0.9")), N_ROWS, "dates")
    for number, value in enumerate(JSON_TIMES):
        yield Attack(
            f"JSON date {number}",
            log_of(with_object(time=value)[1:], with_object()[0], "a.jsonl"),
            N_ROWS,
            "dates",
        )
    for number, text in enumerate(CONFIDENCES):
        yield Attack(
            f"confidence {number}", log_of(with_row(f"{at(6)},red,{text}")), N_ROWS, "numbers"
        )
    for number, value in enumerate(JSON_CONFIDENCES):
        yield Attack(
            f"JSON confidence {number}",
            log_of(with_object(confidence=value)[1:], with_object()[0], "a.jsonl"),
            N_ROWS,
            "numbers",
        )
    for number, text in enumerate(ENTROPIES):
        rows = [f"{one},0.5" for one in with_row("x")]
        rows[N_ROWS // 2] = f"{at(6)},red,0.9,{text}"
        yield Attack(f"entropy {number}", log_of(rows, HEAD + ",entropy"), N_ROWS, "numbers")
    for number, value in enumerate(EMBEDDINGS):
        rows = [json.loads(one) | {"embedding": [0.5, 0.25]} for one in with_object()]
        rows[N_ROWS // 2]["embedding"] = value
        yield Attack(
            f"embedding {number}",
            log_of([json.dumps(one) for one in rows[1:]], json.dumps(rows[0]), "a.jsonl"),
            N_ROWS,
            "numbers",
        )
    for number, text in enumerate(CLASSES):
        yield Attack(f"class {number}", log_of(with_row(f"{at(6)},{text},0.9")), N_ROWS, "classes")
    for number, value in enumerate(JSON_CLASSES):
        yield Attack(
            f"JSON class {number}",
            log_of(with_object(prediction=value)[1:], with_object()[0], "a.jsonl"),
            N_ROWS,
            "classes",
        )


def quotes() -> Iterator[Attack]:
    """Quotes and separators that do not fit."""
    odd = {
        "one": with_row(f'{at(6)},"red,0.9'),
        "closed later": [
            *with_row(f'{at(6)},"red,0.9')[:7],
            f'{at(7)},red",0.9',
            *with_row("x")[8:],
        ],
        "everywhere": [f'{at(number)},"red,0.9' for number in range(N_ROWS)],
        "within": with_row(f'{at(6)},re"d,0.9'),
        "behind": with_row(f'{at(6)},"red"x,0.9'),
        "last": [*with_row(f"{at(6)},red,0.9")[:-1], f'{at(11)},red,"0.9'],
        "alone": with_row('"'),
        "doubled": with_row(f'{at(6)},""red"",0.9'),
        "decimal commas": [f"{at(number)},red,0,97" for number in range(N_ROWS)],
        "short": with_row(f"{at(6)},red"),
        "long": with_row(f"{at(6)},red,0.9,1,2,3"),
        "semicolon": with_row(f"{at(6)};red;0.9"),
    }
    for name, rows in odd.items():
        yield Attack(f"quote {name}", log_of(rows), N_ROWS, "quotes")
    yield Attack(
        "quote header",
        log_of(with_row(f"{at(6)},red,0.9"), 'time,"prediction,confidence'),
        N_ROWS,
        "quotes",
    )
    for separator in ";\t|":
        rows = [separator.join((at(number), "red", "0,9")) for number in range(N_ROWS)]
        yield Attack(
            f"separator {separator!r}", log_of(rows, HEAD.replace(",", separator)), N_ROWS, "quotes"
        )


def texts() -> Iterator[Attack]:
    """Encodings and line ends."""
    plain = "\n".join([HEAD, *with_row(f"{at(6)},Öl,0.9"), ""])
    for coding in ("utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252"):
        yield Attack(f"encoding {coding}", bytes_of(plain.encode(coding)), N_ROWS, "encodings")
    for name, end in (
        ("old", "\r"), ("mixed", "\r\n"), ("doubled", "\n\n"), ("odd", "\r\r\n"), ("none", "\x0b"),
    ):  # fmt: skip
        yield Attack(
            f"line ends {name}", log_of(with_row(f"{at(6)},red,0.9"), end=end), N_ROWS, "encodings"
        )
    yield Attack("zeros", bytes_of(plain.encode() + bytes(5000)), N_ROWS, "encodings")
    yield Attack(
        "cut letter",
        bytes_of(plain.encode()[: plain.encode().index("Ö".encode()) + 1]),
        N_ROWS,
        "encodings",
    )


def sizes() -> Iterator[Attack]:
    """Too many, too long, too deep, and no log at all."""
    many = {
        "classes": [f"{at(0)},part {number},0.9" for number in range(200_000)],
        "shifts": [
            f"{1972 + number // 8000}-{1 + number // 600 % 12:02d}-{1 + number % 28:02d}T06:00:00Z,red,0.9"
            for number in range(40_000)
        ],
        "clocks": [f"2026-11-0{1 + number % 2}T06:00:00Z,red,0.9" for number in range(60_000)],
        "future": [f"20{50 + number % 50}-01-01T06:00:00Z,red,0.9" for number in range(5_000)],
    }
    for name, rows in many.items():
        yield Attack(f"many {name}", log_of(rows), len(rows), "sizes")
    yield Attack(
        "many columns",
        log_of([f"{at(0)},red,0.9" + ",1" * 100_000], HEAD + ",x" * 100_000),
        1,
        "sizes",
    )
    yield Attack(
        "same columns",
        log_of(with_row(f"{at(6)},red,0.9"), "time,prediction,prediction"),
        None,
        "sizes",
    )
    yield Attack("long line", bytes_of((HEAD + "\n" + "x" * 3_000_000).encode()), None, "sizes")
    yield Attack("deep object", bytes_of(b'{"time": ' + b"[" * 200_000), None, "sizes")
    yield Attack(
        "long number",
        bytes_of(b'{"time": ' + b"9" * 10_000 + b', "prediction": "a", "confidence": 1}\n'),
        None,
        "sizes",
    )
    for name, data in (
        ("nothing", b""), ("header", HEAD.encode()), ("array", b"[{}]"), ("parquet", b"PAR1" * 9),
        ("zip", b"PK\3\4" * 99), ("zeros", bytes(99)),
    ):  # fmt: skip
        yield Attack(f"no log: {name}", bytes_of(data), None, "sizes")
    yield Attack("no log: hole", _hole, None, "sizes")
    yield Attack("no log: pipe", _pipe, None, "sizes")
    yield Attack("no log: device", lambda folder: ["/dev/zero"], None, "sizes")
    yield Attack("no log: link to a device", _device, None, "sizes")
    yield Attack("no log: folder", _folder_called_log, None, "sizes")
    yield Attack("no log: missing", lambda folder: [folder / "none.csv"], None, "sizes")
    yield Attack("no log: address", lambda folder: ["http://127.0.0.1:1/a.csv"], None, "sizes")


def _hole(folder: Path) -> list[object]:
    with (folder / "a.csv").open("wb") as file:
        file.truncate(1 << 30)
    return [folder / "a.csv"]


def _pipe(folder: Path) -> list[object]:
    os.mkfifo(folder / "a.csv")
    return [folder / "a.csv"]


def _device(folder: Path) -> list[object]:
    (folder / "a.csv").symlink_to("/dev/zero")
    return [folder / "a.csv"]


def _folder_called_log(folder: Path) -> list[object]:
    (folder / "a.csv").mkdir()
    return [folder / "a.csv"]


def bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a few bytes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


PICTURES = (
    *("/proc/self/environ", "/etc/passwd", "/dev/zero", "/dev/stdin", "/proc/self/fd/0",
      "{out}/secret.png", "{out}/id_rsa", "../secret.png"),
    *("p/../../secret.png", "link.png", "up/secret.png", "link to a link.png", "pipe.png", "p", ".",
      "..", "~/secret.png", "$HOME/secret.png"),
    *("%2e%2e/secret.png", "file://{out}/secret.png", "http://127.0.0.1:1/a.png",
      "\\\\127.0.0.1\\share\\a.png", "//127.0.0.1/share/a.png"),
    *("C:\\Windows\\win.ini", "..\\secret.png", "{out}/film.avi#t=0.000", "../film.avi#t=0.000",
      "link.avi#t=0.000", "/dev/zero#t=1", "bomb.png"),
    *("text.png", "text.svg", "…/secret.png", "a" * 5000 + ".png", "p/" * 500 + "x.png", "#t=0",
      "x#t=" + "9" * 300, "p/1.png/../../../secret.png"),
    *("run.sh", "{out}/run.desktop", "/proc/self/root{out}/secret.png", "/proc/self/cwd/secret.png",
      "CON", "a.png:stream", "\u202egnp.terces"),
)  # fmt: skip


def surroundings(folder: Path) -> None:
    """Files beside the folder of a log that nothing of it may reach, and traps in it."""
    out = folder.parent
    for name in ("id_rsa", "run.desktop"):
        (out / name).write_text(SECRET)
    makers.save_picture(out / "secret.png", "blue")
    makers.video(out / "film.avi", ["blue"] * 4)
    (folder / "p").mkdir()
    (folder / "run.sh").write_text(f"#!/bin/sh\n# {SECRET}\n")
    (folder / "text.png").write_text(SECRET)
    (folder / "text.svg").write_text(f"<svg><text>{SECRET}</text></svg>")
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "link.png").symlink_to(out / "secret.png")
    (folder / "link.avi").symlink_to(out / "film.avi")
    (folder / "link to a link.png").symlink_to(folder / "link.png")
    (folder / "up").symlink_to(out)
    os.mkfifo(folder / "pipe.png")


def naming(picture: str) -> Callable[[Path], list[object]]:
    """A log whose results name this picture, among those traps."""

    def build(folder: Path) -> list[object]:
        surroundings(folder)
        row = {"prediction": "red", "confidence": 0.9, "picture": picture.format(out=folder.parent)}
        rows = [json.dumps({"time": at(number), **row}) for number in range(1, N_ROWS)]
        return log_of(rows, json.dumps({"time": at(0), **row}), "a.jsonl")(folder)

    return build


def paths() -> Iterator[Attack]:
    """Logs that name what is not theirs; their frames are kept afterwards."""
    for number, picture in enumerate(PICTURES):
        yield Attack(f"keep {number}", naming(picture), N_ROWS, "paths")


def folders() -> Iterator[Attack]:
    """Folders of images, and what they may hold; footage of times that cannot be."""

    def made(change: Callable[[Path], object], *more: object) -> Callable[[Path], list[object]]:
        def build(folder: Path) -> list[object]:
            inner = makers.picture_folder(folder / "footage", makers.cycle(3))
            change(inner)
            return [inner, *more]

        return build

    def secret(folder: Path) -> None:
        makers.save_picture(folder.parents[1] / "secret.png", "blue")
        (folder / "link.png").symlink_to(folder.parents[1] / "secret.png")

    def circle(folder: Path) -> None:
        (folder / "again").symlink_to(folder)

    began = (
        "2099-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "1969-01-01 00:00:00",
        "yesterday",
    )  # fmt: skip
    for one in began:
        yield Attack(
            f"footage of {one}", made(lambda folder: None, "--began", one), None, "folders"
        )
    for seconds in (4_070_908_800, 0, 253_402_300_799):
        yield Attack(
            f"footage changed {seconds}",
            made(lambda folder, seconds=seconds: os.utime(folder, (seconds, seconds))),
            None,
            "folders",
        )  # type: ignore[misc]
    changes: dict[str, Callable[[Path], object]] = {
        "link": secret,
        "circle": circle,
        "bomb": lambda folder: (folder / "b.png").write_bytes(bomb()),
        "pipe": lambda folder: os.mkfifo(folder / "b.png"),
        "text": lambda folder: (folder / "b.png").write_text(SECRET),
        "nothing": lambda folder: [one.unlink() for one in folder.iterdir()],
        "folder": lambda folder: (folder / "b.png").mkdir(),
    }
    for name, change in changes.items():
        yield Attack(f"folder with {name}", made(change), None, "folders")


def commands() -> Iterator[Attack]:
    """Sources, copies of shifts and other words of the command."""
    sources = (
        "http://127.0.0.1:1/v", "htp://127.0.0.1/v", "/dev/zero", "/dev/null", "",
        "file:///etc/passwd", "none.mp4", "a\nb", "-1", "usb:99",
    )  # fmt: skip
    for number, source in enumerate(sources):
        yield Attack(
            f"source {number}",
            lambda folder, source=source: ["--source", source, "--seconds", "1"],
            None,
            "sources",
        )  # type: ignore[misc]
    for number, text in enumerate(
        (
            b"",
            b"{}",
            b"[" * 99_999,
            b"\xff\xfe",
            HEAD.encode(),
            b'{"about": "2026-11-02T06:00:00+01:00"}',
        )
    ):

        def restoring(folder: Path, text: bytes = text) -> list[object]:
            (folder / "c.jsonl").write_bytes(text)
            return ["--restore", folder / "c.jsonl"]

        yield Attack(f"restore {number}", restoring, None, "copies")
    words = (
        *(("--acknowledge", one) for one in ("", "2099", "x" * 5000, "2026-11-02", "--")),
        *(
            ("--keep-frames", one)
            for one in ("", "../../x", "2099-01-01T00:00:00+00:00", "x" * 5000)
        ),
        *(("--model", one) for one in ("", "../x", "x" * 5000)),
        *(("--restore", one) for one in ("/dev/zero", "/etc/passwd", "..", "")),
        *(("--keep-weeks", one) for one in ("-1", "1e3", "0")),
        *(("--keep-days", one) for one in ("6", "nan", "7")),
        ("--on-alert", "/dev/null"),
        ("--on-alert", "/nowhere/program"),
    )
    for number, given in enumerate(words):
        yield Attack(f"words {number}", lambda folder, given=given: list(given), None, "words")  # type: ignore[misc]


def attacks() -> list[Attack]:
    """All of them."""
    cases = (logs, quotes, texts, sizes, paths, folders, commands)
    return [one for kind in cases for one in kind()]
