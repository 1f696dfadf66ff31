"""What differs from one run to the next though nothing was changed, and by which rule it is taken
out. Each is narrow and has a reason."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
SLACK = timedelta(seconds=2)  # a moment is told in whole seconds by some documents


@dataclass(frozen=True)
class Rule:
    """In files whose name fits `files`, what `pattern` finds becomes `instead`."""

    files: str
    pattern: str
    instead: str
    why: str


LIBRARIES = "fieldcheck|python|numpy|onnxruntime|opencv-python-headless|albumentations|faster-coco-eval|scipy|pillow"
MACHINE = "system|processor|cores"
NUMBER = r"-?\d[\d.e+-]*"
RULES = (
    Rule(
        "*", r"<today>,? \d\d:\d\d(?: UTC)?", "<now>", "the moment of the run, told to the minute",
    ),
    Rule("*run.json", rf'"seconds": {NUMBER}', '"seconds": "<seconds>"', "how long the model took"),
    Rule(
        "pack.json", r'"sha256": "[0-9a-f]{64}"', '"sha256": "<sha256>"',
        "a pack holds the moments it was made at",
    ),
    Rule(
        "*summary.json", rf'("(?:{LIBRARIES})": ?)"[\w.+-]+"', r'\1"<version>"',
        "what is installed here",
    ),
    Rule(
        "*mlflow*", rf'("(?:{LIBRARIES})": ?)"[\w.+-]+"', r'\1"<version>"',
        "what is installed here",
    ),
    Rule(
        "*project.db.txt", rf'("(?:{LIBRARIES})": ?)"[\w.+-]+"', r'\1"<version>"',
        "what is installed here",
    ),
    Rule(
        "*.html", rf'(<th scope="row">(?:{LIBRARIES})</th><td>)[^<]+', r"\1<version>",
        "what is installed here",
    ),
    Rule("*summary.json", rf'("(?:{MACHINE})": ?)"[^"]+"', r'\1"<machine>"', "the computer"),
    Rule("*mlflow*", rf'("(?:{MACHINE})": ?)"[^"]+"', r'\1"<machine>"', "the computer"),
    Rule("*project.db.txt", rf'("(?:{MACHINE})": ?)"[^"]+"', r'\1"<machine>"', "the computer"),
    Rule(
        "*.html", rf'(<th scope="row">(?:{MACHINE})</th><td>)[^<]+', r"\1<machine>", "the computer",
    ),
    Rule(
        "*mlflow*", r"\b[0-9a-f]{32}\b", "<id>",
        "MLflow's id of a run is made of where the project lies",
    ),
    Rule(
        "model-quantise.json", rf'"(ms_before|ms_after)": {NUMBER}', r'"\1": "<ms>"',
        "how long the model took",
    ),
    Rule(
        "model-quantise.json", r'"time": \{[^}]*\}', '"time": "<ratio>"',
        "how long the model took, before and after",
    ),
    Rule("fix.json", rf'"cost_ms": {NUMBER}', '"cost_ms": "<ms>"', "what a change costs here"),
    Rule(
        "model-quantise.txt", r"^Time per image.*", "Time per image <ms>",
        "how long the model took",
    ),
)  # fmt: skip


def applied(rules: tuple[Rule, ...], name: str, text: str) -> str:
    """The text after the rules for files of this name."""
    for rule in rules:
        if fnmatch(name, rule.files):
            text = re.sub(rule.pattern, rule.instead, text, flags=re.MULTILINE)
    return text


@dataclass(frozen=True)
class Masks:
    """The rules, and what is known of one run alone: the folders it worked in, its version, when it
    began, and by `names` the ids that are made of where something lies."""

    folders: tuple[tuple[str, str], ...]
    version: str
    began: datetime
    names: dict[str, str] = field(default_factory=dict)

    def masked(self, name: str, text: str) -> str:
        """The text of a document without what belongs to this run."""
        for folder, instead in self.folders:
            text = text.replace(folder, instead)
        for found, instead in self.names.items():
            text = text.replace(found, instead)
        text = MOMENT.sub(self._moment, text)
        for form in self._today():
            text = text.replace(form, "<today>")
        text = re.sub(rf"(?<![\d.]){re.escape(self.version)}(?![\d.])", "<version>", text)
        return applied(RULES, name, text)

    def _moment(self, found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return "<now>" if self.began - SLACK <= at <= datetime.now(UTC) + SLACK else found[0]

    def _today(self) -> list[str]:
        """Every way in which a day of this run is written."""
        days = {self.began.date(), datetime.now(UTC).date()}
        return [form for day in days for form in (day.isoformat(), f"{day:%d.%m.%Y}")]
