"""Videos of many kinds against ffprobe: as many frames at the same times with the same first and
last pixels, or refused in a sentence.

The full share makes fifty with FFmpeg's programs (`apt install ffmpeg`); the share of a build
machine writes what OpenCV can write. Videos that end, hold up or mislead the decoder: one sentence,
and the program goes on. Pictures that claim gigabytes or break off: told, skipped, never decoded;
others come in.
"""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.errors.files import FieldcheckError, PictureUnreadable, VideoUnreadable
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.video.reader import VideoReader, read_video_info
from fieldcheck.imaging.codec import MOST_BYTES, read_capture_time, read_image
from fieldcheck.labels.formats.label_set import read_image_size
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames, recordings, runs
from tests import makers
from tests.footage.made import number_of, write_uneven, write_video
from tests.hostile import pictures, videos
from tests.hostile.told import Unhindered
from tests.programs import run_program, run_python

MOST_APART_S = 0.0011  # containers round to a millisecond
MOST_APART = 6.0  # mean grey levels: matrices and chroma filters differ, frames by more
MOVING = "-f lavfi -i testsrc2=size=160x120:rate=25:duration=1.6"
FIELDS = "-f lavfi -i testsrc2=size=160x120:rate=50:duration=1.6 -vf interlace"
UNEVEN = "-vf select='not(mod(n\\,3))+lt(n\\,9)' -fps_mode vfr"
X264 = "-c:v libx264 -pix_fmt yuv420p"
ILME = "-flags +ildct+ilme"

# Name with its ending → arguments; what FFmpeg's programs read of it is the truth.
KINDS = {
    "h264.mp4": f"{MOVING} {X264}",
    "h264.mkv": f"{MOVING} {X264}",
    "h264.ts": f"{MOVING} {X264}",
    "h264_no_b.avi": f"{MOVING} {X264} -bf 0",
    "h264_444.mp4": f"{MOVING} -c:v libx264 -pix_fmt yuv444p",
    "h264_lossless.mkv": f"{MOVING} -c:v libx264 -qp 0",
    "h264_grey.mp4": f"{MOVING} -c:v libx264 -pix_fmt gray",
    "h264_full_range.mp4": f"{MOVING} -c:v libx264 -pix_fmt yuvj420p -color_range pc",
    "h264_open_gop.mkv": f"{MOVING} {X264} -x264-params open-gop=1:keyint=10",
    "h264_one_frame.mp4": f"{MOVING} {X264} -frames:v 1",
    "h264_odd.mp4": "-f lavfi -i testsrc2=size=162x122:rate=25:duration=1 -c:v libx264 -pix_fmt yuv420p",
    "h264_anamorphic.mp4": f"{MOVING} -vf setsar=4/3 {X264}",
    "hevc.mp4": f"{MOVING} -c:v libx265 -x265-params log-level=none",
    "hevc.mkv": f"{MOVING} -c:v libx265 -x265-params log-level=none",
    "mpeg4.avi": f"{MOVING} -c:v mpeg4 -q:v 3",
    "mpeg4.mp4": f"{MOVING} -c:v mpeg4 -q:v 3 -bf 2",
    "mpeg2.ts": f"{MOVING} -c:v mpeg2video -q:v 3",
    "mpeg2.mpg": f"{MOVING} -c:v mpeg2video -q:v 3",
    "mpeg1.mpg": f"{MOVING} -c:v mpeg1video -q:v 3",
    "mjpeg.avi": f"{MOVING} -c:v mjpeg -q:v 3",
    "mjpeg.mov": f"{MOVING} -c:v mjpeg -q:v 3",
    "vp8.webm": f"{MOVING} -c:v libvpx -b:v 1M",
    "vp9.webm": f"{MOVING} -c:v libvpx-vp9 -b:v 1M",
    "av1.mp4": f"{MOVING} -c:v libaom-av1 -cpu-used 8",
    "ffv1.mkv": f"{MOVING} -c:v ffv1",
    "huffyuv.avi": f"{MOVING} -c:v huffyuv -pix_fmt yuv422p",
    "prores.mov": f"{MOVING} -c:v prores_ks",
    "wmv2.asf": f"{MOVING} -c:v wmv2 -q:v 3",
    "flv.flv": f"{MOVING} -c:v flv -q:v 3",
    "raw_bgr.avi": f"{MOVING} -c:v rawvideo -pix_fmt bgr24",
    "ten_bit_h264.mp4": f"{MOVING} -c:v libx264 -pix_fmt yuv420p10le",
    "ten_bit_hevc.mp4": f"{MOVING} -c:v libx265 -pix_fmt yuv420p10le -x265-params log-level=none",
    "ten_bit_vp9.webm": f"{MOVING} -c:v libvpx-vp9 -b:v 1M -pix_fmt yuv420p10le",
    "ten_bit_ffv1.mkv": f"{MOVING} -c:v ffv1 -pix_fmt yuv422p10le",
    "interlaced_tff.mp4": f"{FIELDS} {ILME} {X264} -top 1",
    "interlaced_bff.mkv": f"{FIELDS} {ILME} {X264} -top 0",
    "interlaced_mpeg2.ts": f"{FIELDS} {ILME} -c:v mpeg2video -q:v 3",
    "interlaced_prores.mov": f"{FIELDS} {ILME} -c:v prores_ks",
    "turned_90.mp4": "-display_rotation 90 -i h264.mp4 -c copy",
    "turned_180.mp4": "-display_rotation 180 -i h264.mp4 -c copy",
    "turned_270.mov": "-display_rotation 270 -i h264.mp4 -c copy",
    "uneven.mkv": f"{MOVING} {UNEVEN} {X264}",
    "uneven.mp4": f"{MOVING} {UNEVEN} {X264}",
    "late.ts": f"{MOVING} {X264} -output_ts_offset 9",
    "edit_list.mp4": "-ss 0.5 -i h264.mp4 -c copy",
}
MIXED = {"mixed_mpeg2.ts": ("mpeg2.ts", "interlaced_mpeg2.ts")}
# A file cut off at that share of its bytes.
TORN = {
    "torn.mkv": ("h264.mkv", 0.6),
    "torn.ts": ("h264.ts", 0.6),
    "torn.avi": ("mjpeg.avi", 0.6),
    "torn_without_index.mp4": ("h264.mp4", 0.8),
}


def programs() -> None:
    for name in ("ffmpeg", "ffprobe"):
        if shutil.which(name) is None:
            pytest.skip(f"needs {name}: apt install ffmpeg")


def run(*command: str, folder: Path) -> bytes:
    return run_program(command, cwd=folder, stdin=subprocess.DEVNULL, check=True, text=False).stdout


def made(folder: Path) -> list[Path]:
    """The fifty videos, in order."""
    for name, arguments in KINDS.items():
        parts = [part.replace("'", "") for part in arguments.split()]
        run("ffmpeg", "-v", "error", "-y", *parts, name, folder=folder)
    for name, (first, second) in MIXED.items():
        run(
            "ffmpeg", "-v", "error", "-y", "-i", f"concat:{first}|{second}", "-c", "copy", name,
            folder=folder,
        )  # fmt: skip
    for name, (whole, share) in TORN.items():
        content = (folder / whole).read_bytes()
        (folder / name).write_bytes(content[: int(share * len(content))])
    return [folder / name for name in (*KINDS, *MIXED, *TORN)]


def by_ffmpeg(path: Path) -> tuple[list[float], np.ndarray]:
    """Times from the first frame on and pixels, (n, H, W, 3), as FFmpeg's own programs read them;
    nothing where they read nothing."""
    try:
        found = json.loads(run(
            "ffprobe", "-v", "quiet", "-select_streams", "v:0", "-show_frames", "-show_entries",
            "frame=best_effort_timestamp_time",
            "-of", "json", str(path), folder=path.parent,
        ))  # fmt: skip
        raw = run(
            "ffmpeg", "-v", "quiet", "-i", str(path), "-map", "v:0", "-fps_mode", "passthrough",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
            folder=path.parent,
        )  # fmt: skip
        shown = json.loads(run(
            "ffprobe", "-v", "quiet", "-select_streams", "v:0", "-show_entries",
            "stream=width,height:stream_side_data=rotation", "-of",
            "json", str(path), folder=path.parent,
        ))["streams"][0]  # fmt: skip
    except subprocess.CalledProcessError:
        return [], np.empty((0, 1, 1, 3), np.uint8)
    times = [
        float(frame["best_effort_timestamp_time"])
        for frame in found["frames"]
        if "best_effort_timestamp_time" in frame
    ]
    turned = any(abs(side.get("rotation", 0)) == 90 for side in shown.get("side_data_list", []))
    width, height = (
        (shown["height"], shown["width"]) if turned else (shown["width"], shown["height"])
    )
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)
    return [time - times[0] for time in times], frames


def by_us(path: Path) -> tuple[list[float], np.ndarray]:
    """The same as Fieldcheck reads it. Raises FieldcheckError where it is refused."""
    read_video_info(path)
    with VideoReader(path, 1e9) as reader:
        frames = list(reader.read_listed(0, 2**62))
    return [frame.t_s for frame in frames], np.stack([frame.rgb for frame in frames])


def differences(
    ours: tuple[list[float], np.ndarray], theirs: tuple[list[float], np.ndarray], last: int
) -> list[str]:
    """Where the two read another count, other times, other first or last pixels."""
    (times, frames), (their_times, their_frames) = ours, theirs
    if len(times) != len(their_times) or len(frames) != len(their_frames):
        return [f"{len(times)} frames, not {len(their_times)}"]
    found = []
    apart = max(abs(a - b) for a, b in zip(times, their_times, strict=True))
    if apart > MOST_APART_S:
        found.append(f"times {apart:.4f} s apart")
    if frames.shape != their_frames.shape:
        return [*found, f"pictures of {frames.shape[1:3]}, not {their_frames.shape[1:3]}"]
    for name, at in (("first", 0), ("last", last)):
        away = np.abs(their_frames.astype(np.int16) - frames[at]).mean(axis=(1, 2, 3))
        if int(away.argmin()) != at % len(frames) or away[at] > MOST_APART:
            found.append(
                f"{name} pixels {away[at]:.1f} apart, nearest to frame {int(away.argmin())}"
            )
    return found


@pytest.mark.full("fifty_videos")
def test_fifty_videos_are_read_as_ffprobe_reads_them_or_refused(tmp_path, counts, evidence):
    n = counts(ci=0, full=50)
    programs()
    table, wrong = [], []
    for path in made(tmp_path):
        theirs = by_ffmpeg(path)
        try:
            ours = by_us(path)
        except FieldcheckError as error:
            table.append(
                f"{path.name}: refused: {format_error(error).replace(str(path), path.name)}"
            )
            continue
        # Where a file is torn, half a frame is left, and the other half is whatever the decoder's
        # memory held: so the last whole one.
        found = differences(ours, theirs, last=-2 if path.name in TORN else -1)
        table.append(f"{path.name}: {len(ours[0])} frames, {'; '.join(found) or 'equal'}")
        wrong += [f"{path.name}: {'; '.join(found)}"] if found else []
    print("\n".join(table))  # noqa: T201 - the table is what the full share is run for
    evidence(
        n=len(table),
        equal=sum(line.endswith("equal") for line in table),
        refused=sum(": refused: " in line for line in table),
        table=table,
    )
    assert len(table) == n
    assert wrong == []
    refused = {line.split(":")[0] for line in table if ": refused: " in line}
    assert refused <= {
        *("av1.mp4", "raw_bgr.avi", "torn_without_index.mp4", "interlaced_tff.mp4",
          "interlaced_bff.mkv", "interlaced_mpeg2.ts"),
        *("interlaced_prores.mov", "mixed_mpeg2.ts"),
    }  # fmt: skip


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", [
    "mpeg4 in .mp4", "mpeg4 in .avi", "mpeg4 in .mkv", "mjpeg in .avi", "lossless in .avi",
    "vp8 in .webm",
])  # fmt: skip
def test_a_video_that_opencv_wrote_is_read_whole(tmp_path, name):
    kind, ending = name.split(" in ")
    code = {"mpeg4": "mp4v", "mjpeg": "MJPG", "lossless": "HFYU", "vp8": "VP80"}[kind]
    times, frames = by_us(write_video(tmp_path / f"made{ending}", 30, 25.0, code))
    assert [number_of(frame) for frame in frames] == list(range(30))
    assert times == pytest.approx(np.arange(30) / 25, abs=MOST_APART_S)


def test_uneven_and_torn_videos_keep_their_times(tmp_path):
    ticks = [0, 1, 2, 5, 6, 11, 12, 13, 20, 21]
    whole = write_uneven(tmp_path / "uneven.mkv", ticks)
    times, frames = by_us(whole)
    assert times == pytest.approx(np.array(ticks) / 30, abs=MOST_APART_S)
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    some, kept = by_us(torn)
    assert 0 < len(some) < len(times)
    assert some == times[: len(some)]
    actual = [number_of(frame) for frame in kept]
    assert actual == [number_of(frame) for frame in frames[: len(some)]]


DECODE = (
    "import cv2, sys\nc = cv2.VideoCapture(sys.argv[1], cv2.CAP_FFMPEG, [])\nwhile "
    "c.grab():\n    c.retrieve()\nc.release()"
)


def test_uncompressed_video_still_ends_the_decoder(tmp_path):
    """When OpenCV has mended it, this says so, and the trial of that kind may go."""
    path = videos.raw_avi(tmp_path / "raw.avi")
    actual = run_python("-c", DECODE, path, text=False).returncode
    assert actual != 0


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(48, 48)])
def test_a_video_that_ends_the_decoder_is_one_sentence(terminal, tmp_path, width, height):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    videos.raw_avi(tmp_path / "raw.avi", width, height)
    assert "raw.avi" in terminal.refusal("import", project, tmp_path / "raw.avi")
    film = tmp_path / "raw.avi"
    assert "raw.avi" in terminal.refusal("capture", project, "--source", film, "--seconds", "1")
    assert terminal.document("check", project)["ok"]


@pytest.mark.long
def test_it_keeps_no_other_video_from_coming_in(terminal, tmp_path):
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    good = makers.video(tmp_path / "good.avi", makers.cycle(20))
    outcome = terminal("import", project, videos.raw_avi(tmp_path / "raw.avi"), good)
    assert outcome.code == 1
    assert "good.avi" in outcome.out + outcome.err


def test_a_kind_that_is_not_decoded_every_day_is_read_once_it_stood_the_trial(tmp_path):
    path = videos.raw_avi(tmp_path / "yuy2.avi", bits=16, code=b"YUY2")
    with VideoReader(path, 1e9) as reader:
        assert len(list(reader.read_listed(0, 100))) == 5


def test_av1_is_told_by_its_name(terminal, tmp_path):
    path = videos.av1_mp4(tmp_path / "new.mp4")
    with pytest.raises(VideoUnreadable) as refused:
        read_video_info(path)
    assert (refused.value.problem, refused.value.detail) == ("no_decoder", "AV1")
    project = tmp_path / "p.fieldcheck"
    terminal.document("new", project)
    assert ": no decoder for AV1. Nothing was added." in terminal.refusal("import", project, path)


# Of the whole process, libraries included; a decoded one would take 2,700. Not `getrusage`: a new
# process inherits there the peak of the
# one that started it, which after an hour of tests is more than this.
MOST_MB = 700
READ = """
import sys
from pathlib import Path
from fieldcheck.footage.image_folder import list_images, read_images
folder = Path(sys.argv[1])
found = list(read_images(folder, list_images(folder), 0))
(most,) = (line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
print(len(found), sum(type(one).__name__ == "SkippedFile" for one in found), int(most) // 1024)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile")
    pictures.write(path)
    return path


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(pictures.MAKERS))
def test_each_is_refused_by_every_reader(folder, name):
    with pytest.raises(PictureUnreadable):
        read_image(folder / name)
    cases = ((read_capture_time, (PictureUnreadable,)), (read_image_size, (LabelsRefused,)))
    for look, refusals in cases:
        try:
            look(folder / name)
        except refusals:
            continue


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_a_file_that_is_longer_than_any_picture_is_not_read(tmp_path, ending):
    """A hole takes no room on a disk; behind the picture there is nothing but zeros, which look
    like chunks of nothing."""
    path = tmp_path / f"long.{ending}"
    makers.save_picture(path, "red")
    with path.open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    with Unhindered() as took:
        assert read_image_size(path)[0] > 0
        assert read_capture_time(path) is None
        with pytest.raises(PictureUnreadable) as refused:
            read_image(path)
    assert refused.value.problem == "too_large"
    assert took.seconds < 1


def test_what_is_too_large_is_said_to_be(folder):
    for name in ("74bytes.png", "wide.png", "wide.jpg", "wide.gif"):
        with pytest.raises(PictureUnreadable) as refused:
            read_image(folder / name)
        assert refused.value.problem == "too_large", name


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="there is no such count of memory"
)
def test_none_of_them_is_decoded(folder):
    done = run_python("-c", READ, str(folder), timeout=60, check=True)
    n, skipped, most_mb = map(int, done.stdout.split())
    assert n == skipped == len(pictures.MAKERS)
    assert most_mb < MOST_MB


def test_they_keep_no_other_picture_from_an_import(terminal, tmp_path, folder):
    project, footage = tmp_path / "one.fieldcheck", tmp_path / "day"
    for name, data in pictures.hostile().items():
        footage.mkdir(exist_ok=True)
        (footage / name).write_bytes(data)
    for at in range(3):
        makers.save_picture(footage / f"good{at}.png", "red", at)
    terminal.document("new", project)
    found = terminal("import", project, footage, "--json")
    assert found.code in (0, 1), found.err
    assert "Traceback" not in found.err
    with open_project(project, write=False) as opened:
        assert opened.read(frames.count_frames) == 3
        (recording,) = opened.read(recordings.list_recordings)
    assert {one.file for one in recording.skipped} == set(pictures.MAKERS)


def test_they_keep_no_other_picture_from_being_answered(terminal, tmp_path, material):
    project, clean = tmp_path / "two.fieldcheck", tmp_path / "clean"
    makers.benchmark_folder(clean)
    terminal.document("new", project, "--model", material / "net.onnx", "--benchmark", clean)
    first = sorted((clean / "red").iterdir())[0]
    first.write_bytes(pictures.png(2**31 - 1, 2**31 - 1))
    ran = terminal("run", project, "--on", "benchmark", "--json")
    assert (ran.code, len(ran.err.strip().splitlines())) == (0, 1)
    assert first.name in ran.err
    with open_project(project, write=False) as opened:
        (run,) = opened.read(runs.list_all_runs)
        assert len(opened.read(lambda db: runs.get_predicted_subjects(db, run.run_id))) == 17
