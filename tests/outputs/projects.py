"""Six small projects, made anew from fixed seeds, and what is asked of each."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np

from tests import makers
from tests.faults.forking import Forking
from tests.outputs.program import ENVIRONMENT, Walk

TAKEN = "2021-03-0{}T08:00:00+00:00"  # long ago, so that no day of a run is one of these
CLASS_FORMATS = ("imagefolder", "csv", "coco", "cvat", "label-studio", "fiftyone")
PLACE_FORMATS = ("yolo", "voc", "coco", "cvat", "label-studio", "labelme", "csv", "fiftyone")
POINT_FORMATS = ("masks", "csv", "coco", "cvat", "label-studio")


@dataclass(frozen=True)
class Clip:
    """`belt.avi` shows a colour a second, beginning with `COLOURS[start]`."""

    name: str
    start: int
    camera: str
    location: str
    conditions: str = ""

    def colour(self, index: int) -> str:
        return makers.COLOURS[(self.start + index // 4) % 3]


CLIPS = tuple(
    Clip(
        f"{name}.avi", start % 3, ("left", "right")[start % 2], f"line {1 + start // 4}",
        ("dark,glare", "", "dark")[start % 3],
    )
    for start, name in enumerate(
        ("belt", "night", "noon", "rain", "shift", "dust", "early", "late")
    )
)  # fmt: skip


def add_clips(walk: Walk, clips: Sequence[Clip], n: int = 48) -> dict[str, Clip]:
    """Imports the clips one by one and returns them by the id of their recording."""
    by_id = {}
    for number, clip in enumerate(clips):
        path = makers.video(walk.work / clip.name, makers.cycle(n, start=clip.start), seed=number)
        where = (
            "--camera", clip.camera, "--location", clip.location, "--taken-at",
            TAKEN.format(number + 1),
        )  # fmt: skip
        document = walk.document(
            f"import-{clip.name[:-4]}", "import", walk.project, path, *where, "--condition",
            clip.conditions,
        )  # fmt: skip
        by_id[document["clips"][0]["recording_id"]] = clip
    walk.text("import-again", "import", walk.project, walk.work / clips[0].name)
    return by_id


def write_labels(
    path: Path, picked: dict, clips: dict[str, Clip], row: Callable[[str, int], str], header: str
) -> Path:
    """A table of labels: a line a picked frame, of what it shows and its place among picks."""
    lines = [header]
    for number, pick in enumerate(picked["picks"]):
        recording, index = pick["frame_id"].rsplit("-", 1)
        clip = clips[recording]
        lines.append(f"{clip.name}#{int(index)},{row(clip.colour(int(index)), number)}")
    path.write_text("\n".join(lines) + "\n")
    return path


def class_row(shown: str, number: int) -> str:
    """The colour; every seventh frame is called by another's name, so the model is wrong there."""
    return shown if number % 7 else makers.COLOURS[(makers.COLOURS.index(shown) + 1) % 3]


def box_row(shown: str, number: int) -> str:
    """The part seen on red frames, moved on every third; a hole on every fifth other frame."""
    if shown == "red":
        return "part,20,16,32,24" if number % 3 == 0 else "part,2,1,32,24"
    return "hole,40,10,16,16" if number % 5 == 0 else ",,,,"


def point_row(shown: str, number: int) -> str:
    """The middle of what is red or blue, called by the other's name on every sixth."""
    meant = shown if number % 6 else {"red": "blue", "blue": "red", "green": "green"}[shown]
    return ",," if shown == "green" else f"{meant},32,24"


def begin(
    walk: Walk, model: Path, benchmark: Path, clips: Sequence[Clip], count: int,
    claimed: float = 0.95, metric: str = "accuracy",
) -> tuple[dict, dict]:  # fmt: skip
    """Project, footage and picks. Returns the document of the picks and the clips by recording."""
    asked = (
        "--model",
        model,
        "--benchmark",
        benchmark,
        "--claimed",
        claimed,
        "--metric",
        metric,
        "--site",
        "Hall 3",
    )
    walk.text("new", "new", walk.work / "other.fieldcheck", *asked)
    walk.document("new", "new", walk.project, *asked)
    by_id = add_clips(walk, clips)
    picked = walk.document("pick", "pick", walk.project, "--count", count, "--seed", 7)
    return picked, by_id


def label(walk: Walk, table: Path) -> None:
    walk.document("label-import", "label", "import", walk.project, table, "--by", "Ana")
    walk.both("label-show", "label", "show", walk.project)


def score(walk: Walk) -> None:
    """What every project is asked once it has labels."""
    project = walk.project
    walk.both("run", "run", project)
    walk.both("look-field", "look", "show", project)
    walk.both("look-benchmark", "look", "show", project, "--on", "benchmark")
    walk.both("limits", "limits", project)
    walk.both("seal", "seal", project)
    walk.both("check", "check", project)


def deepen(walk: Walk) -> None:
    """What takes longer and adds sections to the report."""
    project = walk.project
    walk.both(
        "stress", "stress", project, "--corruption", "dark", "--corruption", "motion", "--severity",
        "moderate", "--severity", "severe",
    )  # fmt: skip
    walk.both("probe", "probe", project)
    walk.both("embed", "embed", project)
    walk.both("fix", "fix", project)


def report(walk: Walk, name: str = "report", lang: str = "en", only: tuple[str, ...] = ()) -> None:
    document = walk.document(
        name, "report", walk.project, "--out", walk.work / name, "--lang", lang
    )
    walk.report(name, document, only)


def keep(
    walk: Walk, formats: Sequence[str], others: Sequence[str] = (), with_log: bool = False
) -> None:
    """Exports, runs and packs."""
    project, work = walk.project, walk.work
    walk.name_runs()
    for name in (*formats, "suspects", *others):
        out = work / f"export-{name}"
        walk.document(f"export-{name}", "export", project, "--format", name, "--out", out)
        walk.folder(f"exported-{name}", work / f"export-{name}")
    walk.document(
        "split", "split", project, "--format", formats[0], "--out", work / "split", "--share", 0.4
    )
    walk.folder("splitted", work / "split")
    runs = walk.both("runs", "runs", project)
    walk.both("replay", "replay", project, runs["runs"][-1]["run_id"])
    walk.document("pack", "pack", project, work / "site.fcpack")
    walk.pack("packed", work / "site.fcpack", with_log)
    walk.both("verify", "verify", work / "site.fcpack")
    walk.document("unpack", "unpack", work / "site.fcpack", work / "unpacked.fieldcheck")
    walk.both("label-show-unpacked", "label", "show", work / "unpacked.fieldcheck")


def change(walk: Walk, picked: dict) -> None:
    """Single labels, reviews and limits, and back again; what is refused leaves its sentence."""
    project, frames = walk.project, [one["frame_id"] for one in picked["picks"]]
    walk.document("label-set", "label", "set", project, frames[0], "green", "--by", "Bo")
    walk.text("label-set-unsure", "label", "set", project, frames[1], "--unsure")
    walk.text("label-set-skip", "label", "set", project, frames[2], "--skip", "hand in front")
    walk.text("label-set-refused", "label", "set", project, frames[3], "zebra")
    walk.text("undo", "undo", project, "--count", 2)
    walk.document("redo", "redo", project)
    walk.document("undo-redone", "undo", project, "--count", 2)
    asked = (
        "--tolerance", "5%", "--by", "Ana, quality", "--ok", "green", "--escape-rate", 0.02,
        "--false-reject-rate", 0.1,
    )  # fmt: skip
    plant = (
        "--defect-ppm", 400, "--parts-per-day", 20000, "--cost-escape", 120, "--cost-reject", 1.5,
        "--currency", "EUR",
    )  # fmt: skip
    walk.document("limits-set", "limits", project, *asked, *plant)
    walk.text("limits-refused", "limits", project, "--tolerance", "97")
    wrong = [row["item"] for row in walk.document("look-before", "look", "show", project)["rows"]]
    walk.document("look-set", "look", "set", project, wrong[0], "model-wrong", "--by", "Bo")
    walk.text("look-set-label", "look", "set", project, wrong[1], "label-wrong", "--by", "Bo")
    walk.text("look-after", "look", "show", project)


def watch(walk: Walk) -> None:
    """Shifts of a log, the last of them less sure, and a folder of images."""
    project = walk.project
    log = write_log(walk.work / "log.csv")
    walk.document("monitor-log", "monitor", project, log)
    walk.both("monitor", "monitor", project, "--until-alert")
    images = makers.picture_folder(walk.work / "images", makers.cycle(12))
    walk.text("monitor-images", "monitor", project, images, "--began", "2021-11-10 07:00:00")


def write_log(path: Path) -> Path:
    """Twenty-four shifts of forty results each; in the last the confidence falls."""
    rng, lines = np.random.default_rng(3), ["time,prediction,confidence"]
    first = datetime.fromisoformat("2021-11-01T06:00:00+00:00")
    for shift in range(24):
        for number in range(40):
            sure = float(np.clip(rng.normal(0.9, 0.03), 0, 1)) * (0.7 if shift == 23 else 1)
            moment = first + timedelta(hours=8 * shift, minutes=10 * number)
            lines.append(f"{moment.isoformat()},{'red' if number % 2 else 'green'},{sure:.4f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def try_out(walk: Walk, model: Path) -> None:
    """What needs no project, and what is measured in times: of that the keys alone."""
    project, work = walk.project, walk.work
    walk.both("model-check", "model", "check", model, "--labelled", work / "clean")
    image = work / "clean" / "red" / "001.png"
    walk.document("try", "try", model, image, "--out", work / "tried")
    walk.folder("tried", work / "tried")
    walk.document("latency-runner", "latency", project, "--export-runner", work / "runner")
    walk.folder("runner", work / "runner")
    walk.shape("latency", "latency", project, "--seconds", 1)
    walk.text("admin-set", "admin", "set", project)
    walk.document("admin-clear", "admin", "clear", project)
    walk.document(
        "benchmark-set", "benchmark", "set", project, work / "clean", "--claimed", 0.9, "--metric",
        "balanced",
    )  # fmt: skip
    walk.text("benchmark-refused", "benchmark", "set", project, work / "nowhere")


def share(walk: Walk, clips: dict[str, Clip]) -> None:
    """The picks that wait go to two people, come back, and differ."""
    project, work = walk.project, walk.work
    walk.document("share", "share", project, work / "a.fcpack", work / "b.fcpack", "--overlap", 6)
    label_part(walk, "a", "Bo", clips, class_row)
    label_part(walk, "b", "Cy", clips, lambda shown, number: "red" if number % 3 == 0 else shown)
    walk.document("merge", "merge", project, work / "a.fieldcheck", work / "b.fieldcheck")
    conflicts = walk.both("adjudicate", "adjudicate", project)["conflicts"]
    walk.document(
        "adjudicate-first", "adjudicate", project, conflicts[0]["frame_id"], "--first", "--by",
        "Ana",
    )  # fmt: skip
    walk.both("label-show-merged", "label", "show", project)


def label_part(
    walk: Walk, name: str, who: str, clips: dict[str, Clip], row: Callable[[str, int], str]
) -> None:
    """Unpacks one person's pack and labels its picks, which the tasks for another tool name."""
    part, tasks = walk.work / f"{name}.fieldcheck", walk.work / f"tasks-{name}"
    walk.document(f"unpack-{name}", "unpack", walk.work / f"{name}.fcpack", part)
    walk.document(f"label-export-{name}", "label", "export", part, "--as", "cvat", "--out", tasks)
    walk.folder(f"tasks-{name}", tasks)
    ordered = sorted(tasks.rglob("*.png"))
    picked = {"picks": [{"frame_id": path.name.split(".")[0]} for path in ordered]}
    table = write_labels(walk.work / f"{name}.csv", picked, clips, row, "file,class")
    walk.text(f"label-import-{name}", "label", "import", part, table, "--by", who)


def sample(walk: Walk) -> None:
    """A classifier that is a little too shy to say blue, eight clips of two cameras, every command
    that a site would use."""
    model = makers.colour_model(walk.work / "net.onnx", gain=6.0)
    benchmark = makers.benchmark_folder(walk.work / "clean", each=8, wrong=1)
    picked, clips = begin(walk, model, benchmark, CLIPS, 64)
    label(walk, write_labels(walk.work / "labels.csv", picked, clips, class_row, "file,class"))
    score(walk)
    report(walk, "report-early", only=("report.html",))
    change(walk, picked)
    deepen(walk)
    watch(walk)
    report(walk)
    report(walk, "report-de", "de", only=("report.html",))
    keep(walk, CLASS_FORMATS, ("thresholds", "recipe", "augmented", "mlflow"))


def detector(walk: Walk) -> None:
    """Boxes of one of two classes."""
    model = makers.box_model(walk.work / "box.onnx")
    clean = makers.boxed_benchmark(walk.work / "clean", left_out=1)
    picked, clips = begin(walk, model, clean, CLIPS[:4], 30, metric="map50")
    labels = write_labels(walk.work / "labels.csv", picked, clips, box_row, "file,class,x,y,w,h")
    label(walk, labels)
    score(walk)
    deepen(walk)
    report(walk)
    keep(walk, PLACE_FORMATS)


def masks(walk: Walk) -> None:
    """A map of classes, held to points."""
    model = makers.mask_model(walk.work / "mask.onnx")
    clean = makers.masked_benchmark(walk.work / "clean")
    picked, clips = begin(walk, model, clean, CLIPS[:3], 24, metric="points")
    label(walk, write_labels(walk.work / "labels.csv", picked, clips, point_row, "file,class,x,y"))
    score(walk)
    report(walk)
    keep(walk, POINT_FORMATS)


def two_models(walk: Walk) -> None:
    """The model, and one that takes red for green."""
    model = makers.colour_model(walk.work / "net.onnx", gain=6.0)
    picked, clips = begin(walk, model, makers.benchmark_folder(walk.work / "clean"), CLIPS[:4], 40)
    label(walk, write_labels(walk.work / "labels.csv", picked, clips, class_row, "file,class"))
    other = makers.colour_model(walk.work / "other.onnx", order=(1, 0, 2), gain=6.0)
    walk.document("model-set", "model", "set", walk.project, other)
    score(walk)
    walk.both("compare", "compare", walk.project, "net", "other")
    walk.document(
        "golden-add", "golden", "add", walk.project, "must hold",
        makers.benchmark_folder(walk.work / "golden", each=2),
    )  # fmt: skip
    files = ("--junit", walk.work / "gate.xml", "--markdown", walk.work / "gate.md")
    walk.text("gate", "gate", walk.project, "--model", "other", "--against", "net", *files)
    walk.document("gate", "gate", walk.project, "--model", "net", "--against", "other")
    for path in (walk.work / "gate.xml", walk.work / "gate.md"):
        walk.file(path.name, path)
    walk.both("model-quantise", "model", "quantise", walk.project, "net")
    report(walk)
    keep(walk, ("csv",), ("poison", "ablation"))


def one_clip(walk: Walk) -> None:
    """Everything of one clip: no figure holds for other clips."""
    model = makers.colour_model(walk.work / "net.onnx", gain=6.0)
    picked, clips = begin(walk, model, makers.benchmark_folder(walk.work / "clean"), CLIPS[:1], 20)
    label(walk, write_labels(walk.work / "labels.csv", picked, clips, class_row, "file,class"))
    score(walk)
    report(walk)
    keep(walk, ("csv",))
    try_out(walk, model)


def nine_labels(walk: Walk) -> None:
    """Nine of thirty picks are labelled: every figure is an interim one."""
    model = makers.colour_model(walk.work / "net.onnx", gain=6.0)
    picked, clips = begin(walk, model, makers.benchmark_folder(walk.work / "clean"), CLIPS[:3], 30)
    few = {**picked, "picks": picked["picks"][::4] + picked["picks"][1:2]}
    label(walk, write_labels(walk.work / "labels.csv", few, clips, class_row, "file,class"))
    score(walk)
    report(walk)
    keep(walk, ("csv",), with_log=True)
    share(walk, clips)


def commands(walk: Walk) -> None:
    """What each command says of itself."""
    ask_help(walk, ())
    walk.text("usage-unknown", "lable")
    walk.text("usage-option", "run", walk.project, "--modell", "net")
    walk.text("no-project", "run", walk.work / "nowhere.fieldcheck")


def ask_help(walk: Walk, words: tuple[str, ...]) -> None:
    text, _ = walk.run(*words, "--help")
    walk.store(f"help/{'-'.join(words) or 'fieldcheck'}.txt", text)
    # Behind the options stand the commands, by step or in one list; a command has an example there.
    listed = text.partition("Show this message and exit.")[2].partition("Example:")[0]
    for name in re.findall(r"^  ([a-z]\S*)", listed, re.MULTILINE):
        ask_help(walk, (*words, name))


PROJECTS: dict[str, Callable[[Walk], None]] = {
    made.__name__: made
    for made in (sample, detector, masks, two_models, one_clip, nine_labels, commands)
}


def outputs_of(name: str, work: Path, forking: Forking) -> dict[str, str]:
    """Everything that the product prints and writes for one of them, made in an empty folder."""
    with patch.dict(os.environ, ENVIRONMENT):
        walk = Walk(work, forking, datetime.now(UTC))
        PROJECTS[name](walk)
        return walk.outputs
