"""The `fieldcheck` command: every subcommand by name, errors that reach the top, and usage errors
in the chosen language."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import chain
from pathlib import Path

import click

from fieldcheck import __version__
from fieldcheck.cli import command as door
from fieldcheck.cli.command import LazyGroup, WindowLauncher, configure_streams, print_message
from fieldcheck.cli.values import RegisteredKey
from fieldcheck.errors import message_format
from fieldcheck.errors.files import FieldcheckError, NoDisplay
from fieldcheck.errors.messages import format_error, is_out_of_memory
from fieldcheck.files import to_path_refused
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.logging_and_crash import format_traceback, log_to_user_folder
from fieldcheck.paths import is_project_argument
from fieldcheck.progress import Cancelled

# The list of commands: where each is made, and what it does in a sentence, so that help loads none
# of them.

# Room of `fieldcheck.cli` → its commands, each with the first sentence of its own help; a test
# holds them to be the same.
ROOMS = {
    "project": {
        "new": "Create a project.",
        "benchmark": "Benchmark of a project.",
        "check": "Check the integrity of a project.",
        "demo": "Create and open the demo project.",
    },
    "start": {"start": "Create a project from a model and footage, and pick the frames to label."},
    "footage": {
        "import": "Import videos and image folders.",
        "pick": (
            "Pick a stratified random sample of frames for labelling, with known inclusion "
            "probabilities."
        ),
        "parts": "Show or set which part each frame shows, and when a part counts as rejected.",
        "capture": "Record clips from a camera.",
        "cameras": "List connected cameras without opening them.",
    },
    "labels": {
        "label": "Labels of the picked frames.",
        "undo": "Undo the latest actions.",
        "redo": "Redo undone actions.",
        "look": "Label review: frames on which label and prediction disagree.",
    },
    "limits": {
        "limits": (
            "Show or set the limits that the verdict follows from, OK classes, and the site's own "
            "defect rate and costs."
        ),
        "admin": "The admin PIN, which prevents operators from changing limits by mistake.",
        "acceptance": (
            "Show or set what an acceptance states: configuration, planned sample, terms and "
            "signers."
        ),
    },
    "run_and_report": {
        "run": "Run the model.",
        "embed": "Compute image embeddings for similarity.",
        "report": "Export the gap report.",
        "checklist": "Show the checklist by phase, or set that an item does not apply.",
        "runs": "List saved runs, newest first.",
        "replay": "Reproduce a saved run and compare every prediction.",
    },
    "stress": {
        "stress": "Run a corruption sweep at three severities, moderate first.",
        "probe": (
            "Run the OOD and shortcut test: images without a correct class, and field frames "
            "with parts removed."
        ),
        "flicker": (
            "Measure how often the prediction changes between neighbouring frames, and what voting "
            "over frames gains."
        ),
    },
    "fix": {
        "fix": (
            "Search for preprocessing changes that help on the labelled clips, all of them tested "
            "together."
        ),
        "series": (
            "Show one part under ten camera settings and rank them by the model's predictions."
        ),
    },
    "model": {
        "model": "Models of a project.",
        "try": "Run a model on images without a project; show input and prediction.",
    },
    "compare": {
        "compare": (
            "Compare models of the project on the same labelled frames: two with each other, three "
            "or more as a ranking; without names all of them."
        )
    },
    "gate": {
        "gate": "Compare a new model with the current one for CI.",
        "golden": "Golden sets: labelled images that must stay correct with every new model.",
    },
    "latency": {
        "latency": (
            "Measure the latency per frame on this machine: decode, resize, normalise, "
            "inference, post-processing."
        )
    },
    "monitor": {"monitor": "Monitor a deployed model by shift."},
    "fleet": {"fleet": "Many sites in one table: gaps, failure modes and drift by site."},
    "export": {
        "export": (
            "Export labels, slices, suspected label errors, recipes and training images in "
            "formats of other tools."
        ),
        "split": (
            "Export a training and a validation set, split by whole clips, recordings, "
            "cameras or locations, never by frame."
        ),
    },
    "update": {"update": "Update Fieldcheck from an .fcupdate file, for example on a USB stick."},
    "evidence": {
        "pack": (
            "Create an evidence pack: database, saved frames, models and all values in one "
            "sealed file with its own verification program."
        ),
        "verify": (
            "Verify a pack: check all hashes and recompute all values from labels and predictions."
        ),
        "unpack": "Verify a pack and unpack it to a new project.",
        "seal": (
            "Seal limits, classes and picked frames before the first label, optionally signed."
        ),
        "share": (
            "Split unlabelled picked frames between two annotators, one pack each, with an "
            "overlap to measure agreement."
        ),
        "merge": "Merge labels from other projects or packs.",
        "adjudicate": "List label conflicts, or resolve one.",
    },
}

# Former name → command. It works as before, and no list or suggestion has it.
ALIASES = {"bench": "latency"}


# Wrong usage of a command as one sentence in the language that is spoken; click would say it in
# English, below its usage line.


def format_usage_error(wrong: click.UsageError) -> str:
    """Usage error as a sentence: what is missing, unknown or does not fit, and where the command's
    help is."""
    command = wrong.ctx.command_path if wrong.ctx is not None else "fieldcheck"
    return tr(
        "{problem} See {command} --help.", problem=_format_problem(wrong, command), command=command
    )


def _format_problem(wrong: click.UsageError, command: str) -> str:
    if isinstance(wrong, click.MissingParameter):
        values = _format_values(wrong.param.type) if wrong.param is not None else ""
        missing = (
            f"{_get_parameter_name(wrong)} ({values})" if values else _get_parameter_name(wrong)
        )
        return tr("{command}: missing {missing}.", command=command, missing=missing)
    if isinstance(wrong, click.BadParameter):
        taken = _format_values(wrong.param.type) if wrong.param is not None else ""
        if taken:
            return tr(
                "{command}: valid values for {parameter}: {taken}.",
                command=command,
                parameter=_get_parameter_name(wrong),
                taken=taken,
            )
        return tr(
            "{command}: invalid value for {parameter}: {problem}.",
            command=command,
            parameter=_get_parameter_name(wrong),
            problem=wrong.message.rstrip("."),
        )
    if isinstance(wrong, (click.NoSuchOption, click.exceptions.NoSuchCommand)):
        name = wrong.option_name if isinstance(wrong, click.NoSuchOption) else wrong.command_name
        near = get_close_matches(name, _list_names(wrong.ctx), 2)
        unknown = tr("{command}: unknown option or command {name}.", command=command, name=name)
        return f"{unknown} {tr('Did you mean {near}?', near=', '.join(near))}" if near else unknown
    if isinstance(wrong, click.BadOptionUsage):
        sentence = (
            tr("{command}: {option} takes no value.")
            if _is_flag(wrong)
            else tr("{command}: missing value for {option}.")
        )
        return sentence.format(command=command, option=wrong.option_name)
    if isinstance(wrong, door.ExtraArgumentsError):
        return tr(
            "{command}: too many arguments: {arguments}.",
            command=command,
            arguments=" ".join(wrong.arguments),
        )
    return f"{wrong.format_message().rstrip('.')}."


def _is_flag(wrong: click.BadOptionUsage) -> bool:
    """Whether the option is one that stands alone."""
    options = wrong.ctx.command.get_params(wrong.ctx) if wrong.ctx is not None else []
    return any(
        isinstance(option, click.Option) and option.is_flag
        for option in options
        if wrong.option_name in (*option.opts, *option.secondary_opts)
    )


def _get_parameter_name(wrong: click.BadParameter) -> str:
    """Its longest name, as it is typed."""
    if wrong.param is None:
        return str(wrong.param_hint or "")
    if isinstance(wrong.param, click.Argument) and wrong.ctx:
        return wrong.param.make_metavar(wrong.ctx).removesuffix("...")
    return max(wrong.param.opts, key=len)


def _format_values(kind: click.ParamType[object]) -> str:
    """What a parameter of this type takes; empty where its own complaint says it."""
    if isinstance(kind, RegisteredKey):
        kind = kind.get_choice()
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    number = {"integer": tr("an integer"), "integer range": tr("an integer")}
    number |= {"float": tr("a number"), "float range": tr("a number")}
    text = number.get(kind.name, "")
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        ends = [f"{'>' if kind.min_open else '≥'} {kind.min:g}"] if kind.min is not None else []
        ends += [f"{'<' if kind.max_open else '≤'} {kind.max:g}"] if kind.max is not None else []
        text = " ".join([text, tr(" and ").join(ends)]).strip()
    return text


def _list_names(context: click.Context | None) -> list[str]:
    """Options and commands that there are here."""
    if context is None:
        return []
    commands = (
        context.command.list_commands(context) if isinstance(context.command, click.Group) else []
    )
    return [
        *commands,
        *chain.from_iterable(parameter.opts for parameter in context.command.get_params(context)),
    ]


ROOM_OF = {command: room_name for room_name, commands in ROOMS.items() for command in commands}
SUMMARIES = {command: text for commands in ROOMS.values() for command, text in commands.items()}

_log = logging.getLogger(__name__)


HELP = {"help_option_names": ["-h", "--help"]}


@click.group(
    cls=LazyGroup,
    rooms=ROOM_OF,
    summaries=SUMMARIES,
    aliases=ALIASES,
    context_settings=HELP,
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="fieldcheck")
@click.option(
    "--self-check", is_flag=True, help="Build all screens without a display (self-check)."
)
@click.pass_context
def fieldcheck(context: click.Context, self_check: bool) -> None:
    """Compare a vision model's benchmark score with its score on site.

    Without a command, the window opens. With a project folder, it opens that project."""
    if self_check:
        click.echo(import_module("fieldcheck.cli.project").self_check(context.obj))
        context.exit(door.EXIT_DONE)
    if context.invoked_subcommand is None:
        if context.obj is None or not context.obj.can_be_seen:
            raise NoDisplay
        context.exit(context.obj.open_window(None))


def list_commands() -> dict[str, click.Command]:
    """Every command with its full name: `label set` for a command of a group."""
    context = click.Context(fieldcheck)
    return dict(_iter_group_commands(fieldcheck, context, ""))


def _iter_group_commands(
    group: click.Group, context: click.Context, before: str
) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _iter_group_commands(command, context, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", command


def main(argv: Sequence[str] | None = None, window: WindowLauncher | None = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 expected failure, 2 usage, 70 bug, 130
    interrupted.

    `window` is the other door, None where this program has only one.
    """
    try:
        configure_streams()
        language.set_language(language.get_system_language())
        message_format.set_audience("terminal")
        with log_to_user_folder():
            return _run_command(argv, window)
    except MemoryError as error:  # not even enough to open the log, so nothing is logged
        return _print_and_return(format_error(error), door.EXIT_EXPECTED)


def _run_command(argv: Sequence[str] | None, window: WindowLauncher | None) -> int:
    try:
        code = _run_or_open_window(sys.argv[1:] if argv is None else list(argv), window)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as asked:  # a group by itself: its help
        stream = io.StringIO()
        asked.show(stream)
        return _print_and_return(stream.getvalue().rstrip(), door.EXIT_USAGE)
    except click.UsageError as wrong:
        return _print_and_return(
            _redact_addresses(format_usage_error(wrong), argv), door.EXIT_USAGE
        )
    except (Cancelled, KeyboardInterrupt, click.Abort):
        return door.EXIT_INTERRUPTED
    except FieldcheckError as error:
        _log.info("refused: %r", error)
        return _print_and_return(format_error(error), door.EXIT_EXPECTED)
    except OSError as error:
        _log.info("refused: %r", error)
        refused = to_path_refused(error)
        return (
            _report_bug(error)
            if refused is None
            else _print_and_return(format_error(refused), door.EXIT_EXPECTED)
        )
    except SystemExit:
        # Click ends the program so when its reader has gone, as in `fieldcheck --help | head -1`.
        return door.EXIT_DONE
    except Exception as error:  # noqa: BLE001 - the door: whatever else it is, is a bug, and is told as one
        return _report_bug(error)
    return code if isinstance(code, int) else door.EXIT_DONE


def _run_or_open_window(argv: list[str], window: WindowLauncher | None) -> object:
    """Runs the command, or opens the window where a project is named and nothing else. Raises
    NoDisplay where there is none."""
    if not is_project_argument(argv):
        return fieldcheck.main(args=argv, prog_name="fieldcheck", standalone_mode=False, obj=window)
    if window is None or not window.can_be_seen:
        raise NoDisplay
    return window.open_window(Path(argv[0]).absolute())


def _redact_addresses(text: str, argv: Sequence[str] | None) -> str:
    """A complaint about what was typed repeats it, and that may be the address of a camera."""
    from fieldcheck.footage.camera.http_stream import format_redacted_source

    typed = sorted(sys.argv[1:] if argv is None else argv, key=len, reverse=True)
    for word in (
        part
        for argument in typed
        for part in (argument, argument.partition("=")[2])
        if part and format_redacted_source(part) != part
    ):
        text = text.replace(word, format_redacted_source(word)).replace(
            repr(word), repr(format_redacted_source(word))
        )
    return text


def _report_bug(error: Exception) -> int:
    detail, spent = format_traceback(error), is_out_of_memory(error)
    _log.error("%s: %s", "out of memory" if spent else "bug", detail)
    return _print_and_return(format_error(error), door.EXIT_EXPECTED if spent else door.EXIT_BUG)


def _print_and_return(words: str, code: int) -> int:
    print_message(words)
    return code
