"""MVTec AD: `train/good`, `test/DEFECT` and a mask for each image of a defect in `ground_truth/DEFECT`. The class of an image is its
folder, and a mask is held as points inside its regions, which masks of a model are held to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Point
from fieldcheck.errors import LabelsRefused, PathMissing, PictureUnreadable
from fieldcheck.exchange.imagefolder import list_class_folders, list_images
from fieldcheck.exchange.label_set import GOOD, LabelSet, SkippedItems, list_losses
from fieldcheck.exchange.outline import find_mask_points
from fieldcheck.exchange.parts import NO_WISH, PartWish, choose_part, count_images
from fieldcheck.exchange.untrusted import make_refusal, parse_class_name, resolve_relative_path
from fieldcheck.imaging.codec import read_image

MASKS, TEST, TRAIN, VALIDATION = "ground_truth", "test", "train", "validation"
PARTS = (TEST, VALIDATION, TRAIN)


def read_mvtec(root: Path, wish: PartWish = NO_WISH) -> LabelSet:
    """The test part of one object, or the part that is named. Raises LabelsRefused, `several` where the folder holds several objects."""
    if not _is_object(root):
        objects = [name for name in list_class_folders(root) if _is_object(root / name)]
        raise LabelsRefused(root, "several", ", ".join(objects)) if objects else make_refusal(root, f"{TEST}/{GOOD}/", "no_folder")
    counts = {part: count_images(root / part) for part in PARTS if (root / part).is_dir()}
    part = choose_part(root, counts, wish, preferred=frozenset({TEST}))
    losses, items, names = Counter[str](), [], []
    masks = _find_masks_by_image(root) if part == TEST else {}
    folders = list_class_folders(root / part)
    for folder in folders:
        of = parse_class_name(folder, root, folder)
        for name in list_images(root / part / folder):
            mask = masks.get(f"{folder}/{name.rpartition('.')[0]}")
            points = _read_points(root, mask, of, losses) if mask else ()
            losses["unmasked"] += part == TEST and folder != GOOD and not mask
            items.append(BenchmarkItem(resolve_relative_path(root, f"{part}/{folder}/{name}", root), of, points=points))
            names.append(f"{folder}/{name}")
    classes = tuple(sorted(folders, key=lambda name: (name != GOOD, name)))
    return LabelSet("mvtec", root, classes, tuple(items), tuple(names), SkippedItems(part=part, losses=list_losses(losses)))


def is_candidate_folder(folder: Path) -> bool:
    """Whether the folder is one object of such a set, or holds several and nothing else."""
    if _is_object(folder):
        return True
    inner = list_class_folders(folder)
    return len(inner) > 1 and all(_is_object(folder / name) for name in inner)


def _is_object(folder: Path) -> bool:
    test = folder / TEST
    if not test.is_dir() or not list_class_folders(test):
        return False
    return (folder / MASKS).is_dir() or (
        (folder / TRAIN).is_dir() and list_class_folders(folder / TRAIN) == [GOOD] and (test / GOOD).is_dir()
    )


def _find_masks_by_image(root: Path) -> dict[str, list[str]]:
    """The masks of an image, by its folder and name without ending: `NAME_mask.png`, `NAME.png`, or a folder of its own with several."""
    found: dict[str, list[str]] = {}
    for mask in list_images(root / MASKS):
        parts = mask.split("/")
        stem = parts[1] if len(parts) > 2 else parts[-1].rpartition(".")[0].removesuffix("_mask")
        found.setdefault(f"{parts[0]}/{stem}", []).append(f"{MASKS}/{mask}")
    return found


def _read_points(root: Path, masks: list[str], name: str, losses: Counter[str]) -> tuple[Point, ...]:
    """A point in each region of the masks. Raises LabelsRefused for one that cannot be read."""
    found: list[Point] = []
    for mask in masks:
        try:
            pixels = read_image(root / resolve_relative_path(root, mask, root)).max(axis=2)
        except (PictureUnreadable, PathMissing) as error:
            raise make_refusal(root / mask, mask, "mask") from error
        points, specks = find_mask_points(pixels > 0, name)
        found += points
        losses["specks"] += specks
    losses["masks"] += len(found)
    return tuple(found)
