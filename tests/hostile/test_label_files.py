"""Label files of strangers, broken anywhere: read, or refused in one sentence within seconds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.domain.label import Box
from fieldcheck.labels.formats.label_set import LabelledImage
from fieldcheck.labels.formats.registry import READABLE, WRITABLE, read_labels, write_labels
from tests import makers
from tests.hostile.strokes import STROKES, struck
from tests.hostile.told import told

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
ENTITIES = '<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES = {
    "data.yaml": {
        "aliases": LAUGHS + "names: *i\n",
        "objects": "names: !!python/object/apply:os.system ['true']\n",
        "deep": "names: " + "[" * 20_000,
        "many": "names: {" + ", ".join(f"{at}: c" for at in range(200_000)) + "}",
    },
    "labels.csv": {"no end": 'file,class\none.png,"red',
                   "long": "file,class\none.png," + "x" * 3_000_000,
                   "zeros": "file,class\none.png,re\0d\n",
                   "columns": "file,class" + ",x" * 100_000 + "\n",
                   "figures": "file,class,x,y,w,h\none.png,red,1e400,nan,inf,0x10\n"},
    "labels.json": {
        "deep": '{"images": ' + "[" * 100_000,
        "numbers": '{"images": [{"id": ' + "9" * 5_000 + '}], "annotations": [], "categories": []}',
        "names": (
            '{"images": [{"id": 1, "file_name": "../../etc/passwd"}], "annotations": [], '
            '"categories": []}'
        ),
        "twice": '{"images": [], "images": 3, "annotations": [], "categories": []}',
    },
    "one.xml": {
        "entities": ENTITIES + "]><annotation><object><name>&i;</name></object></annotation>",
        "outside": (
            "<!DOCTYPE a [<!ENTITY a SYSTEM "
            '"file:///etc/passwd">]><annotation><object><name>&a;</name></object></annotation>'
        ),
        "deep": "<annotation>" + "<object>" * 100_000,
        "cut": "<annotation><object><name>a</na",
    },
    "cvat.xml": {
        "entities": ENTITIES + "]><annotations><image name='&i;'/></annotations>",
        "deep": "<annotations>" + "<image>" * 100_000,
        "mask": "<annotations><image name='1'><mask label='a' rle='99999999999,1' left='0' top='0' "
        "width='9' height='9'/></image></annotations>",
        "large": (
            "<annotations><image name='1'><mask label='a' rle='1' left='0' top='0' "
            "width='1e6' height='1e6'/></image></annotations>"
        ),
    },
    "tasks.json": {
        "deep": '[{"data": ' + "[" * 100_000,
        "brush": '[{"data": {"image": "1.png"}, "annotations": [{"result": [{"type": '
        '"brushlabels", "original_width": 10000, '
        '"original_height": 10000, "value": {"brushlabels": ["a"], "rle": [23, 215, 132, 0, '
        "57, 255, 255]}}]}]}]",
    },
    "one.json": {
        "mask": (
            '{"shapes": [{"label": "a", "shape_type": "mask", "points": [[0, 0], [9, 9]], "mask": "'
        )
        + "A" * 400_000
        + '"}]}',
        "path": (
            '{"imagePath": "../../../etc/passwd", "shapes": [{"label": "a", "shape_type": '
            '"what", "points": "'
        )
        + "x" * 400_000
        + '"}]}',
    },
}  # fmt: skip
CASES = [(name, kind) for name, kinds in FILES.items() for kind in kinds]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_file_that_asks_for_more_than_it_may_is_one_sentence(tmp_path, name, kind):
    makers.save_picture(tmp_path / "images" / "one.png", "red")
    (tmp_path / name).write_text(FILES[name][kind], encoding="utf-8")
    said = told(lambda: read_labels(tmp_path / name, "auto"))
    assert said
    assert "root:" not in said


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """A small set in every format, and its label files."""
    folder = tmp_path_factory.mktemp("sets")
    found = {}
    for kind in sorted(set(WRITABLE) & set(READABLE)):
        boxes = (
            (Box("dent", 4.0, 2.0, 20.0, 10.0), Box("burr", 30.0, 8.0, 16.0, 12.0))
            if kind != "imagefolder"
            else ()
        )
        pictures = []
        for name in ("a.png", "b.png"):
            data = makers.save_picture(folder / "source" / name, "red").read_bytes()
            pictures.append(
                LabelledImage(
                    name, name, (64, 48), "dent" if kind == "imagefolder" else "", boxes,
                    lambda data=data: data,
                )
            )  # fmt: skip
        (folder / kind).mkdir()
        files = write_labels(folder / kind, kind, ("dent", "burr"), pictures)
        if texts := [file for file in files if file.suffix != ".png"]:
            found[kind] = (folder / kind, [(file, file.read_bytes()) for file in texts])
    return found


@pytest.mark.full("hostile_label_files")
def test_whatever_a_file_was_broken_into(sets, counts, evidence):
    refused = []

    @given(kind=st.sampled_from(sorted(sets)), which=st.integers(0, 9), strokes=STROKES)
    @settings(
        max_examples=counts(ci=100, full=5000), deadline=None,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    def read(kind, which, strokes):
        folder, files = sets[kind]
        file, whole = files[which % len(files)]
        file.write_bytes(struck(whole, strokes))
        try:
            refused.append(
                bool(told(lambda: read_labels(folder if kind in ("yolo", "voc") else file, kind)))
            )
        finally:
            file.write_bytes(whole)

    read()
    evidence(files=len(refused), refused=sum(refused))
    assert any(refused)
