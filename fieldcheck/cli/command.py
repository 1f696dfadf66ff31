"""What every command shares: its JSON document, sentence, exit code and progress bar; safe terminal
output; command groups that load lazily; and what help says beside the options."""

from __future__ import annotations

import errno
import functools
import json
import logging
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Protocol, TextIO

import click

from fieldcheck.errors.files import DiskFull, FieldcheckError
from fieldcheck.errors.messages import describe_stop, format_error
from fieldcheck.files import map_os_errors
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_minutes
from fieldcheck.paths import DATABASE
from fieldcheck.progress import (
    Cancelled,
    CancelToken,
    StageTimes,
    has_pace,
    measure_stages,
    use_cancel_token,
)

# Terminal output: without control sequences, in the terminal's encoding, with an error where it
# cannot be written.

CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_log = logging.getLogger(__name__)
REPLACED = "\N{REPLACEMENT CHARACTER}"
STDOUT = Path("<stdout>")


def configure_streams() -> None:
    """Makes both streams take every letter, also a redirected one that is not UTF-8, as on Western
    Windows."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def replace_controls(line: str) -> str:
    """The line with everything replaced that moves a cursor, changes a colour, or turns the
    direction of writing."""
    return CONTROLS.sub(REPLACED, line)


def print_lines(lines: Iterable[str]) -> None:
    """For a person, on standard output. Raises DiskFull."""
    _print_text("".join(f"{replace_controls(line)}\n" for line in lines))


def print_document(document: Mapping[str, Any]) -> None:
    """For a program: one JSON document on one line, ASCII where the stream is no UTF-8. Raises
    DiskFull."""
    utf8 = "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
    text = json.dumps(document, ensure_ascii=not utf8, allow_nan=False)
    _print_text(CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def print_message(words: str) -> None:
    """A sentence on standard error, as far as there is one."""
    try:
        click.echo(replace_controls(words), err=True)
    except (OSError, ValueError):  # closed, or on a full disk: the exit code still tells
        return


def _print_text(text: str) -> None:
    if sys.stdout is None:
        return
    try:
        with map_os_errors(STDOUT):
            click.echo(text, nl=False)
            sys.stdout.flush()
    except (DiskFull, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # whoever read it has gone away
        _forget_stdout()
        raise DiskFull(STDOUT) from error


def _forget_stdout() -> None:
    """What is left in its buffer would fail once more when the program ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return


EXIT_DONE, EXIT_EXPECTED, EXIT_USAGE, EXIT_BUG, EXIT_INTERRUPTED = 0, 1, 2, 70, 130
BAR_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of a command: `document` for `--json`, `lines` for a person, `code` the exit code."""

    document: dict[str, Any]
    lines: tuple[str, ...]
    code: int = EXIT_DONE


class WindowLauncher(Protocol):
    """The other door, as far as commands may open it. `can_be_seen`: there is a display."""

    @property
    def can_be_seen(self) -> bool: ...

    def open_window(self, project: Path | None) -> int:
        """Shows the window until it is closed. Returns the exit code."""

    def open_sample(self, folder: Path, fresh: bool) -> int:
        """Shows the window, which makes the sample project in `folder` ready, anew where that is
        asked for, and opens it."""

    def check_all_screens(self) -> int:
        """Builds every screen where nobody sees it. Returns how many there are."""


@dataclass(slots=True)
class TerminalProgress:
    """Progress on a terminal: a bar with an ETA on stderr; silent where stderr is no terminal.
    Ctrl-C is seen at `check`."""

    flag: CancelToken = field(default_factory=CancelToken)
    # of the stderr that there is then, not at import
    shown: bool = field(default_factory=lambda: _is_terminal(sys.stderr))
    last: tuple[int, int | None] = (0, None)  # how far it was when it was told last
    _began: float = field(default_factory=time.monotonic)
    _next: float = 0.0

    def report(self, done: int, total: int | None, unit: str = "") -> None:
        now, self.last = time.monotonic(), (done, total)
        if not self.shown or (now < self._next and done != total):
            return
        self._next = now + BAR_EVERY_S
        sys.stderr.write("\r\x1b[K" + _format_bar(done, total, unit, now - self._began))
        sys.stderr.flush()

    def check(self) -> None:
        self.flag.check()

    def warn(self, error: Exception) -> None:
        """One sentence on stderr, for what keeps nobody from the work."""
        self.clear_bar()
        if isinstance(error, FieldcheckError):
            print_message(format_error(error))

    def clear_bar(self) -> None:
        """Takes the bar off the line, so that the sentence stands alone."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _is_terminal(stream: TextIO | None) -> bool:
    """A program may be started without the stream, or with one that is closed."""
    return stream is not None and not stream.closed and stream.isatty()


def _format_bar(done: int, total: int | None, unit: str, seconds: float) -> str:
    if not total:
        return f"{done} {unit}"
    share = min(1.0, done / total)
    filled = int(30 * share)
    eta = f"  {format_minutes(seconds / share - seconds)}" if has_pace(share, seconds) else ""
    unit = replace_controls(unit)
    return f"[{'█' * filled}{'·' * (30 - filled)}] {done}/{total} {unit}{eta}"


@contextmanager
def cancel_on_interrupt(bar: TerminalProgress) -> Iterator[None]:
    """The first Ctrl-C asks the work to stop and keep what is done; the second one stops at
    once."""

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        if bar.flag.is_cancelled:
            raise KeyboardInterrupt
        bar.flag.cancel()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        with use_cancel_token(bar.flag):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


def _get_existing_project(options: Mapping[str, object]) -> Path | None:
    """The project that a command names and that is there."""
    named = options.get("project")
    return named if isinstance(named, Path) and os.path.exists(named / DATABASE) else None


def json_command(
    schema: str, timed: bool = False
) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Makes a command of a function that takes `bar` and returns an `Answer`; `schema` is the
    document's name; `timed`: it has `--timing`."""

    def wrap_function(function: Callable[..., Answer]) -> Callable[..., None]:
        if timed:
            function = _measure_command(function)

        @click.option(
            "--json", "as_json", is_flag=True, help="Print one JSON document to standard output."
        )
        @functools.wraps(function)
        def run_command(*, as_json: bool, **options: Any) -> None:
            # loads the database, which help needs not
            from fieldcheck.project.repair import map_to_root_cause

            bar, project = TerminalProgress(), _get_existing_project(options)
            with cancel_on_interrupt(bar):
                try:
                    with map_to_root_cause(project):
                        answer = function(bar=bar, **options)
                except (Cancelled, KeyboardInterrupt):
                    bar.clear_bar()
                    if not as_json and (text := describe_stop(schema, *bar.last)):
                        print_message(text)
                    raise
                finally:
                    bar.clear_bar()
            if as_json:
                print_document({"schema": f"fieldcheck.{schema}/1", **answer.document})
            else:
                print_lines(answer.lines)
            click.get_current_context().exit(answer.code)

        return run_command

    return wrap_function


def _measure_command(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """The command with `--timing`; the log has its times in any case."""

    @click.option(
        "--timing", is_flag=True, help="Print time by stage to standard error, over all threads."
    )
    @functools.wraps(function)
    def measure_command(*, timing: bool, bar: TerminalProgress, **options: Any) -> Answer:
        loaded_s, began = time.process_time(), time.perf_counter()
        with measure_stages() as times:
            try:
                return function(bar=bar, **options)
            finally:
                lines = _format_times(times, loaded_s, time.perf_counter() - began)
                _log.info("times: %s", " | ".join(" ".join(line.split()) for line in lines))
                bar.clear_bar()
                for line in lines if timing else ():
                    print_message(line)

    return measure_command


LEAST_SHOWN_S = 0.005  # of one of the many analyses in the table of times


def _format_times(times: StageTimes, loaded_s: float, clock_s: float) -> list[str]:
    """A table: stage, seconds by the clock, seconds of processor, calls. Last the whole command,
    with the processor time of libraries' own threads and of child processes."""
    spent = os.times()
    rows = [(tr("load the program"), "–", f"{loaded_s:.2f}", "1")]
    rows += [
        (name_stage(stage), f"{each.clock_s:.2f}", f"{each.processor_s:.2f}", f"{each.calls:,}")
        for stage, each in sorted(times.list_times().items(), key=lambda row: -row[1].clock_s)
        if each.clock_s >= LEAST_SHOWN_S or not stage.startswith("analysis ")
    ]
    total = spent.user + spent.system + spent.children_user + spent.children_system
    rows.append((tr("whole command"), f"{clock_s:.2f}", f"{total:.2f}", "1"))
    head = (tr("Stage"), tr("wall time, s"), tr("CPU time, s"), tr("calls"))
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(4)]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]


def name_stage(stage: str) -> str:
    """Name of a stage for people; an analysis keeps its key."""
    kind, _, key = stage.partition(" ")
    names = {
        "video_index": tr("find the frames of videos"),
        "read_footage": tr("decode video"),
        "read_images": tr("read image files"),
        "measure_frames": tr("measure frames"),
        "check_frames": tr("check saved frames"),
        "preprocess": tr("preprocess"),
        "run_model": tr("run the model"),
        "store": tr("store"),
        "analysis": tr("analysis {key}", key=key),
        "render_html": tr("write the page"),
        "render_pdf": tr("write the PDF"),
    }
    return names[kind]


# Commands whose usage errors know the command. Groups load a command's module when the command is
# asked for: `label set` waits for no library of `gate`.


class ExtraArgumentsError(click.UsageError):
    """More `arguments` than the command takes."""

    def __init__(self, arguments: Sequence[str], context: click.Context) -> None:
        super().__init__(" ".join(arguments), context)
        self.arguments = arguments


class _ParsedCommand(click.Command):
    """Raises usage errors that click raises without context, or without a type of their own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_extra, ctx.allow_extra_args = ctx.allow_extra_args, True
        try:
            unparsed = super().parse_args(ctx, args)
        except click.BadOptionUsage as wrong:
            wrong.ctx = wrong.ctx or ctx
            raise
        finally:
            ctx.allow_extra_args = takes_extra
        if unparsed and not takes_extra and not ctx.resilient_parsing:
            raise ExtraArgumentsError(unparsed, ctx)
        return unparsed

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """An example and the exit codes, below the options."""
        super().format_epilog(ctx, formatter)
        name = ctx.command_path.partition(" ")[2]
        if name not in EXAMPLES:
            return
        with formatter.section("Example"):
            formatter.write_text(f"fieldcheck {EXAMPLES[name]}")
        with formatter.section("Exit codes"):
            formatter.write_text(describe_exit_codes(name))


def define_command(name: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Decorator: the function is the command of this name."""
    return click.command(name, cls=_ParsedCommand)


class LazyGroup(_ParsedCommand, click.Group):
    """A group of commands, some of them in modules of their own: `rooms` is command → module of
    `fieldcheck.cli`, whose `COMMANDS` hold it, and `summaries` what such a command does, so that
    help needs not load it. `aliases`: former name → command; no list has them.

    Its help says what each command does in a whole sentence; click would cut it off at the line's
    end.
    """

    LONGEST = 300  # letters of a sentence
    command_class = _ParsedCommand

    def __init__(
        self,
        *arguments: Any,
        rooms: Mapping[str, str] = {},
        summaries: Mapping[str, str] = {},
        aliases: Mapping[str, str] = {},
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self._rooms, self._summaries, self._aliases = rooms, summaries, aliases

    def list_commands(self, context: click.Context) -> list[str]:
        """Names of all commands, loaded or not, sorted."""
        return sorted({*self.commands, *self._rooms})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name or former name, whose module is loaded where it was not; None
        where there is none."""
        name = self._aliases.get(name, name)
        if name in self._rooms and name not in self.commands:
            for command in import_module(f"fieldcheck.cli.{self._rooms[name]}").COMMANDS:
                self.add_command(command)
        return super().get_command(context, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, wrapped; those of the program by step of a visit."""
        names = self.list_commands(context)
        steps = {
            step: [name for name in names_of_step if name in names]
            for step, names_of_step in (STEPS if self._rooms and not context.parent else {}).items()
        }
        placed = {name for names_of_step in steps.values() for name in names_of_step}
        sections = steps | {"Commands": [name for name in names if name not in placed]}
        for title, names_of_step in sections.items():
            if names_of_step:
                with formatter.section(title):
                    formatter.write_dl(
                        [(name, self._get_summary(context, name)) for name in names_of_step]
                    )

    def _get_summary(self, context: click.Context, name: str) -> str:
        if name in self._summaries:
            return self._summaries[name]
        command = self.get_command(context, name)
        return command.get_short_help_str(self.LONGEST) if command else ""


STEPS: Mapping[str, tuple[str, ...]] = {
    "Begin": ("demo", "start", "new", "model", "benchmark", "limits", "admin", "acceptance"),
    "Record and import": ("cameras", "capture", "import", "parts"),
    "Pick and label": (
        "pick", "embed", "label", "look", "share", "merge", "adjudicate", "undo", "redo",
    ),
    "Measure": ("run", "report", "checklist", "try"),
    "Explain and improve": (
        "fix", "series", "stress", "probe", "flicker", "compare", "golden", "gate",
    ),
    "Device and operation": ("latency", "monitor", "fleet"),
    "Hand over": ("export", "split", "seal", "pack", "verify", "unpack"),
    "Check": ("check", "runs", "replay", "update"),
}  # fmt: skip
"""Step of a visit → its commands, each of which stands in one step."""

EXAMPLES: Mapping[str, str] = {
    "acceptance": "acceptance line4.fieldcheck --planned-parts 600 --by 'A. Weber'",
    "adjudicate": "adjudicate line4.fieldcheck 8ce8d7894f10-000120 --first",
    "admin clear": "admin clear line4.fieldcheck",
    "admin set": "admin set line4.fieldcheck",
    "benchmark set": "benchmark set line4.fieldcheck benchmark/ --claimed 97.1%",
    "cameras": "cameras",
    "capture": "capture line4.fieldcheck --source /dev/video0 --seconds 600 --condition dark",
    "check": "check line4.fieldcheck --repair",
    "checklist": "checklist line4.fieldcheck",
    "compare": "compare line4.fieldcheck model v2",
    "flicker": "flicker line4.fieldcheck --seconds 30",
    "demo": "demo --headless",
    "embed": "embed line4.fieldcheck",
    "export": "export line4.fieldcheck --format coco --out coco/",
    "fix": "fix line4.fieldcheck --out fixed/",
    "fleet add": "fleet add fleet/ line4.fieldcheck hall2.fcpack",
    "fleet report": "fleet report fleet/ --lang de",
    "gate": "gate line4.fieldcheck --model new.onnx --junit gate.xml",
    "golden add": "golden add line4.fieldcheck returns returned-parts/",
    "import": "import line4.fieldcheck night.mp4 --camera north --condition dark",
    "label export": "label export line4.fieldcheck --as cvat --out tasks/",
    "label import": "label import line4.fieldcheck labels.csv --by anna",
    "label set": "label set line4.fieldcheck 8ce8d7894f10-000120 crack",
    "label show": "label show line4.fieldcheck",
    "latency": "latency line4.fieldcheck --seconds 600 --load encode --fps 15",
    "limits": "limits line4.fieldcheck --tolerance 0.03 --escape-rate 0.01 --by 'A. Weber'",
    "look set": "look set line4.fieldcheck 8ce8d7894f10-000120 model-wrong",
    "look show": "look show line4.fieldcheck",
    "merge": "merge line4.fieldcheck anna.fcpack ben.fcpack",
    "model check": "model check model.onnx --labelled benchmark/ --write-card model.card.json",
    "model quantise": "model quantise line4.fieldcheck model",
    "model set": "model set line4.fieldcheck v2.onnx --card v2.card.json",
    "monitor": "monitor line4.fieldcheck device.csv --until-alert",
    "new": "new line4.fieldcheck --model model.onnx --benchmark benchmark/ --claimed 97.1%",
    "pack": "pack line4.fieldcheck line4.fcpack",
    "parts": "parts line4.fieldcheck --pattern '{part}_*.png' --call any",
    "pick": "pick line4.fieldcheck --count 100",
    "probe": "probe line4.fieldcheck",
    "redo": "redo line4.fieldcheck",
    "replay": "replay line4.fieldcheck 8ce8d789",
    "report": "report line4.fieldcheck --lang de",
    "run": "run line4.fieldcheck --on all",
    "runs": "runs line4.fieldcheck",
    "seal": "seal line4.fieldcheck --key me.pem",
    "series": "series line4.fieldcheck --source gige:22974510 --label crack",
    "share": "share line4.fieldcheck anna.fcpack ben.fcpack --overlap 20",
    "split": "split line4.fieldcheck --format yolo --out sets/ --by clip",
    "start": "start line4.fieldcheck --model model.onnx --footage night.mp4 --benchmark benchmark/",
    "stress": "stress line4.fieldcheck --severity moderate",
    "try": "try model.onnx image.jpg",
    "undo": "undo line4.fieldcheck --count 3",
    "unpack": "unpack line4.fcpack copy.fieldcheck",
    "update": "update fieldcheck-0.2.0-linux-x86_64.fcupdate",
    "verify": "verify line4.fcpack",
}
"""Command with its group → what is typed after `fieldcheck`."""

USUAL_CODES = (
    "0: done. 1: refused, and one sentence on standard error says why. 2: wrong usage. 70: a bug. "
    "130: stopped by Ctrl-C."
)
FURTHER_CODES: Mapping[str, str] = {
    "fleet add": "1 also where a project was refused; the others are added.",
    "gate": "3: the new model fails. 4: not enough frames.",
    "monitor": "With --until-alert also 3: the newest shift has an alarm. 4: there is no shift.",
    "verify": "1 also where the pack does not fit.",
    "check": "1 also where a problem is left.",
    "import": "1 also where a file was skipped; the others are imported.",
    "start": "1 also where a file was skipped; the others are imported.",
}
"""Command → exit codes of its own."""


def get_step(command: str) -> str:
    """The step of a visit to which a command of the first level belongs. Raises KeyError for
    another."""
    steps = {name: step for step, names in STEPS.items() for name in names}
    return steps[command]


def describe_exit_codes(command: str) -> str:
    """Exit codes of a command, named with its group."""
    return f"{USUAL_CODES} {FURTHER_CODES.get(command, '')}".rstrip()
