"""Values as they come from a command line, and as they go into a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import wraps
from math import isnan
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from fieldcheck.domain.label import LARGEST_SEED
from fieldcheck.domain.prediction import METRIC_NAMES
from fieldcheck.domain.recording import CONDITIONS as CONDITION_NAMES
from fieldcheck.domain.recording import parse_conditions
from fieldcheck.i18n.language import tr

with_people_option = click.option(
    "--with-people",
    is_flag=True,
    help="Include frames with a person; they are excluded by default.",
)
existing_project = click.argument("project", type=click.Path(path_type=Path))
"""The argument PROJECT: the folder of a project, which is there or, for `new` and `start`, is to be
made; whether it fits is checked by the command."""


def cluster_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator below `json_command`: the command takes `--cluster`, and its chunks go there."""

    @click.option(
        "--cluster",
        default=None,
        metavar="ADDRESS",
        help="Dask scheduler that runs the work, such as tcp://10.0.0.5:8786.",
    )
    @click.option(
        "--cluster-cert",
        type=click.Path(path_type=Path),
        default=None,
        metavar="FILE",
        help="PEM file for TLS: certificate of the authority, certificate and key.",
    )
    @wraps(function)
    def run_command(*, cluster: str | None, cluster_cert: Path | None, **options: Any) -> Any:
        if cluster is None:
            return function(**options)
        # loads Dask, which nobody else has
        from fieldcheck.cluster import use_cluster

        with use_cluster(cluster, cluster_cert, options["bar"]):
            return function(**options)

    return run_command


class FigureRange(click.FloatRange):
    """A figure within bounds; the text `nan`, which no bound holds off, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(tr("{word} is not a number", word=value), param, ctx)
        return number


class _Fraction(FigureRange):
    """A fraction from 0 to 1, or a percentage with its sign."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return super().convert(value, param, ctx)
        figure, percent = value.strip().removesuffix("%").strip(), value.strip().endswith("%")
        try:
            fraction = float(figure) / (100 if percent else 1)
        except ValueError:
            return super().convert(value, param, ctx)
        if not percent and 1 < fraction <= 100:
            text = tr("{word} is not a fraction from 0 to 1; use {fraction} or {word}%")
            self.fail(text.format(word=figure, fraction=f"{fraction / 100:.6g}"), param, ctx)
        return super().convert(fraction, param, ctx)


class _Conditions(click.ParamType[tuple[str, ...]]):
    name = "dark,glare,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return parse_conditions(value)
        except ValueError as error:
            self.fail(
                tr(
                    "{word} is not a valid value; choose from: {known}",
                    word=error,
                    known=", ".join(CONDITION_NAMES),
                ),
                param,
                ctx,
            )


class _Counts(click.ParamType[tuple[int, ...]]):
    """Whole numbers from 1 to 256 with commas, each once."""

    name = "1,2,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        parts = [name.strip() for name in str(value).split(",")]
        wrong = [
            note
            for note in parts
            if not (note.isascii() and note.isdigit() and len(note) <= 3 and 1 <= int(note) <= 256)
        ]
        if wrong:
            self.fail(
                tr("{word} is not an integer from 1 to 256", word=wrong[0] or "''"), param, ctx
            )
        return tuple(dict.fromkeys(map(int, parts)))


class _Providers(click.ParamType[tuple[str, ...]]):
    """Codes of providers with commas, each once; only those that are installed."""

    name = "cpu,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        # loads the runtime: every command reads this module
        from fieldcheck.models.providers import list_installed_providers

        installed = list_installed_providers()
        parts = [name.strip() for name in str(value).split(",")]
        wrong = [note for note in parts if note not in installed]
        if wrong:
            self.fail(
                tr(
                    "{word} is not installed; available: {known}",
                    word=wrong[0],
                    known=", ".join(installed),
                ),
                param,
                ctx,
            )
        return tuple(dict.fromkeys(parts))


class _UtcTime(click.ParamType[str]):
    """A moment as UTC; without an offset it is this computer's own time, as the person in front of
    it reads it off the clock."""

    name = "ISO 8601"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            return ""
        try:
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):  # no time, or one outside the years that Python knows
            self.fail(
                tr("{word} is not an ISO 8601 time such as 2026-11-25T06:30:00+01:00", word=value),
                param,
                ctx,
            )


class RegisteredKey(click.ParamType[str]):
    """A key of a registry that is too large to be loaded for help: `list_keys` gives the keys once
    a value is there to be checked."""

    def __init__(self, name: str, list_keys: Callable[[], Iterable[str]]) -> None:
        self.name, self._list_keys = name, list_keys

    def get_choice(self) -> click.Choice[str]:
        """The keys as a choice of click's."""
        return click.Choice(tuple(self._list_keys()))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(self.get_choice().convert(value, param, ctx))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return self.get_choice().shell_complete(ctx, param, incomplete)


class _MetricName(click.Choice[str]):
    """A metric as people call it, handed on as it is stored."""

    def __init__(self) -> None:
        super().__init__(tuple(METRIC_NAMES))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return METRIC_NAMES[super().convert(value, param, ctx)] if value else ""


class _Seed(click.IntRange):
    """A seed that the database can hold; help names no upper bound, which nobody types."""

    def __init__(self) -> None:
        super().__init__(0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seed = super().convert(value, param, ctx)
        if seed > LARGEST_SEED:
            self.fail(tr("{word} is larger than {most}", word=value, most=LARGEST_SEED), param, ctx)
        return seed


CONDITIONS = _Conditions()
COUNTS = _Counts()
PROVIDERS = _Providers()
METRIC = click.option(
    "--metric", type=_MetricName(), default="", help="Metric of the reference score."
)
UTC_TIME = _UtcTime()
SEED = _Seed()
FRACTION = _Fraction()


# Options that several commands have.

CONDITION_OPTION = click.option(
    "--condition",
    "conditions",
    type=CONDITIONS,
    default=(),
    help="Conditions, for example dark,glare.",
)
CLASSES_OPTION = click.option(
    "--classes",
    type=click.Path(path_type=Path),
    default=None,
    help="Text file with one class per line.",
)
KIND_OPTION = click.option(
    "--kind", default=None, help="Output type (output.kind of the model card), if several fit."
)
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def make_fps_option(default: float) -> Decorator:
    """`--fps`: how many frames a second of footage are put on the list."""
    return click.option(
        "--fps",
        type=FigureRange(0.01, 1000),
        default=default,
        show_default=True,
        help="Sampling rate in frames per second.",
    )


def make_task_option(tasks: Iterable[str]) -> Decorator:
    """`--task`: what a model does, where its outputs leave that open."""
    return click.option(
        "--task",
        type=click.Choice(list(tasks)),
        default=None,
        help="Task of the model, if its outputs do not define it.",
    )
