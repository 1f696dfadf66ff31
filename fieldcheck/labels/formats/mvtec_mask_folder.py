"""Mask folders (one image of class indices per image) and MVTec AD (`train/good`, `test/DEFECT`,
`ground_truth/DEFECT`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.domain.label import BenchmarkItem, Point
from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import write_bytes, write_text
from fieldcheck.labels.formats.label_set import (
    GOOD,
    GROUND,
    NO_WISH,
    NOT_JUDGED,
    SPECK,
    LabelledImage,
    LabelSet,
    PartWish,
    SkippedItems,
    choose_part,
    count_images,
    find_mask_points,
    list_class_folders,
    list_images,
    list_losses,
    list_merged_classes,
    make_parent_folder,
    read_image_size,
)
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    make_refusal,
    parse_class_name,
    read_text,
    resolve_relative_path,
)
from fieldcheck.labels.formats.voc import list_xml_files
from fieldcheck.labels.formats.yolo import read_name_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASK_FOLDERS = (
    "masks",
    "mask",
    "segmentationclass",
    "annotations",
    "annotation",
    "labels",
    "label",
    "gt",
)
PICTURE_FOLDERS = ("images", "image", "imgs", "img", "jpegimages", "pictures")
NAME_FILES = ("labelmap.txt", "classes.txt", "class_names.txt", "label_names.txt", "labels.txt")
# no JPEG, whose figures are not those that were written
ENDINGS = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})
GROUND_NAMES = frozenset(
    {"background", "bg", "ground", "void", "ignore", "unlabeled", "unlabelled", "hintergrund"}
)
MOST_TEXT = 1 << 20

Colour = tuple[int, int, int]


def read_mask_folder(root: Path) -> LabelSet:
    """The set in a folder with `masks/` and `images/`. Index 255 was not judged; a mask of 0 and
    255 alone, where there are two classes, is one of 0 and 1. With the colours of a `labelmap.txt`
    masks are read by colour. Raises LabelsRefused."""
    folder = _find_mask_folder(root)
    classes, colours = _read_names(root)
    beside, by_stem = _list_images_by_stem(root)
    reader, used = _MaskReader(root, classes, colours), set[str]()
    items, names, orphans, unlike = [], [], [], []
    for mask in _list_masks(root / folder):
        stem, picture = _get_stem(mask), _find_image(mask, by_stem)
        if beside and not picture:
            orphans.append(f"{folder}/{mask}")
            continue
        array = reader.read_mask(f"{folder}/{mask}")
        used.add(picture)
        if picture and _get_image_size(root / picture) not in (None, array.shape[::-1]):
            unlike.append(picture)
            continue
        items.append(BenchmarkItem(picture or stem, points=reader.find_points(array)))
        names.append(picture.removeprefix(f"{beside}/") or stem)
    silent = sorted(set(by_stem.values()) - used)
    items += [BenchmarkItem(name) for name in silent]
    names += [name.removeprefix(f"{beside}/") for name in silent]
    aside = SkippedItems(
        unlabelled=tuple(silent),
        orphans=tuple(orphans),
        unlike=tuple(unlike),
        losses=list_losses(reader.losses),
    )
    return LabelSet("masks", root, _list_things(classes), tuple(items), tuple(names), aside)


class MaskFolder:
    """The masks of a folder, pixel by pixel, by the images that they belong to.

    Raises LabelsRefused where the folder is none of masks any more."""

    def __init__(self, root: Path) -> None:
        folder = _find_mask_folder(root)
        self.classes, colours = _read_names(root)
        self._reader = _MaskReader(root, self.classes, colours)
        _, by_stem = _list_images_by_stem(root)
        self._masks = {
            _find_image(mask, by_stem) or _get_stem(mask): f"{folder}/{mask}"
            for mask in _list_masks(root / folder)
        }

    def read_mask(self, picture: str) -> NDArray[np.uint8] | None:
        """(h, w) indices of `classes`, 255 where nobody judged; None where this image of the
        benchmark has no mask. Raises LabelsRefused."""
        name = self._masks.get(picture)
        return None if name is None else self._reader.read_mask(name)


def _find_mask_folder(root: Path) -> str:
    folder = _find_folder(root, MASK_FOLDERS)
    if folder is None or not root.is_dir():
        raise make_refusal(root, ", ".join(f"{name}/" for name in MASK_FOLDERS[:3]), "no_folder")
    return folder


def _list_images_by_stem(root: Path) -> tuple[str | None, dict[str, str]]:
    """The folder of images, None without one, and its images by their names without an ending."""
    beside = _find_folder(root, PICTURE_FOLDERS)
    if beside is None:
        return None, {}
    return beside, {_get_stem(name): f"{beside}/{name}" for name in list_images(root / beside)}


def _find_image(mask: str, by_stem: dict[str, str]) -> str:
    stem = _get_stem(mask)
    return by_stem.get(stem) or by_stem.get(stem.removesuffix("_mask"), "")


def is_candidate_folder(folder: Path) -> bool:
    """Whether masks and the names of their classes lie there, and no annotations of Pascal VOC,
    whose own masks are told from boxes by `--format` alone."""
    inside = _find_folder(folder, MASK_FOLDERS)
    return inside is not None and _find_name_file(folder) is not None and not list_xml_files(folder)


def write_mask_folder(
    out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> list[Path]:
    """`classes.txt`, `masks/` and `images/`. Index 0 is the ground: a picture with nothing on it is
    all ground. On any other nobody judged what lies between the marks of its points, which is 255.
    Raises DiskFull, ReadOnlyPlace."""
    from fieldcheck.imaging.codec import encode_index_png

    names = make_parent_folder(out / NAME_FILES[1])
    write_text(names, "".join(f"{name}\n" for name in (GROUND, *classes)))
    files = [names]
    for image in pictures:
        path = make_parent_folder(out / MASK_FOLDERS[0] / f"{_get_stem(image.file)}.png")
        write_bytes(path, encode_index_png(_draw_point_marks(classes, image)))
        files.append(path)
    return files + [image.save_image(out / PICTURE_FOLDERS[0] / image.file) for image in pictures]


def count_losses(classes: Sequence[str], pictures: Sequence[LabelledImage]) -> Counter[str]:
    """Points that are only `marked` by a square of pixels, and those that have no mark of their own
    (`unmarked`): another of their class touches it, one of another class covers it, or no index is
    left for their class. Counted as the reader counts."""
    losses = Counter[str]()
    for image in pictures:
        mask, named = (
            _draw_point_marks(classes, image),
            Counter(point.class_name for point in image.points),
        )
        kept = sum(
            min(named[name], len(find_mask_points(mask == k, name)[0]))
            for name, k in _number_classes(classes).items()
            if name in named
        )
        losses.update(marked=kept, unmarked=len(image.points) - kept)
    return losses


def _number_classes(classes: Sequence[str]) -> dict[str, int]:
    """The number of each class in a mask; none where no number is left, or where its name means the
    ground."""
    return {
        name: k for k, name in enumerate(classes, 1) if k < NOT_JUDGED and not is_ground_class(name)
    }


def _draw_point_marks(classes: Sequence[str], image: LabelledImage) -> NDArray[np.uint8]:
    """(h, w) class indices with a mark around each point, inside the frame and just large enough to
    be no speck."""
    import numpy as np

    width, height = image.size
    mask = np.full((height, width), NOT_JUDGED if image.points else 0, np.uint8)
    side = 2 * ceil((sqrt(SPECK * width * height) - 1) / 2) + 1
    numbers = _number_classes(classes)
    for point in image.points:
        if k := numbers.get(point.class_name):
            x, y = (
                min(max(int(position) - side // 2, 0), max(most - side, 0))
                for position, most in ((point.x, width), (point.y, height))
            )
            mask[y : y + side, x : x + side] = k
    return mask


class _MaskReader:
    """Reads masks of one set and counts what of them no point can say."""

    def __init__(self, root: Path, classes: tuple[str, ...], colours: dict[Colour, int]) -> None:
        self._root, self._classes, self._colours = root, classes, colours
        self._painted = (root / NAME_FILES[0]).is_file()
        self.losses: Counter[str] = Counter()

    def read_mask(self, name: str) -> NDArray[np.uint8]:
        """(h, w) class indices. Raises LabelsRefused for one that no class has."""
        import numpy as np

        path = self._root / name
        try:
            indices = self._read_indices(path)
        except (PictureUnreadable, PathMissing) as error:
            raise make_refusal(path, name, "mask") from error
        there = np.unique(indices)
        if len(self._classes) == 2 and set(there.tolist()) <= {0, NOT_JUDGED}:
            return (indices > 0).astype(np.uint8)
        highest = int(there[there != NOT_JUDGED].max(initial=0))
        if highest >= len(self._classes):
            raise make_refusal(path, f"{name}: {highest} ({len(self._classes)})", "class_number")
        self.losses["not_judged"] += int(there[-1] == NOT_JUDGED)
        return indices

    def _read_indices(self, path: Path) -> NDArray[np.uint8]:
        """Read class indices by the colours of the label map; without one as stored, else by the
        colours of Pascal VOC, which painted masks use."""
        from fieldcheck.imaging.codec import read_image, read_index_image

        if self._colours:
            return _map_colours(read_image(path), self._colours)
        try:
            return read_index_image(path)
        except PictureUnreadable as error:
            if error.problem != "not_a_picture" or not self._painted:
                raise
            return _map_colours(
                read_image(path), {_make_voc_colour(k): k for k in range(len(self._classes))}
            )

    def find_points(self, mask: NDArray[np.uint8]) -> tuple[Point, ...]:
        """A point in each region of a thing."""
        import numpy as np

        points: list[Point] = []
        for k in np.unique(mask).tolist():
            if k == NOT_JUDGED or is_ground_class(self._classes[k]):
                continue
            inside, specks = find_mask_points(mask == k, self._classes[k])
            points += inside
            self.losses["specks"] += specks
        self.losses["masks"] += len(points)
        return tuple(points)


def _map_colours(rgb: NDArray[np.uint8], colours: dict[Colour, int]) -> NDArray[np.uint8]:
    """(h, w) class indices of painted masks; a colour that no class has was not judged."""
    import numpy as np

    indices = np.full(rgb.shape[:2], NOT_JUDGED, np.uint8)
    for colour, k in colours.items():
        indices[(rgb == colour).all(axis=2)] = k
    return indices


def _make_voc_colour(k: int) -> Colour:
    """The colour that Pascal VOC paints a class in: its bits, lowest first, go to red, green and
    blue in turn, highest first."""
    red, green, blue = (
        sum((k >> (3 * bit + channel) & 1) << (7 - bit) for bit in range(8)) for channel in range(3)
    )
    return red, green, blue


def _find_folder(root: Path, folder_names: tuple[str, ...]) -> str | None:
    """Return the folder with one of these names that holds images, ignoring case."""
    there = (
        {path.name.lower(): path.name for path in root.iterdir() if path.is_dir()}
        if root.is_dir()
        else {}
    )
    names = (there[name] for name in folder_names if name in there)
    return next(
        (
            name
            for name in names
            if folder_names is PICTURE_FOLDERS or next(_list_masks(root / name), None)
        ),
        None,
    )


def _list_masks(folder: Path) -> Iterator[str]:
    return (name for name in list_images(folder) if Path(name).suffix.lower() in ENDINGS)


def _get_stem(name: str) -> str:
    return name.rpartition(".")[0]


def _get_image_size(picture: Path) -> tuple[int, int] | None:
    try:
        return read_image_size(picture)
    except LabelsRefused:
        return None  # Reading the image later reports that it is damaged.


def _find_name_file(root: Path) -> Path | None:
    return next((root / name for name in NAME_FILES if (root / name).is_file()), None)


def _read_names(root: Path) -> tuple[tuple[str, ...], dict[Colour, int]]:
    """The classes by index, and their index by colour where a `labelmap.txt` tells colours."""
    file = _find_name_file(root)
    if file is None:
        raise make_refusal(root, " / ".join(NAME_FILES), "no_names")
    if file.name != "labelmap.txt":
        return read_name_file(file), {}
    names, colours = list[str](), dict[Colour, int]()
    for line in read_text(file, MOST_TEXT).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        painted = rest.partition(":")[0].split(",")
        if len(painted) == 3:
            if not all(
                name.strip().isascii() and name.strip().isdigit() and int(name) < 256
                for name in painted
                if len(name) < 9
            ):
                raise make_refusal(file, format_untrusted(line), "colour")
            colours[int(painted[0]), int(painted[1]), int(painted[2])] = len(names)
        names.append(parse_class_name(name, file, format_untrusted(line)))
    return tuple(names), colours


def is_ground_class(name: str) -> bool:
    """Whether a class of this name is what lies between the objects."""
    return name.strip("_ ").lower() in GROUND_NAMES


def _list_things(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in classes if not is_ground_class(name)))


# MVTec AD: `train/good`, `test/DEFECT` and a mask for each image of a defect in
# `ground_truth/DEFECT`. The class of an image is its
# folder, and a mask is held as points inside its regions, which masks of a model are held to.

MASKS, TEST, TRAIN, VALIDATION = "ground_truth", "test", "train", "validation"
PARTS = (TEST, VALIDATION, TRAIN)


def read_mvtec(root: Path, wish: PartWish = NO_WISH) -> LabelSet:
    """The test part of one object, or the part that is named. Raises LabelsRefused, `several` where
    the folder holds several objects."""
    if not _is_object(root):
        objects = [name for name in list_class_folders(root) if _is_object(root / name)]
        raise (
            LabelsRefused(root, "several", ", ".join(objects))
            if objects
            else make_refusal(root, f"{TEST}/{GOOD}/", "no_folder")
        )
    counts = {part: count_images(root / part) for part in PARTS if (root / part).is_dir()}
    part = choose_part(root, counts, wish, preferred=frozenset({TEST}))
    losses, items, names = Counter[str](), [], []
    masks = _find_masks_by_image(root) if part == TEST else {}
    class_by_folder = {
        folder: parse_class_name(folder, root, folder) for folder in list_class_folders(root / part)
    }
    for folder, class_name in class_by_folder.items():
        for name in list_images(root / part / folder):
            mask = masks.get(f"{folder}/{name.rpartition('.')[0]}")
            points = _read_points(root, mask, class_name, losses) if mask else ()
            losses["unmasked"] += part == TEST and class_name != GOOD and not points
            items.append(
                BenchmarkItem(
                    resolve_relative_path(root, f"{part}/{folder}/{name}", root),
                    class_name,
                    points=points,
                )
            )
            names.append(f"{folder}/{name}")
    classes = tuple(sorted({*class_by_folder.values()}, key=lambda name: (name != GOOD, name)))
    return LabelSet(
        "mvtec",
        root,
        classes,
        tuple(items),
        tuple(names),
        SkippedItems(
            part=part, merged=list_merged_classes(class_by_folder), losses=list_losses(losses)
        ),
    )


def is_mvtec_folder(folder: Path) -> bool:
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
        (folder / TRAIN).is_dir()
        and list_class_folders(folder / TRAIN) == [GOOD]
        and (test / GOOD).is_dir()
    )


def _find_masks_by_image(root: Path) -> dict[str, list[str]]:
    """The masks of an image, by its folder and name without ending: `NAME_mask.png`, `NAME.png`, or
    a folder of its own with several."""
    masks: dict[str, list[str]] = {}
    for mask in list_images(root / MASKS):
        parts = mask.split("/")
        stem = parts[1] if len(parts) > 2 else parts[-1].rpartition(".")[0].removesuffix("_mask")
        masks.setdefault(f"{parts[0]}/{stem}", []).append(f"{MASKS}/{mask}")
    return masks


def _read_points(
    root: Path, masks: list[str], name: str, losses: Counter[str]
) -> tuple[Point, ...]:
    """A point in each region of the masks. Raises LabelsRefused for one that cannot be read."""
    from fieldcheck.imaging.codec import read_drawn_pixels

    result: list[Point] = []
    for mask in masks:
        try:
            drawn = read_drawn_pixels(root / resolve_relative_path(root, mask, root))
        except (PictureUnreadable, PathMissing) as error:
            raise make_refusal(root / mask, mask, "mask") from error
        points, specks = find_mask_points(drawn, name)
        result += points
        losses["specks"] += specks
    losses["masks"] += len(result)
    return tuple(result)
