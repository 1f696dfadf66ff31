"""The command that updates the program from a file, and the self-test that a new version runs
before it is switched to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.paths import get_app_paths, get_resource_path
from fieldcheck.progress import Progress
from fieldcheck.settings import load_settings

if TYPE_CHECKING:
    from fieldcheck.update import Installation, SwitchedVersion

FILE = click.Path(path_type=Path)
GOLDEN = "update/golden.json"
# What another processor may change: a sum's last digits, a confidence, a decoded pixel.
TOLERANCES = {"interval": 1e-6, "confidences": 1e-3, "frame_mean": 1.0}


@define_command("update")
@click.argument("files", type=FILE, nargs=-1, metavar="[FILE]")
@click.option("--back", is_flag=True, help="Start the version before the latest update again.")
@click.option(
    "--for-me",
    is_flag=True,
    help="Install the update for this user only, beside an installation for all users.",
)
@click.option("--self-test", "tested", is_flag=True, hidden=True)
@json_command("update")
def update_command(
    files: tuple[Path, ...], back: bool, for_me: bool, tested: bool, bar: TerminalProgress
) -> Answer:
    """Update Fieldcheck from an .fcupdate file, for example on a USB stick.

    The file's signatures and hashes are checked, the new version tests itself and opens copies of
    the recent projects, and then starts from the next time on. Without FILE, show what is
    installed."""
    from fieldcheck import update  # help needs none of it

    if tested:
        return _test_this_version(files, bar)
    if len(files) > 1:
        raise click.UsageError(tr("Specify one update file."))
    installation = update.find_installation()
    if back:
        return _describe_switch(update.switch_back(installation))
    if not files:
        return _describe_installation(installation)
    recent = load_settings(get_app_paths().settings).recent
    tried = update.list_projects_to_try(recent)
    return _describe_switch(update.install_update(files[0], installation, tried, bar, for_me))


def _describe_switch(switched: SwitchedVersion) -> Answer:
    lines = [describe_switch(switched)]
    if n := switched.n_projects:
        lines.append(
            tr_plural(
                "The new version passed its self-test and opened a copy of {n} recent project.",
                "The new version passed its self-test and opened copies of {n} recent projects.",
                n,
                n=n,
            )
        )
    document = {
        "version": switched.version,
        "before": switched.before,
        "projects_tried": switched.n_projects,
    }
    return Answer(document, tuple(lines))


def describe_switch(switched: SwitchedVersion) -> str:
    """Which version starts from now on, and how the one before is started again."""
    return tr(
        "Fieldcheck {version} is used from the next start. Version {before} is kept: "
        "`fieldcheck update --back` starts it again.",
        version=switched.version,
        before=switched.before,
    )


def _describe_installation(installation: Installation) -> Answer:
    from fieldcheck.update import find_version_before

    before = find_version_before(installation)
    document = {
        "version": installation.version,
        "platform": installation.platform,
        "before": before,
        "versions": str(installation.versions),
    }
    kept = (
        tr("Version {before} is kept: `fieldcheck update --back` starts it again.")
        if before
        else tr("No other version is installed.")
    )
    line = tr(
        "Fieldcheck {version} for {platform}.",
        version=installation.version,
        platform=installation.platform,
    )
    return Answer(document, (line, kept.format(before=before)))


# The self-test. Its words are fixed: the version before calls `PROGRAM update --self-test
# PROJECT…`, and takes exit code 0 for passed and the last line of stderr for the reason.


def _test_this_version(projects: tuple[Path, ...], bar: TerminalProgress) -> Answer:
    """Imports everything, builds every screen, compares golden numbers, and reads a copy of each
    project as this version would."""
    from fieldcheck.cli.project import self_check  # loads what an update itself has no use for
    from fieldcheck.project.folder import try_opening

    line = self_check(click.get_current_context().find_root().obj)
    stored = json.loads(get_resource_path(GOLDEN).read_text(encoding="utf-8"))
    wrong = find_wrong_number(stored, compute_golden_numbers(bar))
    for project in () if wrong else projects:
        try_opening(project)
    if wrong:
        click.echo(tr("golden number {name} differs", name=wrong), err=True)
    document = {"golden": not wrong, "wrong": wrong, "projects": len(projects)}
    return Answer(document, (line,), EXIT_EXPECTED if wrong else EXIT_DONE)


def compute_golden_numbers(progress: Progress) -> dict[str, Any]:
    """Numbers of every library that the report rests on: an interval over clips, what the demo's
    model says of an image of each class, and the mean of a decoded frame."""
    from fieldcheck.api.demo import get_demo_files  # as above
    from fieldcheck.footage.video.index import load_video_index
    from fieldcheck.footage.video.reader import FullVideoDecoder
    from fieldcheck.models.try_model import try_model
    from fieldcheck.stats.camera_interval import estimate_camera_interval

    demo = get_demo_files()
    parts = range(120)
    estimate = estimate_camera_interval(
        [index * 7 % 10 < 6 for index in parts],
        [1 + index % 3 for index in parts],
        [index // 10 for index in parts],
    )
    pictures = {
        str(picture["label"]): demo.folder / picture["path"]
        for picture in reversed(demo.key["benchmark"]["pictures"])
    }
    images = [pictures[label] for label in sorted(pictures)]
    trial = try_model(demo.model, images, None, progress)
    best = [image.predictions[0] for image in trial.tried]
    video = demo.get_footage_path(demo.key["footage"][0])
    with FullVideoDecoder(video, load_video_index(video)) as decoder:
        frame = decoder.retrieve_image()
    return {
        "interval": [estimate.value, estimate.lo, estimate.hi],
        "classes": [prediction.name for prediction in best],
        "confidences": [prediction.score for prediction in best],
        "frame_shape": list(frame.shape),
        "frame_mean": [float(frame.mean())],
    }


def find_wrong_number(stored: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Name of the first golden number that differs by more than its tolerance; empty where none
    does."""
    for name in (*stored, *(name for name in now if name not in stored)):
        expected, computed = stored.get(name), now.get(name)
        tolerance = TOLERANCES.get(name)
        same = (
            expected == computed
            if tolerance is None or not expected or not computed
            else len(expected) == len(computed)
            and all(
                isclose(a, b, rel_tol=0.0, abs_tol=tolerance)
                for a, b in zip(expected, computed, strict=True)
            )
        )
        if not same:
            return name
    return ""


COMMANDS = (update_command,)
