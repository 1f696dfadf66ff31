"""Label folders as the tools of others write them, each with what an import of it must say.

Three images of different shapes, two classes: what is read is compared with `TRUTH`, box by box.
"""

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

CLASSES = ("dent", "scratch")
SIZES = {"img0.jpg": (64, 48), "img1.jpg": (80, 40), "img2.jpg": (32, 32)}
TRUTH = {
    "img0.jpg": (("dent", 8, 6, 16, 12), ("scratch", 30, 20, 20, 10)),
    "img1.jpg": (("scratch", 10, 5, 40, 20),),
    "img2.jpg": (),
}
KINDS = {"img0.jpg": "dent", "img1.jpg": "scratch", "img2.jpg": "dent"}
Text = str | bytes
Files = dict[str, Text]


@dataclass(frozen=True)
class LabelFolder:
    """`at`: what is named, below the folder; `holds`: `boxes`, `classes`, `points`, or nothing
    where it is refused with `problem` and a sentence that has all of `words`. `images`: which of
    the three are read; `losses` and `faults`: what the receipt must say."""

    tool: str
    files: Callable[[], Files]
    holds: str = ""
    at: str = ""
    wish: str = ""
    part: str = ""
    label_format: str = ""
    images: tuple[str, ...] = tuple(SIZES)
    losses: Mapping[str, int] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    outlines: int = 0
    slack: float = 0.01
    problem: str = ""
    words: tuple[str, ...] = ()

    def lay(self, folder: Path) -> Path:
        for name, content in self.files().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return folder / self.at


def picture(name: str) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", SIZES[name], (90, 120, 150))
    image.save(out, "PNG" if name.endswith("png") else "JPEG")
    return out.getvalue()


PICTURES = MappingProxyType({name: picture(name) for name in SIZES})


def pictures(folder: str = "", names: tuple[str, ...] = tuple(SIZES)) -> Files:
    return {f"{folder}/{name}".lstrip("/"): PICTURES[name] for name in names}


def stem(name: str) -> str:
    return name.partition(".")[0]


def mask(
    name: str, classes: tuple[str, ...] = CLASSES, first: int = 1, sort: str = "L", value: int = 0
) -> bytes:
    """The boxes of an image painted with the numbers of their classes, or with one value."""
    width, height = SIZES[name]
    found = np.zeros((height, width), np.uint16 if sort == "I;16" else np.uint8)
    for at, (of, x, y, w, h) in enumerate(TRUTH[name], 1):
        found[y : y + h, x : x + w] = value or (
            1000 + at if sort == "I;16" else classes.index(of) + first
        )
    image = Image.fromarray(found)
    if sort == "P":
        image = Image.fromarray(found, "P")
        image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0] + [0] * 756)
    if sort == "RGB":
        colours = np.zeros((256, 3), np.uint8)
        colours[1:3] = (250, 50, 83), (51, 221, 255)
        image = Image.fromarray(colours[found])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


# YOLO


def yolo_line(name: str, box: tuple[str, float, float, float, float], kind: str = "box") -> str:
    (width, height), (of, x, y, w, h) = SIZES[name], box
    middle = (
        f"{(x + w / 2) / width:.6f} {(y + h / 2) / height:.6f} {w / width:.6f} {h / height:.6f}"
    )
    corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    if kind == "outline":
        corners = [(x, y), (x + w, y), (x + w, y + h), (x + w / 2, y + h), (x, y + h / 2)]
    if kind == "turned":
        side, middle_x, middle_y = min(w, h) / 2, x + w / 2, y + h / 2
        corners = [
            (middle_x, middle_y - side),
            (middle_x + side, middle_y),
            (middle_x, middle_y + side),
            (middle_x - side, middle_y),
        ]
    figures = {
        "box": middle,
        "pose": f"{middle} "
        + " ".join(f"{px / width:.6f} {py / height:.6f} 2" for px, py in corners[:2]),
        "sure": f"{middle} 0.913",
    }.get(kind) or " ".join(f"{px / width:.6f} {py / height:.6f}" for px, py in corners)
    return f"{CLASSES.index(of)} {figures}\n"


def yolo_texts(
    folder: str, kind: str = "box", names: tuple[str, ...] = tuple(SIZES), ends: str = "\n"
) -> Files:
    return {
        f"{folder}/{stem(name)}.txt".lstrip("/"): "".join(
            yolo_line(name, box, kind) for box in TRUTH[name]
        ).replace("\n", ends)
        for name in names
    }


def yolo(yaml: str, *parts: str, kind: str = "box", file: str = "data.yaml") -> Files:
    """The three images in each part, as `part/images` and `part/labels`."""
    found: Files = {file: yaml}
    for part in parts:
        found |= pictures(f"{part}/images") | yolo_texts(f"{part}/labels", kind)
    return found


NAMES = "names: ['dent', 'scratch']\nnc: 2\n"
BOTH = f"train: images/train\nval: images/val\n{NAMES}"
ROBOFLOW = (
    "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: "
    f"2\n{NAMES.partition('nc')[0]}"
) + ("roboflow:\n  workspace: a\n  project: b\n  version: 1\n  license: CC BY 4.0\n")


def ultralytics(
    yaml: str, kind: str = "box", places: tuple[str, ...] = ("train", "val"),
    file: str = "data.yaml",
) -> Files:  # fmt: skip
    found: Files = {file: yaml}
    for place in places:
        found |= pictures(f"images/{place}") | yolo_texts(f"labels/{place}", kind)
    return found


def one_wide_box() -> Files:
    found = ultralytics(
        "path: .\ntrain: images/train\nval: images/val\nnames: {0: dent, 1: scratch}\n"
    )
    return found | {"labels/val/img2.txt": "0 0.508500 0.5 1.017 0.4\n"}


def cvat_yolo() -> Files:
    listed = "".join(f"data/obj_train_data/{name}\n" for name in SIZES)
    data = "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n"
    beside: Files = {"obj.names": "dent\nscratch\n", "obj.data": data, "train.txt": listed}
    return beside | pictures("obj_train_data") | yolo_texts("obj_train_data")


def cvat_ultralytics() -> Files:
    listed = "".join(f"images/train/{name}\n" for name in SIZES)
    beside: Files = {
        "data.yaml": "names:\n  0: dent\n  1: scratch\npath: .\ntrain: train.txt\n",
        "train.txt": listed,
    }
    return beside | pictures("images/train") | yolo_texts("labels/train")


def label_studio_yolo() -> Files:
    classes = [{"id": 0, "name": "dent"}, {"id": 1, "name": "scratch"}]
    notes = {"categories": classes, "info": {"year": 2025, "contributor": "Label Studio"}}
    texts = {"classes.txt": "dent\nscratch", "notes.json": json.dumps(notes, indent=2)}
    return texts | pictures("images") | yolo_texts("labels")


def darknet() -> Files:
    found: Files = {}
    for part in ("train", "valid"):
        found |= {f"{part}/_darknet.labels": "dent\nscratch\n"} | pictures(part) | yolo_texts(part)
    return found


# Pascal VOC


def voc_object(
    box: tuple[str, float, float, float, float], more: str = "", pose: str = "Unspecified",
    difficult: int = 0,
) -> str:  # fmt: skip
    of, x, y, w, h = box
    return (
        f"\t<object>\n\t\t<name>{of}</name>\n\t\t<pose>{pose}</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>{difficult}</difficult>\n"
        f"\t\t<bndbox>\n\t\t\t<xmin>{x}</xmin>\n\t\t\t<ymin>{y}</ymin>\n\t\t\t<xmax>{x + w}</xmax>\n\t\t\t<ymax>{y + h}</ymax>\n"
        f"\t\t</bndbox>\n{more}\t</object>\n"
    )


def voc(
    folder: str, begin: str = "<annotation>", more: str = "", pose: str = "Unspecified",
    head: str = "", said: Callable[[str], str] = str,
) -> Files:  # fmt: skip
    return {
        f"{folder}/{stem(name)}.xml".lstrip("/"): head
        + f"{begin}\n\t<folder>images</folder>\n\t<filename>{said(name)}</filename>\n\t<size>\n\t\t<width>{width}</width>\n"
        f"\t\t<height>{height}</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n"
        + "".join(voc_object(box, more, pose) for box in TRUTH[name])
        + "</annotation>\n"
        for name, (width, height) in SIZES.items()
    }


PART = "\t\t<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>3</xmax><ymax>3</ymax></bndbox></part>\n"
TURN = (
    "\t\t<attributes><attribute><name>rotation</name><value>30.0</value></attribute></attributes>\n"
)
COLOUR = (
    "\t\t<attributes><attribute><name>colour</name><value>red</value></attribute></attributes>\n"
)


def voc_part(part: str) -> Files:
    return pictures(part) | voc(part)


def labelme_xml() -> Files:
    points = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((8, 6), (24, 6), (24, 18)))
    return pictures("default") | {
        "default/img0.xml": "<annotation><filename>img0.jpg</filename><object><name>dent</name><deleted>0</deleted><polygon>"
        f"<id>0</id>{points}</polygon></object></annotation>"
    }


def cvat_masks() -> Files:
    found: Files = {
        "labelmap.txt": (
            "# "
            "label:color_rgb:parts:actions\nbackground:0,0,0::\ndent:250,50,83::\nscratch:51,221,255::\n"
        ),
        "ImageSets/Segmentation/default.txt": "img0\nimg1\nimg2\n",
    }
    for name in SIZES:
        found[f"SegmentationClass/{stem(name)}.png"] = mask(name, sort="RGB")
        found[f"SegmentationObject/{stem(name)}.png"] = mask(name, sort="RGB")
    return found | pictures("JPEGImages")


# COCO


def coco(
    folder: str = "", first: int = 1, root: str = "",
    row: Callable[[int, dict], dict] = lambda _, one: one, **more: object,
) -> str:  # fmt: skip
    """A COCO file. `root`: a class above the others (Roboflow); `row` changes an annotation."""
    categories = [{"id": 0, "name": root, "supercategory": "none"}] if root else []
    categories += [
        {"id": first + at, "name": name, "supercategory": root} for at, name in enumerate(CLASSES)
    ]
    annotations: list[dict] = []
    for number, name in enumerate(SIZES, 1):
        for of, x, y, w, h in TRUTH[name]:
            one = {
                "id": len(annotations) + 1, "image_id": number,
                "category_id": first + CLASSES.index(of), "bbox": [x, y, w, h],
                "area": w * h, "segmentation": [], "iscrowd": 0,
            }  # fmt: skip
            annotations.append(row(len(annotations), one))
    images = [
        {
            "id": number,
            "file_name": folder + name,
            "width": SIZES[name][0],
            "height": SIZES[name][1],
            "license": 1,
        }
        for number, name in enumerate(SIZES, 1)
    ]
    terms = [{"id": 1, "url": "", "name": "CC BY 4.0"}]
    info = {"info": {"year": "2025", "version": "1"}, "licenses": terms}
    document = (
        info | {"images": images, "annotations": annotations, "categories": categories} | more
    )
    return json.dumps(document)


def outlined(_: int, one: dict) -> dict:
    x, y, w, h = one["bbox"]
    return one | {"segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]]}


def posed(_: int, one: dict) -> dict:
    x, y, w, h = one["bbox"]
    return one | {"keypoints": [x, y, 2, x + w, y + h, 2], "num_keypoints": 2}


def turned(at: int, one: dict) -> dict:
    return one | {"attributes": {"occluded": False, "rotation": 30.0 if at == 0 else 0.0}}


def coloured(_: int, one: dict) -> dict:
    return one | {"attributes": {"occluded": False, "colour": "red"}}


def panoptic() -> str:
    rows = [
        {"image_id": 1, "file_name": "img0.png",
         "segments_info": [{"id": 5, "category_id": 1, "bbox": [8, 6, 16, 12]}]},
    ]  # fmt: skip
    return coco(annotations=rows)


def cvat_coco(row: Callable[[int, dict], dict]) -> Files:
    return pictures("images/default") | {"annotations/instances_default.json": coco(row=row)}


def roboflow_coco(ending: str = "_annotations.coco.json") -> Files:
    found: Files = {"README.roboflow.txt": "x"}
    for part in ("train", "valid", "test"):
        found |= pictures(part) | {f"{part}/{ending}": coco(root="parts")}
    return found


# CVAT


def cvat_image(at: int, name: str, shapes: str) -> str:
    width, height = SIZES[name]
    return (
        f'  <image id="{at}" name="{name}" width="{width}" height="{height}">\n{shapes}  </image>\n'
    )


def cvat_box(box: tuple[str, float, float, float, float], more: str = "", inner: str = "") -> str:
    of, x, y, w, h = box
    return (
        f'    <box label="{of}" source="manual" occluded="0" xtl="{x:.2f}" ytl="{y:.2f}" '
        f'xbr="{x + w:.2f}" ybr="{y + h:.2f}" z_order="0"'
        f"{more}>{inner}</box>\n"
    )


def cvat_tags() -> str:
    """A tag for two of the images, none for the third."""
    names = ("img0.jpg", "img1.jpg")
    tags = {name: f'    <tag label="{KINDS[name]}" source="manual"></tag>\n' for name in names}
    images = "".join(cvat_image(at, one, tags.get(one, "")) for at, one in enumerate(SIZES))
    return f"<annotations>\n{CVAT_META}" + images + "</annotations>\n"


def cvat_outline(box: tuple[str, float, float, float, float]) -> str:
    of, x, y, w, h = box
    cases = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    corners = ";".join(f"{px:.2f},{py:.2f}" for px, py in cases)
    return (
        f'    <polygon label="{of}" source="manual" occluded="0" points="{corners}" '
        'z_order="0"></polygon>\n'
    )


CVAT_META = (
    "  <version>1.1</version>\n  <meta>\n    <task>\n      <id>5</id>\n      <labels>\n"
    + "".join(
        (
            "        "
            f"<label><name>{name}</name><color>#fa3253</color><attributes></attributes></label>\n"
        )
        for name in CLASSES
    )
    + "      </labels>\n    </task>\n    <dumped>2025-01-01</dumped>\n  </meta>\n"
)


def cvat(
    shape: Callable[[tuple[str, float, float, float, float]], str] = cvat_box,
    extra: str = "",
    meta: str = CVAT_META,
) -> str:
    images = "".join(
        cvat_image(at, name, "".join(shape(box) for box in TRUTH[name]) + extra)
        for at, name in enumerate(SIZES)
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n{meta}{images}</annotations>\n'


TRACK = (
    '  <track id="0" label="dent" source="manual">\n    <box frame="0" keyframe="1" '
    'outside="0" occluded="0" xtl="8" ytl="6" xbr="24" '
    'ybr="18" z_order="0"></box>\n  </track>\n'
)

# Label Studio


def studio_value(name: str, box: tuple[str, float, float, float, float], kind: str) -> dict:
    (width, height), (of, x, y, w, h) = SIZES[name], box
    if kind == "polygonlabels":
        corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
        points = [[100 * px / width, 100 * py / height] for px, py in corners]
        return {"points": points, "closed": True, kind: [of]}
    return {
        "x": 100 * x / width, "y": 100 * y / height, "width": 100 * w / width,
        "height": 100 * h / height, "rotation": 0, kind: [of],
    }  # fmt: skip


def studio(kind: str = "rectanglelabels") -> str:
    tasks = []
    for at, (name, size) in enumerate(SIZES.items(), 1):
        result = [
            {
                "original_width": size[0], "original_height": size[1], "image_rotation": 0,
                "id": f"r{at}{n}", "from_name": "label",
                "to_name": "image", "type": kind, "origin": "manual",
                "value": studio_value(name, box, kind),
            }
            for n, box in enumerate(TRUTH[name])
        ]  # fmt: skip
        if kind == "choices":
            result = [
                {
                    "value": {"choices": [KINDS[name]]}, "id": "c", "from_name": "c",
                    "to_name": "image", "type": "choices",
                },
            ]  # fmt: skip
        annotation = {
            "id": at, "completed_by": 1, "result": result, "was_cancelled": False,
            "ground_truth": False, "lead_time": 3.1,
        }  # fmt: skip
        tasks.append({
            "id": at,
            "annotations": [annotation],
            "file_upload": f"1a2b3c4d-{name}",
            "drafts": [],
            "predictions": [],
            "data": {"image": f"/data/upload/1/1a2b3c4d-{name}"},
            "meta": {},
            "project": 1,
        })  # fmt: skip
    return json.dumps(tasks)


STUDIO_MIN = json.dumps([
    {"image": "/data/upload/1/1a2b3c4d-img0.jpg", "id": 1,
     "label": [{"x": 12.5, "y": 12.5, "width": 25, "height": 25, "rotation": 0,
                "rectanglelabels": ["dent"], "original_width": 64, "original_height": 48}],
     "annotator": 1, "annotation_id": 1, "created_at": "2025-01-01T00:00:00Z",
     "updated_at": "2025-01-01T00:00:00Z", "lead_time": 3.1},
])  # fmt: skip

# labelme


def labelme(
    kind: str = "rectangle", flags: bool = False, sort: bool = False, data: bool = False,
    extra: tuple[dict, ...] = (),
) -> Files:  # fmt: skip
    found: Files = {}
    for name, size in SIZES.items():
        shapes: list[dict] = []
        for of, x, y, w, h in TRUTH[name] if not flags else ():
            corners = (
                [[x, y], [x + w, y + h]]
                if kind == "rectangle"
                else [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]
            )
            shape = {
                "label": of, "points": corners, "group_id": None, "shape_type": kind, "flags": {},
                "mask": None,
            }  # fmt: skip
            shapes.append(shape)
        document = {
            "version": "5.5.0", "flags": {KINDS[name]: True, "other": False} if flags else {},
            "shapes": [*shapes, *extra],
            "imagePath": name,
            "imageData": base64.b64encode(b"\xff\xd8" + b"\0" * 90_000).decode() if data else None,
            "imageHeight": size[1], "imageWidth": size[0],
        }  # fmt: skip
        found[f"{stem(name)}.json"] = json.dumps(document, sort_keys=sort, indent=2)
    return found | pictures()


LINE = {
    "label": "dent", "points": [[1, 1], [5, 5]], "group_id": None, "shape_type": "line",
    "flags": {},
}  # fmt: skip

# Folders, masks, tables


def class_folders(*parts: str) -> Files:
    found: Files = {}
    for part in parts or ("",):
        for name, of in KINDS.items():
            found |= pictures(f"{part}/{of}".lstrip("/"), (name,))
    return found


def mask_folders(
    images: str = "images", masks: str = "masks", ending: str = "", names: str = "classes.txt",
    **more: object,
) -> Files:  # fmt: skip
    found = pictures(images) | {
        f"{masks}/{stem(name)}{ending}.png": mask(name, **more) for name in SIZES
    }  # type: ignore[arg-type]
    return found | ({names: "background\ndent\nscratch\n"} if names else {})


def mvtec(root: str = "") -> Files:
    at = f"{root}/" if root else ""
    found = pictures(f"{at}train/good", ("img2.jpg",)) | pictures(f"{at}test/good", ("img2.jpg",))
    found |= pictures(f"{at}test/dent", ("img0.jpg",)) | pictures(
        f"{at}test/scratch", ("img1.jpg",)
    )
    for name, of in (("img0.jpg", "dent"), ("img1.jpg", "scratch")):
        found[f"{at}ground_truth/{of}/{stem(name)}_mask.png"] = mask(name, value=255)
    return found | {f"{at}license.txt": "CC BY-NC-SA", f"{at}readme.txt": "MVTec AD"}


TF_HEADER = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
OPEN_HEADER = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
KITTI_LINE = "Car 0.00 0 -1.58 8.00 6.00 24.00 18.00 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n"
DOTA = "imagesource:GoogleEarth\ngsd:0.1\n8 6 24 6 24 18 8 18 dent 0\n"
VIA_REGION = {
    "shape_attributes": {"name": "rect", "x": 8, "y": 6, "width": 16, "height": 12},
    "region_attributes": {"type": "dent"},
}
VIA_IMAGE = {
    "img0.jpg123": {
        "filename": "img0.jpg", "size": 123, "regions": [VIA_REGION], "file_attributes": {},
    },
}  # fmt: skip


def own_csv() -> str:
    rows = [
        f"{name},{of},{x},{y},{w},{h}" for name, boxes in TRUTH.items() for of, x, y, w, h in boxes
    ]
    return "\n".join(["file,class,x,y,w,h", *rows, "img2.jpg,,,,,", ""])


def split(files: Callable[[str], Files], *parts: str) -> Files:
    return {name: content for part in parts for name, content in files(part).items()}


def unread(
    tool: str, name: str, files: Callable[[], Files], instead: str, at: str = ""
) -> LabelFolder:
    words = (name, f"Export the labels as {instead}")
    return LabelFolder(tool, files, at=at, problem="other_format", words=words)


YOLO_FOLDERS = (
    LabelFolder("Ultralytics data.yaml, train and val",
                lambda: ultralytics(f"path: .\ntrain: images/train\nval: images/val\n{NAMES}"),
                "boxes", part="val"),
    LabelFolder("Ultralytics data.yaml, by file", lambda: ultralytics(BOTH), "boxes", "data.yaml",
                part="val"),
    LabelFolder("Ultralytics data.yaml, train and test",
                lambda: ultralytics(f"train: images/train\ntest: images/test\n{NAMES}",
                                    places=("train", "test")), "boxes", part="test"),
    LabelFolder("Ultralytics data.yaml, training alone",
                lambda: ultralytics(f"train: images/train\n{NAMES}", places=("train",)),
                problem="part", words=("train: 3", "--part PART")),
    LabelFolder("Ultralytics data.yaml, training alone and wanted",
                lambda: ultralytics(f"train: images/train\n{NAMES}", places=("train",)), "boxes",
                wish="train", part="train"),
    LabelFolder("Ultralytics data.yaml with paths of another machine",
                lambda: ultralytics(f"train: /home/a/set/images/train\nval: images/val\n{NAMES}"),
                "boxes", part="val"),
    LabelFolder("Ultralytics coco128.yaml, one folder for both parts", lambda: ultralytics(
        f"path: ../datasets/coco128\ntrain: images/train2017\nval: images/train2017\n{NAMES}",
        places=("train2017",), file="coco128.yaml"),
        "boxes", part="val"),
    LabelFolder("settings of a program that name classes",
                lambda: ultralytics(f"{NAMES}lr0: 0.01\nepochs: 3\n", file="config.yaml"),
                at="config.yaml", problem="malformed", words=("names no images", "config.yaml")),
    LabelFolder("Ultralytics segmentation", lambda: ultralytics(BOTH, "outline"), "boxes",
                part="val", outlines=3),
    LabelFolder("Ultralytics pose", lambda: ultralytics(BOTH + "kpt_shape: [2, 3]\n", "pose"),
                "boxes", part="val", losses={"keypoints": 3}),
    LabelFolder("Ultralytics OBB", lambda: ultralytics(BOTH, "turned"), problem="turned_boxes",
                words=("YOLO OBB",)),
    LabelFolder("Ultralytics predictions with confidences", lambda: ultralytics(BOTH, "sure"),
                problem="malformed", words=("a line is neither a box nor a polygon", "img0.txt:1")),
    LabelFolder("one box wider than its image", one_wide_box, "boxes", part="val",
                images=("img0.jpg", "img1.jpg"), faults={"unfit": 1}),
    LabelFolder("Roboflow YOLOv8", lambda: yolo(ROBOFLOW, "train", "valid", "test"), "boxes",
                part="val"),
    LabelFolder("Roboflow YOLOv8, the test part", lambda: yolo(ROBOFLOW, "train", "valid", "test"),
                "boxes", wish="test", part="test"),
    LabelFolder("Roboflow YOLOv8, the folder of a part",
                lambda: yolo(ROBOFLOW, "train", "valid", "test"), "boxes", "valid"),
    LabelFolder("Roboflow YOLOv5 without a validation part",
                lambda: yolo(ROBOFLOW, "train", "test"), "boxes", part="test",
                faults={"absent_parts": 1}),
    LabelFolder("Roboflow YOLOv8, training alone", lambda: yolo(ROBOFLOW, "train"), problem="part",
                words=("train: 3",)),
    LabelFolder("Roboflow Darknet", darknet, problem="part", words=("train: 3, valid: 3",)),
    LabelFolder("Roboflow Darknet, the validation part", darknet, "boxes", wish="val",
                part="valid"),
    unread("Roboflow YOLOv4 PyTorch", "YOLOv4 PyTorch",
           lambda: pictures("train") | {"train/_annotations.txt": "img0.jpg 8,6,24,18,0\n",
                                        "train/_classes.txt": "dent\nscratch\n"}, "YOLO"),
    LabelFolder("LabelImg YOLO",
                lambda: {"classes.txt": "dent\nscratch\n"} | pictures() | yolo_texts(""), "boxes"),
    LabelFolder("LabelImg YOLO of Windows",
        lambda: {"classes.txt": "dent\r\nscratch\r\n"} | pictures() | yolo_texts("", ends="\r\n"),
        "boxes"),
    LabelFolder("CVAT YOLO 1.1", cvat_yolo, "boxes"),
    LabelFolder("CVAT Ultralytics YOLO 1.0", cvat_ultralytics, problem="part", words=("train: 3",)),
    LabelFolder("CVAT Ultralytics YOLO 1.0, the only part", cvat_ultralytics, "boxes", wish="train",
                part="train"),
    LabelFolder("Label Studio YOLO", label_studio_yolo, "boxes"),
    LabelFolder("YOLO in parts without a data file",
                lambda: ultralytics("dent\nscratch\n", file="classes.txt"), problem="part",
                words=("train: 3, val: 3",)),
    LabelFolder("YOLO without class names", lambda: pictures("images") | yolo_texts("labels"),
                problem="malformed", words=("classes.txt",)),
)  # fmt: skip

VOC_FOLDERS = (
    LabelFolder("LabelImg Pascal VOC", lambda: pictures() | voc(""), "boxes"),
    LabelFolder("LabelImg Pascal VOC, verified",
                lambda: pictures() | voc("", '<annotation verified="yes">'), "boxes"),
    LabelFolder("LabelImg Pascal VOC, one verified file",
                lambda: pictures() | voc("", '<annotation verified="yes">'), "boxes", "img0.xml",
                images=("img0.jpg",)),
    LabelFolder("Pascal VOC with a comment before it",
                lambda: pictures() | voc("",
                                         head='<?xml version="1.0"?>\n<!-- <annotations> -->\n'),
                "boxes"),
    LabelFolder("Pascal VOC 2007", lambda: pictures("JPEGImages") | voc("Annotations",
        pose="Left") | {"ImageSets/Main/val.txt": "img0\n"},
        "boxes", losses={"attributes": 3}),
    LabelFolder("Pascal VOC 2012 with parts of people",
                lambda: pictures("JPEGImages") | voc("Annotations", more=PART), "boxes",
                losses={"object_parts": 3}),
    LabelFolder("ImageNet localisation", lambda: pictures("images") | voc("Annotations", said=stem),
                "boxes"),
    LabelFolder("CVAT Pascal VOC with turned boxes",
                lambda: pictures("JPEGImages") | voc("Annotations", more=TURN), "boxes",
                losses={"turned": 3}),
    LabelFolder("CVAT Pascal VOC with attributes",
                lambda: pictures("JPEGImages") | voc("Annotations", more=COLOUR), "boxes",
                losses={"attributes": 3}),
    LabelFolder("Label Studio Pascal VOC", lambda: pictures("images") | voc("Annotations"),
                "boxes"),
    LabelFolder("Roboflow Pascal VOC", lambda: split(voc_part, "train", "valid"), problem="part",
                words=("train: 3, valid: 3",)),
    LabelFolder("Roboflow Pascal VOC, the validation part",
                lambda: split(voc_part, "train", "valid"), "boxes", wish="valid", part="valid"),
    LabelFolder("Roboflow Pascal VOC, training alone", lambda: split(voc_part, "train"),
                problem="part", words=("train: 3",)),
    unread("CVAT LabelMe 3.0", "LabelMe XML", labelme_xml, "Pascal VOC", "default"),
    LabelFolder("CVAT segmentation masks", cvat_masks, "points", losses={"masks": 3}),
)  # fmt: skip

COCO_FOLDERS = (
    LabelFolder("CVAT COCO",
                lambda: pictures("images/default") | {"annotations/instances_default.json": coco()},
                "boxes", images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT COCO with attributes", lambda: cvat_coco(row=coloured), "boxes",
                images=("img0.jpg", "img1.jpg"), losses={"attributes": 3},
                faults={"unlabelled": 1}),
    LabelFolder("CVAT COCO with turned boxes", lambda: cvat_coco(row=turned), "boxes",
                images=("img0.jpg", "img1.jpg"), losses={"turned": 1}, faults={"unlabelled": 1}),
    LabelFolder("Roboflow COCO", roboflow_coco, problem="part",
                words=("test: 3, train: 3, valid: 3",)),
    LabelFolder("Roboflow COCO, the test part", roboflow_coco, "boxes", wish="test", part="test",
                images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("Roboflow COCO, a file of a part", roboflow_coco, "boxes",
                "valid/_annotations.coco.json", images=("img0.jpg", "img1.jpg"),
                faults={"unlabelled": 1}),
    LabelFolder("COCO 2017, validation",
                lambda: pictures("val2017") | {"annotations/instances_val2017.json": coco()},
                "boxes", images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("COCO 2017, both parts",
                lambda: pictures("val2017") | {"annotations/instances_val2017.json": coco(),
                                               "annotations/instances_train2017.json": coco()},
                problem="several", words=("instances_train2017.json, instances_val2017.json",)),
    LabelFolder("COCO key points", lambda: pictures("val2017") | {
        "annotations/person_keypoints_val2017.json": coco(row=posed)}, "boxes",
        images=("img0.jpg", "img1.jpg"), losses={"keypoints": 3}, faults={"unlabelled": 1}),
    LabelFolder("COCO outlines (labelme2coco)",
                lambda: pictures() | {"dataset.json": coco(row=outlined)}, "boxes",
                images=("img0.jpg", "img1.jpg"), losses={"masks": 3}, faults={"unlabelled": 1}),
    LabelFolder("Label Studio COCO",
                lambda: pictures("images") | {"result.json": coco("images/", first=0)}, "boxes",
                images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("COCO of Windows paths",
                lambda: pictures("images") | {"result.json": coco("images\\")}, "boxes",
                images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("COCO with a class called shapes",
                lambda: pictures() | {"a.json": coco(root="shapes")}, "boxes",
                images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    unread("COCO panoptic", "COCO panoptic",
           lambda: pictures("val2017") | {"annotations/panoptic_val2017.json": panoptic()},
           "COCO instances"),
    unread("COCO captions", "COCO captions",
        lambda: pictures("val2017") | {"annotations/captions_val2017.json": coco(
        annotations=[{"id": 1, "image_id": 1, "caption": "a dent"}], categories=[])},
            "COCO instances"),
    unread("COCO results", "COCO results", lambda: pictures() | {"results.json": json.dumps([
        {"image_id": 1, "category_id": 1, "bbox": [8, 6, 16, 12], "score": 0.9}])},
            "COCO instances"),
)  # fmt: skip

CVAT_FOLDERS = (
    LabelFolder("CVAT for images 1.1", lambda: pictures("images") | {"annotations.xml": cvat()},
                "boxes", images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT for images 1.0",
                lambda: pictures() | {"a.xml": cvat(meta="").replace(' source="manual"', "")},
                "boxes", images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT polygons",
                lambda: pictures("images") | {"annotations.xml": cvat(cvat_outline)}, "boxes",
                losses={"masks": 3}, images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT attributes", lambda: pictures("images") | {"annotations.xml": cvat(
        lambda box: cvat_box(box, inner='<attribute name="colour">red</attribute>'))}, "boxes",
        losses={"attributes": 3},
        images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT skeletons, cuboids and lines",
        lambda: pictures("images") | {"annotations.xml": cvat(
        extra=('    <polyline label="dent" points="1,1;2,2"></polyline>\n    <skeleton '
            'label="dent"></skeleton>\n'))}, "boxes",
        losses={"shapes": 6}, images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT tags", lambda: pictures("images") | {"annotations.xml": cvat_tags()},
                "classes", images=("img0.jpg", "img1.jpg"), faults={"unlabelled": 1}),
    LabelFolder("CVAT boxes without a label", lambda: pictures("images") | {
        "annotations.xml": cvat(lambda box: cvat_box(("", *box[1:])))},
        problem="malformed", words=("a class name is missing", "(img0.jpg)")),
    unread("CVAT for video 1.1", "CVAT for video",
           lambda: pictures("images") | {"annotations.xml": f"<annotations>\n{CVAT_META}{TRACK}"
                                         "</annotations>\n"}, "CVAT for images 1.1"),
    unread("CVAT MOT 1.1", "MOT",
           lambda: pictures("img1") | {"gt/gt.txt": "1,1,8,6,16,12,1,1,1.0\n",
                                       "gt/labels.txt": "dent\n"}, "CVAT for images 1.1"),
    unread("CVAT KITTI 1.0", "KITTI",
           lambda: pictures("default/image_2") | {"default/label_2/img0.txt": KITTI_LINE}, "COCO"),
    unread("CVAT Open Images 6", "Open Images",
           lambda: pictures("images") | {"annotations/a-annotations-bbox.csv": OPEN_HEADER},
           "COCO"),
    unread("CVAT WIDER Face", "WIDER FACE", lambda: pictures("WIDER_default/images/0--dent") | {
        "wider_face_split/wider_face_default_bbx_gt.txt": "0--dent/img0.jpg\n1\n8 6 16 12 0 0 0 0 0 0\n"}, "COCO"),
    unread("CVAT CamVid 1.0", "CamVid",
        lambda: pictures("default") | {"defaultannot/img0.png": mask("img0.jpg", sort="RGB"),
        "label_colors.txt": "0 0 0 background\n250 50 83 dent\n",
        "default.txt": "default/img0.jpg defaultannot/img0.png\n"},
        "CVAT for images 1.1"),
    unread("CVAT Datumaro", "Datumaro",
        lambda: pictures("images/default") | {"annotations/default.json": json.dumps({
        "dm_format_version": "1.0", "info": {},
        "categories": {"label": {"labels": [{"name": "dent", "parent": "", "attributes": []}]}},
        "items": [{"id": "img0", "annotations": [{"id": 0, "type": "bbox", "label_id": 0,
            "bbox": [8, 6, 16, 12]}]}]})}, "COCO"),
)  # fmt: skip

TOOL_FOLDERS = (
    LabelFolder("Label Studio JSON", lambda: pictures() | {"export.json": studio()}, "boxes"),
    LabelFolder("Label Studio JSON, polygons",
                lambda: pictures() | {"export.json": studio("polygonlabels")}, "boxes",
                losses={"masks": 3}),
    LabelFolder("Label Studio JSON, choices",
                lambda: pictures() | {"export.json": studio("choices")}, "classes"),
    unread("Label Studio JSON-MIN", "Label Studio JSON-MIN",
           lambda: pictures() | {"export.json": STUDIO_MIN}, "Label Studio JSON"),
    LabelFolder("Label Studio CSV", lambda: pictures() | {
        "export.csv": "annotation_id,annotator,created_at,id,image,label,lead_time,updated_at\n"},
        at="export.csv",
        problem="columns", words=("file,class",)),
    LabelFolder("labelme", labelme, "boxes", slack=0.01),
    LabelFolder("labelme polygons", lambda: labelme("polygon"), "boxes", losses={"masks": 3}),
    LabelFolder("labelme with sorted keys and the image in the file",
                lambda: labelme(sort=True, data=True), "boxes"),
    LabelFolder("labelme lines", lambda: labelme(extra=(LINE,)), "boxes", losses={"shapes": 3}),
    LabelFolder("labelme flags", lambda: labelme(flags=True), "classes"),
    unread("VGG Image Annotator project", "VGG Image Annotator",
        lambda: pictures() | {"via.json": json.dumps(
        {"_via_settings": {"ui": {}}, "_via_img_metadata": VIA_IMAGE, "_via_attributes": {}})},
            "COCO"),
    unread("VGG Image Annotator JSON", "VGG Image Annotator",
           lambda: pictures() | {"via_region_data.json": json.dumps(VIA_IMAGE)}, "COCO"),
    unread("VGG Image Annotator CSV", "VGG Image Annotator", lambda: pictures() | {"via.csv":
        "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes\n"}, "COCO"),
    unread("Roboflow CreateML", "CreateML", lambda: split(
        lambda part: pictures(part) | {f"{part}/_annotations.createml.json": json.dumps([
        {"image": "img0.jpg", "annotations": [{"label": "dent",
            "coordinates": {"x": 16, "y": 12, "width": 16, "height": 12}}]}])},
        "train", "valid"), "COCO"),
    unread("Roboflow TensorFlow CSV", "TensorFlow CSV",
        lambda: split(lambda part: pictures(part) | {f"{part}/_annotations.csv":
        TF_HEADER + "img0.jpg,64,48,dent,8,6,24,18\n"}, "train", "valid"), "COCO"),
    unread("Roboflow TFRecord", "TFRecord",
           lambda: {"train/parts.tfrecord": b"\0\1", "train/parts_label_map.pbtxt": "item {}"},
           "COCO"),
    unread("Roboflow multi-label", "Roboflow multi-label",
        lambda: pictures("train") | {"train/_classes.csv":
        "filename, dent, scratch\nimg0.jpg, 1, 1\n"}, "CSV (file,class)"),
    unread("Roboflow semantic masks", "Roboflow masks",
        lambda: pictures("train") | {"train/_classes.csv":
        "Pixel Value, Class\n0, background\n1, dent\n", "train/img0_mask.png": mask("img0.jpg")},
        "COCO"),
    unread("Roboflow PaliGemma", "JSON lines",
        lambda: {"dataset/_annotations.train.jsonl": '{"image": "img0.jpg", "suffix": "x"}\n'}
        | pictures("dataset"), "COCO"),
    unread("Supervisely", "Supervisely",
        lambda: pictures("ds0/img") | {"meta.json": json.dumps({"classes": [], "tags": []}),
        "ds0/ann/img0.jpg.json": json.dumps({"description": "", "tags": [],
        "size": {"height": 48, "width": 64}, "objects": []})}, "COCO"),
    unread("V7 Darwin", "V7 Darwin", lambda: pictures() | {
        "img0.json": json.dumps({"version": "2.0", "schema_ref": "x", "item": {
        "name": "img0.jpg"}, "annotations": []})}, "COCO"),
    unread("Hasty", "Hasty", lambda: pictures() | {"export.json": json.dumps({"project_name": "a",
        "export_format_version": "1.1",
        "label_classes": [], "images": []})}, "COCO"),
    unread("Labelbox", "Labelbox", lambda: pictures() | {"export.ndjson": '{"data_row": {}}\n'},
           "COCO"),
    unread("SageMaker Ground Truth", "SageMaker Ground Truth",
           lambda: pictures() | {"output.manifest": '{"source-ref": "s3://a"}\n'}, "COCO"),
    unread("BDD100K", "BDD100K",
           lambda: pictures() | {"det_val.json": json.dumps([{"name": "img0.jpg", "labels": []}])},
           "COCO"),
    unread("Cityscapes", "Cityscapes",
        lambda: pictures("leftImg8bit/val/a") | {"gtFine/val/a_gtFine_polygons.json": json.dumps(
        {"imgHeight": 48, "imgWidth": 64, "objects": []})}, "COCO"),
    unread("KITTI", "KITTI",
           lambda: pictures("training/image_2") | {"training/label_2/img0.txt": KITTI_LINE},
           "COCO"),
    unread("KITTI tracklets", "KITTI tracklets",
        lambda: pictures("image_02") | {"tracklet_labels.xml":
        ('<?xml version="1.0"?>\n<!DOCTYPE boost_serialization>\n<boost_serialization '
            'version="9"></boost_serialization>\n')},
        "CVAT for images 1.1"),
    unread("DOTA", "DOTA", lambda: pictures("images") | {"labelTxt/img0.txt": DOTA}, "COCO"),
    unread("Open Images", "Open Images",
           lambda: pictures("validation") | {"validation-annotations-bbox.csv": OPEN_HEADER},
           "COCO"),
    unread("Hugging Face Parquet", "Parquet",
           lambda: {"data/train-00000-of-00001.parquet": b"PAR1"}, "COCO"),
    LabelFolder("Keras RetinaNet CSV",
                lambda: pictures() | {"annotations.csv": "img0.jpg,8,6,24,18,dent\n"},
                at="annotations.csv", problem="columns", words=("file,class",)),
    LabelFolder("the CSV of this program", lambda: pictures() | {"labels.csv": own_csv()}, "boxes"),
)  # fmt: skip

FOLDERS_OF_CLASSES = (
    LabelFolder("folders of classes", class_folders, "classes"),
    LabelFolder("folders of classes inside one folder", lambda: class_folders("castings"),
                "classes"),
    LabelFolder("folders of classes in parts", lambda: class_folders("train", "val", "test"),
                problem="part", words=("test: 3, train: 3, val: 3",)),
    LabelFolder("folders of classes in parts, the test part",
                lambda: class_folders("train", "val", "test"), "classes", wish="test", part="test"),
    LabelFolder("folders of classes, training alone", lambda: class_folders("train"),
                problem="part", words=("train: 3",)),
    LabelFolder("Keras folders", lambda: class_folders("training", "validation"), "classes",
                wish="validation", part="validation"),
    LabelFolder("CVAT ImageNet 1.0", class_folders, "classes"),
    LabelFolder("masks of indices", mask_folders, "points", losses={"masks": 3}),
    LabelFolder("masks with a palette", lambda: mask_folders(sort="P"), "points",
                losses={"masks": 3}),
    LabelFolder("masks called like their images and _mask", lambda: mask_folders(ending="_mask"),
                "points", losses={"masks": 3}),
    LabelFolder("image/ and annotation/", lambda: mask_folders("image", "annotation"), "points",
                losses={"masks": 3}),
    LabelFolder("image/ and annotation/ without class names",
                lambda: mask_folders("image", "annotation", names=""), problem="malformed",
                words=("class names are missing", "classes.txt")),
    LabelFolder("masks without class names", lambda: mask_folders(names=""), problem="malformed",
                words=("class names are missing",)),
    LabelFolder("masks of instances", lambda: mask_folders(sort="I;16"), problem="malformed",
                words=("mask", "img0.png")),
    LabelFolder("masks with a number too many", lambda: mask_folders(first=5), problem="malformed",
                words=("not in the list of classes",)),
    LabelFolder("MVTec AD", mvtec, "classes", part="test", losses={"masks": 3}),
    LabelFolder("MVTec AD inside its folder", lambda: mvtec("bottle"), "classes", part="test",
                losses={"masks": 3}),
    LabelFolder("MVTec AD, several objects", lambda: mvtec("bottle") | mvtec("cable"),
                problem="several", words=("bottle, cable",)),
)  # fmt: skip

LABEL_FOLDERS = (
    *YOLO_FOLDERS, *VOC_FOLDERS, *COCO_FOLDERS, *CVAT_FOLDERS, *TOOL_FOLDERS, *FOLDERS_OF_CLASSES,
)  # fmt: skip
