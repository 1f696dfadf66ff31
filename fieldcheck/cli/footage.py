"""Commands about footage: list cameras and record one, import it, pick the frames to label, and set
which part each frame shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    EXIT_INTERRUPTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.cli.limits import require_admin
from fieldcheck.cli.values import (
    CONDITION_OPTION,
    SEED,
    UTC_TIME,
    FigureRange,
    cluster_options,
    existing_project,
    make_fps_option,
)
from fieldcheck.csv_json_xml import to_json_number, to_json_value
from fieldcheck.domain.frame import PartCall, PartRule
from fieldcheck.domain.label import DESIGNS, Design
from fieldcheck.domain.recording import LIST_FPS, compute_recorded_seconds
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.messages import format_error
from fieldcheck.footage import messages as footage_messages
from fieldcheck.footage.messages import list_part_lines
from fieldcheck.i18n.language import tr
from fieldcheck.sampling import messages as words
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.footage.camera.usb import FoundCamera
    from fieldcheck.footage.frame_listing import ImportedRecording
    from fieldcheck.footage.import_footage import ImportResult
    from fieldcheck.footage.live_camera import CapturedFootage
    from fieldcheck.project.project import Project
    from fieldcheck.sampling.pick_frames import PickResult


@define_command("cameras")
@json_command("cameras")
def list_cameras_command(bar: TerminalProgress) -> Answer:
    """List connected cameras without opening them."""
    from fieldcheck.footage.camera.sources import list_cameras

    camera_list = list_cameras()
    note = footage_messages.describe_camera_list(len(camera_list.cameras), camera_list.why_not)
    lines = [
        footage_messages.format_camera_line(camera.name, camera.id, camera.path, camera.busy)
        for camera in camera_list.cameras
    ]
    return Answer(
        {
            "cameras": [_make_camera_document(camera) for camera in camera_list.cameras],
            "note": note,
        },
        (*lines, note),
    )


def get_camera_password(source: str) -> str:
    """Prompts for the password of an address with a user name; empty where there is no terminal to
    prompt on."""
    from fieldcheck.footage.camera.sources import needs_password

    if not needs_password(source) or not sys.stdin.isatty():
        return ""
    return str(
        click.prompt(
            footage_messages.get_password_prompt(),
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
    )


def _make_camera_document(found_camera: FoundCamera) -> dict[str, object]:
    formats = [
        {"width": each.width, "height": each.height, "fps": each.fps, "pixel": each.pixel}
        for each in found_camera.formats
    ]
    return {
        "id": found_camera.id,
        "name": found_camera.name,
        "driver": found_camera.driver,
        "path": found_camera.path,
        "serial": found_camera.serial,
        "busy": found_camera.busy,
        "formats": formats,
    }


@define_command("capture")
@existing_project
@click.option(
    "--source",
    required=True,
    help=(
        "Camera as listed by `cameras`, an address (http, https, rtsp), a video, a folder, or "
        "synthetic."
    ),
)
@click.option(
    "--seconds",
    type=FigureRange(0.1),
    default=600.0,
    show_default=True,
    help="Duration in seconds from the first frame.",
)
@click.option("--location", default="", help="Location of the camera.")
@click.option("--camera", default="", help="Camera name; default: the name the camera reports.")
@CONDITION_OPTION
@make_fps_option(LIST_FPS)
@click.option(
    "--every-frame",
    is_flag=True,
    help="For cameras that deliver raw pixels: save every frame, not only the sampled frames.",
)
@json_command("capture")
def capture_command(
    project: Path,
    source: str,
    seconds: float,
    location: str,
    camera: str,
    conditions: tuple[str, ...],
    fps: float,
    every_frame: bool,
    bar: TerminalProgress,
) -> Answer:
    """Record clips from a camera. Press Ctrl+C to stop; recorded footage is saved.

    The password of a name in the address is asked for at a terminal, or read from
    FIELDCHECK_CAMERA_PASSWORD; it is never stored.
    """
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.footage.import_footage import FootageInfo
    from fieldcheck.footage.live_camera import LiveCamera, capture_footage

    live = LiveCamera(source, get_camera_password(source))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        footage_info = FootageInfo(camera or live.name, location, "", conditions, fps)
        captured_footage = capture_footage(
            opened, live, footage_info, seconds, bar, get_timestamp(), every_frame
        )
    recording = captured_footage.imported.recording
    lines = footage_messages.list_capture_lines(
        recording.source,
        compute_recorded_seconds(recording.seconds, captured_footage.gaps),
        recording.n_frames,
        len(captured_footage.imported.frames),
        captured_footage.captured,
        captured_footage.gaps,
        recording.list_fps,
    )
    document = {"project": str(project.resolve()), **make_capture_document(captured_footage)}
    cut_short = EXIT_DONE if captured_footage.captured.ended == "asked" else EXIT_EXPECTED
    return Answer(document, lines, EXIT_INTERRUPTED if captured_footage.interrupted else cut_short)


def make_capture_document(captured_footage: CapturedFootage) -> dict[str, object]:
    """A recording as `capture --json` prints it."""
    recording, captured = captured_footage.imported.recording, captured_footage.captured
    return {
        "recording_id": recording.recording_id,
        "clip_id": captured_footage.imported.clips[0].clip_id
        if captured_footage.imported.clips
        else None,
        "clip_ids": [clip.clip_id for clip in captured_footage.imported.clips],
        "source": recording.source,
        "seconds": compute_recorded_seconds(recording.seconds, captured_footage.gaps),
        "n_frames": recording.n_frames,
        "n_listed": len(captured_footage.imported.frames),
        "n_dropped": captured.n_dropped,
        "n_skipped": captured.n_skipped,
        "bytes": captured.n_bytes,
        "stored_as": get_storage_code(captured.format, captured.decoded_from, captured.on_grid),
        "gaps": [
            {"at_s": gap.at_s, "seconds": gap.seconds, "cause": gap.cause}
            for gap in captured_footage.gaps
        ],
        "ended": captured.ended,
    }


def get_storage_code(pixel_format: str, decoded_from: str, on_grid: bool) -> str:
    """One code: `jpeg`, `h264`, `h265`, or the format of the pixels and their packing, with
    `decoded:` and `grid` where that is so."""
    from fieldcheck.imaging.raw import OWN_CODING

    if pixel_format in OWN_CODING:
        return pixel_format
    return " ".join(
        [
            f"{pixel_format}/zstd-rows",
            *([f"decoded:{decoded_from}"] if decoded_from else []),
            *(["grid"] if on_grid else []),
        ]
    )


# The command that sets which part each frame shows, and when a part counts as rejected.


class _Call(click.ParamType[tuple[PartCall, int]]):
    """`any`, `all`, or the least number of frames that are called defective."""

    name = "any|all|K"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[PartCall, int]:
        if isinstance(value, tuple):
            return value
        if value == "any":
            return "any", 1
        if value == "all":
            return "all", 1
        if not str(value).isdecimal() or not 1 <= int(value) <= 1000:
            text = tr("{word} is neither any, all, nor a number from 1")
            self.fail(text.format(word=value), param, ctx)
        return "at_least", int(value)


@define_command("parts")
@existing_project
@click.option("--pattern", default="", help="Part in each file name, such as {part}_*.png.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    default=None,
    help="CSV file with the columns file and part.",
)
@click.option(
    "--pause",
    type=FigureRange(0.001, 86_400),
    default=None,
    help="Seconds without a frame after which the next part begins.",
)
@click.option("--none", "drop", is_flag=True, help="Frames carry no part.")
@click.option("--across", is_flag=True, help="The same name in two recordings is one part.")
@click.option(
    "--call",
    type=_Call(),
    default=None,
    help="Part rejected if any, all, or at least K of its frames are.",
)
@click.option("--by", default="", help="Approved by (name, role, date).")
@json_command("parts")
def show_parts_command(
    project: Path,
    pattern: str,
    csv_file: Path | None,
    pause: float | None,
    drop: bool,
    across: bool,
    call: tuple[PartCall, int] | None,
    by: str,
    bar: TerminalProgress,
) -> Answer:
    """Show or set which part each frame shows, and when a part counts as rejected."""
    from fieldcheck.analyses.escape_rate import describe_part_rates, load_escape_rates
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.footage.frame_listing import (
        clear_parts,
        count_parts,
        get_part_rule,
        set_part_call,
    )

    options = [pattern != "", csv_file is not None, pause is not None, drop]
    if sum(options) > 1:
        raise click.UsageError(tr("Use only one of --pattern, --csv, --pause and --none."))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if any(options) or call is not None:
            require_admin(opened)
        # A refused command changes nothing
        if call is not None and (drop or not (any(options) or get_part_rule(opened))):
            raise click.UsageError(tr("--call requires parts. Set --pattern, --csv or --pause."))
        if drop:
            clear_parts(opened)
        set_parts(opened, pattern, csv_file, pause, across, by)
        rule = get_part_rule(opened)
        if call is not None and rule is not None:
            set_part_call(opened, rule, *call)
        rule, counts = get_part_rule(opened), count_parts(opened)
        rates = load_escape_rates(opened) if rule else None
    document = {
        "project": str(project.resolve()),
        "source": rule.source if rule else None,
        "definition": rule.definition if rule else None,
        "across": rule.across if rule else None,
        "call": rule.call if rule else None,
        "least": rule.least if rule else None,
        "by": rule.by if rule else None,
        "n_parts": counts.n_parts,
        "n_frames": counts.n_frames,
        "n_without": counts.n_without,
        "rates": to_json_value(rates) if rates and rates.parts else None,
    }
    rated = describe_part_rates(rates) if rates and rates.parts else ()
    lines = list_part_lines(rule, counts.n_parts, counts.n_frames, counts.n_without)
    return Answer(document, (*lines, *rated))


def set_parts(
    project: Project,
    pattern: str,
    csv_file: Path | None,
    pause: float | None = None,
    across: bool = False,
    by: str = "",
) -> None:
    """Sets the parts that the options of a command ask for; nothing where none does. A rule that
    stands keeps when a part is called defective.

    Args:
        project: the open project.
        pattern: of file names; empty for none.
        csv_file: with the columns file and part.
        pause: seconds without a frame.
        across: whether one name in two recordings is one part.
        by: who set it.

    Raises:
        PartsRefused: no frame has a part by it.
    """
    from fieldcheck.footage.frame_listing import get_part_rule, set_part_rule
    from fieldcheck.labels.import_labels import import_parts

    former = get_part_rule(project)
    call, least = (former.call, former.least) if former else ("any", 1)
    if csv_file is not None:
        rule = PartRule("csv", csv_file.name, True, call, least, by=by)
        import_parts(project, csv_file, rule)
    elif pattern:
        set_part_rule(project, PartRule("pattern", pattern, across, call, least, by=by))
    elif pause is not None:
        set_part_rule(project, PartRule("pause", f"{pause:g}", False, call, least, by=by))


@define_command("import")
@existing_project
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--camera", default="", help="Camera name.")
@click.option("--location", default="", help="Location of the camera.")
@click.option(
    "--taken-at",
    type=UTC_TIME,
    default="",
    help="Time of the first frame (ISO 8601); without an offset, local time.",
)
@CONDITION_OPTION
@make_fps_option(LIST_FPS)
@click.option("--part-pattern", default="", help="Part in each file name, such as {part}_*.png.")
@click.option(
    "--part-csv",
    type=click.Path(path_type=Path),
    default=None,
    help="CSV file with the columns file and part.",
)
@json_command("import", timed=True)
@cluster_options
def import_footage_command(
    project: Path,
    paths: tuple[Path, ...],
    camera: str,
    location: str,
    taken_at: str,
    conditions: tuple[str, ...],
    fps: float,
    part_pattern: str,
    part_csv: Path | None,
    bar: TerminalProgress,
) -> Answer:
    """Import videos and image folders. Unreadable files are skipped and listed.

    In a folder without images of its own, each subfolder is imported as a separate recording, as
    with FOLDER/*."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.footage.frame_listing import compile_pattern
    from fieldcheck.footage.import_footage import FootageInfo, import_each

    for path in paths:
        if not path.exists():
            raise PathMissing(path)
    if part_pattern:
        compile_pattern(part_pattern)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if part_pattern or part_csv is not None:
            require_admin(opened)
        brought = import_each(
            opened,
            paths,
            FootageInfo(camera, location, taken_at, conditions, fps),
            bar,
            get_timestamp(),
        )
        set_parts(opened, part_pattern, part_csv)
    refusals = [format_error(error) for _, error in brought.failed]
    _print_failed_imports(brought, refusals, bar)
    clips = [
        clip
        for imported_recording in brought.imported
        for clip in make_clip_documents(imported_recording)
    ]
    document = {
        "project": str(project.resolve()),
        "clips": clips,
        "resumed": any(imported_recording.resumed for imported_recording in brought.imported),
        "failed": [
            {"path": str(path), "why": why}
            for (path, _), why in zip(brought.failed, refusals, strict=True)
        ],
    }
    lines = (
        *(words.describe_divided_folder(folder, n) for folder, n in brought.divided),
        *(_describe_imported(imported_recording) for imported_recording in brought.imported),
    )
    return Answer(document, lines, EXIT_EXPECTED if refusals else EXIT_DONE)


def _print_failed_imports(
    brought: ImportResult, refusals: Sequence[str], bar: TerminalProgress
) -> None:
    """What could not be read, on standard error. Ends the command where nothing could."""
    if not refusals:
        return
    bar.clear_bar()
    n_known = sum(imported_recording.known for imported_recording in brought.imported)
    for line in words.list_failed_imports(refusals, len(brought.imported) - n_known, n_known):
        click.echo(line, err=True)
    if not brought.imported:
        click.get_current_context().exit(EXIT_EXPECTED)


def _describe_imported(imported: ImportedRecording) -> str:
    return words.describe_import(
        imported.recording, len(imported.clips), len(imported.frames), imported.known
    )


def make_clip_documents(imported_recording: ImportedRecording) -> list[dict[str, object]]:
    """The clips of a recording as `import --json` prints them."""
    recording = imported_recording.recording
    documents: list[dict[str, object]] = []
    for index, clip in enumerate(imported_recording.clips):
        following = (
            imported_recording.clips[index + 1]
            if index + 1 < len(imported_recording.clips)
            else None
        )
        end_index = following.first_index if following else recording.n_frames
        documents.append(
            {
                "clip_id": clip.clip_id,
                "recording_id": recording.recording_id,
                "source": recording.source,
                "start_s": clip.start_s,
                "camera": clip.camera,
                "location": clip.location,
                "taken_at": recording.taken_at,
                "seconds": (following.start_s if following else recording.seconds) - clip.start_s,
                "fps": recording.fps,
                "width": recording.width,
                "height": recording.height,
                "n_frames": end_index - clip.first_index,
                "n_listed": sum(
                    clip.first_index <= frame.source_index
                    and (following is None or frame.source_index < end_index)
                    for frame in imported_recording.frames
                ),
                "n_unreadable": recording.n_unreadable if following is None else 0,
                "skipped": [
                    {"file": skipped.file, "why": skipped.why} for skipped in recording.skipped
                ]
                if index == 0
                else [],
            }
        )
    return documents


@define_command("pick")
@existing_project
@click.option(
    "--count",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of frames to pick.",
)
@click.option("--seed", type=SEED, default=None, help="Random seed; default: 0.")
@click.option(
    "--design",
    type=click.Choice(DESIGNS),
    default="balanced",
    show_default=True,
    help="Sampling design.",
)
@click.option("--must", multiple=True, metavar="FRAME", help="Required frame; can be repeated.")
@click.option(
    "--sensitivity",
    is_flag=True,
    help="Also count a frame as hard if one of four mild corruptions changes its prediction.",
)
@click.option(
    "--novelty",
    is_flag=True,
    help="Also count a frame as hard if it is unlike the benchmark images.",
)
@click.option(
    "--against",
    default="",
    metavar="MODEL",
    help="Pick more of the frames on which this model and the newest one differ.",
)
@json_command("pick")
def pick_frames_command(
    project: Path,
    count: int,
    seed: int | None,
    design: Design,
    must: tuple[str, ...],
    sensitivity: bool,
    novelty: bool,
    against: str,
    bar: TerminalProgress,
) -> Answer:
    """Pick a stratified random sample of frames for labelling, with known inclusion
    probabilities."""
    from fieldcheck.footage.clips_and_scene_cuts import compute_clip_plan
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.compare import list_left_frames
    from fieldcheck.sampling.hardness import HardnessPasses
    from fieldcheck.sampling.pick_frames import pick_frames

    if against and design != "balanced":
        raise click.UsageError(tr("--against requires the design balanced."))
    passes = HardnessPasses(sensitivity, novelty, against)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        picked = pick_frames(
            opened,
            count=count,
            seed=seed,
            design=design,
            required=must,
            passes=passes,
            progress=bar,
            now=get_timestamp(),
        )
        plan = compute_clip_plan(opened, count)
        frames_left = list_left_frames(opened, against) if against else ()
    document = {
        "clips": plan.clips,
        "wanted": plan.wanted,
        "labels_a_clip": plan.labels,
        "half_width": plan.half_width,
    }
    return Answer(
        {
            "project": str(project.resolve()),
            **make_pick_document(picked),
            "plan": document,
            **({"differ": list(frames_left)} if against else {}),
        },
        (
            *words.list_draw_lines(picked.draw, [pick.pick.reason for pick in picked.picks]),
            *words.list_left_out_recordings(
                [(source, format_error(error)) for source, error in picked.left_out]
            ),
            words.describe_clip_plan(plan.clips, plan.wanted, plan.half_width),
            *((words.describe_differing(len(frames_left)),) if against else ()),
        ),
    )


def make_pick_document(picked: PickResult) -> dict[str, object]:
    """The proposal as `pick --json` prints it."""
    draw = picked.draw
    return {
        "design": draw.design,
        "seed": draw.seed,
        "census": draw.census,
        "left_out": [
            {"source": source, "why": format_error(error)} for source, error in picked.left_out
        ],
        "n_listed": draw.n_listed,
        "strata": [
            {"name": stratum.name, "listed": stratum.listed, "picked": stratum.picked}
            for stratum in draw.strata
        ],
        "picks": [
            {
                "frame_id": pick.pick.frame_id,
                "clip_id": pick.clip_id,
                "t_s": pick.t_s,
                "stratum": pick.pick.stratum,
                "hardness": to_json_number(pick.hardness),
                "probability": to_json_number(pick.pick.probability),
                "weight": to_json_number(pick.pick.weight),
                "reason": pick.pick.reason,
                "file": pick.pick.file,
            }
            for pick in picked.picks
        ],
    }


COMMANDS = (
    list_cameras_command,
    capture_command,
    import_footage_command,
    pick_frames_command,
    show_parts_command,
)
