"""What help says beside the options: commands by step of a visit, an example and the exit codes of
each."""

from __future__ import annotations

from collections.abc import Mapping

STEPS: Mapping[str, tuple[str, ...]] = {
    "Begin": ("demo", "start", "new", "model", "benchmark", "limits", "admin", "acceptance"),
    "Record and import": ("cameras", "capture", "import", "parts"),
    "Pick and label": (
        "pick", "embed", "label", "look", "share", "merge", "adjudicate", "undo", "redo",
    ),
    "Measure": ("run", "report", "checklist", "try"),
    "Explain and improve": ("fix", "series", "stress", "probe", "compare", "golden", "gate"),
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
