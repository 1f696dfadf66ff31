"""One visit to the doctor after another: files, the command's way, and what was named."""

import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.models.check_model import check_model
from fieldcheck.models.doctor.findings import LabelledFrames
from fieldcheck.models.doctor.scores import score_boxes
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from fieldcheck.progress import NullProgress
from tests.models.doctor.faults import FAULTS, MAY_BE_HARMLESS, NAMED_AS, Ill
from tests.models.doctor.patients import Patient
from tests.models.doctor.signs import save

HARM = 0.15  # of the frames answered otherwise: a fault that does less is none, and is drawn again
MOST_DRAWS = 12


@dataclass(frozen=True)
class Visit:
    """`named`: codes of errors and warnings, in the order in which they were told."""

    patient: str
    fault: str
    by: str
    named: tuple[str, ...]
    seconds: float
    redrawn: int

    @property
    def right(self) -> bool:
        """Whether every code of the fault was named, whatever else was."""
        return self.codes <= set(self.named)

    @property
    def alone(self) -> bool:
        """Whether it was named and nothing beside it."""
        return self.codes == set(self.named)

    @property
    def codes(self) -> set[str]:
        """Codes that the doctor tells this fault by."""
        return {NAMED_AS.get(fault, fault) for fault in self.fault.split("+")}


def drawn(
    patient: Patient, name: str, draw: np.random.Generator, folder: Path
) -> tuple[Ill, int] | None:
    """A fault that does harm, and how many drawn before it did none; None where impossible."""
    for redrawn in range(MOST_DRAWS):
        ill = FAULTS[name](patient, draw)
        if ill is None:
            return None
        if name not in MAY_BE_HARMLESS or harms(patient, ill, folder):
            return ill, redrawn
        if name == "channel_order":  # there is only one such fault
            return None
    return None


def harms(patient: Patient, ill: Ill, folder: Path) -> bool:
    """Whether frames that the doctor does not see are answered otherwise."""
    path, _, base = ill.written(folder)
    if base is not None:
        light, whole = (_said(patient, open_model(one, threads=2)) for one in (path, base))
        return float(np.mean(light != whole)) >= HARM
    right = right_of(patient, path, parse_card(ill.card), patient.rest)
    return sound_right(patient, folder) - right >= HARM


@cache
def sound_right(patient: Patient, folder: Path) -> float:
    """How far the sound model is right on the frames that the doctor does not see."""
    return right_of(patient, save(patient.model, folder / "sound.onnx"), patient.card, patient.rest)


def right_of(patient: Patient, path: Path, card, frames: LabelledFrames) -> float:
    """How far the answers on that card are right, by the names that classes have there."""
    pairs = ModelRunner(open_model(path, threads=2), card, batch_size=1).predict(frames.frames)
    answers = [answer for answer, _ in pairs]
    index = {name: place for place, name in reversed(list(enumerate(card.classes)))}
    if card.task != "detection":
        truth = [index.get(patient.card.classes[k], -1) for k in frames.classes]
        share = np.mean([answer.argmax() == k for answer, k in zip(answers, truth, strict=True)])
        return float(share)
    moved = [
        np.array([[*box[:4], index.get(patient.card.classes[int(box[4])], -1)] for box in boxes])
        for boxes in frames.boxes
    ]
    return float(1 - score_boxes(answers, moved, card.output.threshold).loss.mean())


def _said(patient: Patient, model) -> np.ndarray:
    """For each frame the best class, or how many sure boxes."""
    pairs = ModelRunner(model, patient.card, batch_size=1).predict(patient.rest.frames)
    answers = [answer for answer, _ in pairs]
    if patient.card.task == "detection":
        counts = [(answer[:, 4] >= patient.card.output.threshold).sum() for answer in answers]
        return np.array(counts)
    return np.array([answer.argmax() for answer in answers])


def labelled(patient: Patient, folder: Path) -> Path:
    """The few frames as a labelled set on the disk."""
    place = folder / f"few_{patient.name}"
    if place.is_dir():
        return place
    names = patient.card.classes
    if patient.card.task != "detection":
        for number, (frame, k) in enumerate(
            zip(patient.few.frames, patient.few.classes, strict=True)
        ):
            _save(place / names[k] / f"{number:03d}.png", frame)
        return place
    pictures, notes = [], []
    for number, (frame, boxes) in enumerate(
        zip(patient.few.frames, patient.few.boxes, strict=True)
    ):
        _save(place / f"{number:03d}.png", frame)
        height, width = frame.shape[:2]
        entry = {"id": number, "file_name": f"{number:03d}.png", "height": height, "width": width}
        pictures.append(entry)
        for x1, y1, x2, y2, k in boxes:
            box = [float(x1), float(y1), float(x2 - x1), float(y2 - y1)]
            notes.append({
                "id": len(notes) + 1, "image_id": number, "category_id": int(k) + 1, "bbox": box,
                "area": box[2] * box[3], "iscrowd": 0,
            })  # fmt: skip
    kinds = [{"id": k + 1, "name": name} for k, name in enumerate(names)]
    document = json.dumps({"images": pictures, "annotations": notes, "categories": kinds})
    (place / "labels.json").write_text(document)
    return place


def _save(path: Path, frame: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.ascontiguousarray(frame[:, :, ::-1]))


def visited(
    patient: Patient, name: str, ill: Ill, folder: Path, redrawn: int = 0, with_labels: bool = True
) -> Visit:
    """What the doctor names, through files, as the command does it."""
    path, card, base = ill.written(folder / "visit")
    began = time.perf_counter()
    try:
        found = check_model(
            path, card, labelled(patient, folder) if with_labels else None, base, NullProgress()
        )
        named = tuple(one.code for one in found.findings if one.level != "info")
    except FieldcheckError as error:
        named = (f"refused {error!r}",)
    return Visit(patient.name, name, ill.by, named, round(time.perf_counter() - began, 1), redrawn)


def told(patient: Patient, ill: Ill, folder: Path) -> list[str]:
    """What the doctor says of it, without the figures, which a dropout rolls anew: code, level, how
    it was seen, what to change, n."""
    path, card, base = ill.written(folder / "visit")
    try:
        found = check_model(path, card, labelled(patient, folder), base, NullProgress())
    except FieldcheckError as error:
        return [repr(error)]
    return [
        (f"{one.code} {one.level} {one.how} {one.facts.get('change', {})} n={one.facts.get('n')}")
        for one in found.findings
    ]


def table(visits: list[Visit]) -> list[str]:
    """Fault against what was named, one line a fault."""
    lines = [f"{'fault':22} {'n':>3} {'right':>5}  named"]
    for fault in dict.fromkeys(visit.fault for visit in visits):
        own = [visit for visit in visits if visit.fault == fault]
        counts: dict[str, int] = {}
        for visit in own:
            said = "+".join(visit.named) or "nothing"
            counts[said] = counts.get(said, 0) + 1
        ordered = sorted(counts.items(), key=lambda pair: -pair[1])
        told = ", ".join(f"{said} {n}" for said, n in ordered)
        lines.append(f"{fault:22} {len(own):>3} {sum(visit.right for visit in own):>5}  {told}")
    return lines
