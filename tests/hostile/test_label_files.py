"""Label files of strangers, broken anywhere: read, or refused in one sentence within seconds. Label
folders as the tools of others write them: each comes in box by box, or is refused with the reason
and what to do.

What is not read as it stands is counted in the receipt; anything else that is missing is a silent
loss. Names that XML cannot hold, as an older project or a stranger's label file may have them:
every file and drawing is read all the same.
"""

import json
from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.analyses.score_charts import to_standalone_svg
from fieldcheck.cli.gate import format_gate_junit
from fieldcheck.domain.label import Box, is_class_name
from fieldcheck.errors import message_format
from fieldcheck.labels.formats.cvat import write_cvat
from fieldcheck.labels.formats.label_set import LabelledImage
from fieldcheck.labels.formats.label_studio import write_label_studio
from fieldcheck.labels.formats.registry import READABLE, WRITABLE, read_labels, write_labels
from fieldcheck.labels.formats.voc import write_voc
from fieldcheck.labels.import_labels import FAULTS
from fieldcheck.models.run import get_benchmark
from fieldcheck.project.folder import open_project
from fieldcheck.report.html_page import format_breakable_name, format_sentence
from fieldcheck.safe_text import clean_name, isolate_rtl_names
from tests import makers
from tests.analyses.test_score_charts import drawn
from tests.cli.test_gate import result
from tests.hostile.label_folders import KINDS, LABEL_FOLDERS, TRUTH
from tests.hostile.strokes import STROKES, struck
from tests.hostile.told import MOST_S, Unhindered, told

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


@pytest.mark.short_cases(2)
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


LEAST = 71
EMPTY_REASONS = ("()", ": )", "(track)", "(shapes)", "malformed (")


def names_of(folder):
    return [name for name in TRUTH if name in folder.images]


def is_in(point, box):
    of, x, y, w, h = box
    return point.class_name == of and x - 0.5 <= point.x < x + w and y - 0.5 <= point.y < y + h


def differences(folder, items):
    """What of the images and their labels is other than it was written, a sentence each; and how
    many boxes were compared."""
    read = {item.path.rpartition("/")[2]: item for item in items}
    if set(read) != set(folder.images) or len(items) != len(folder.images):
        return [f"images {sorted(item.path for item in items)}"], 0
    wrong = []
    for name in names_of(folder):
        item, truth = read[name], TRUTH[name]
        if (
            folder.holds == "classes"
            and item.class_name != KINDS[name]
            and item.class_name != "good"
        ):
            wrong.append(f"{name}: class {item.class_name}")
        if folder.holds == "points" and not (
            len(item.points) == len(truth)
            and all(any(is_in(point, box) for point in item.points) for box in truth)
        ):
            wrong.append(f"{name}: points {item.points}")
        if folder.holds == "boxes":
            boxes = sorted((box.class_name, box.x, box.y, box.w, box.h) for box in item.boxes)
            near = len(boxes) == len(truth) and all(
                a[0] == b[0]
                and all(abs(p - q) <= folder.slack for p, q in zip(a[1:], b[1:], strict=True))
                for a, b in zip(boxes, sorted(truth), strict=True)
            )
            wrong += [] if near else [f"{name}: boxes {boxes}"]
    return wrong, sum(len(TRUTH[name]) for name in folder.images)


def unsaid(folder, receipt):
    """What the receipt says other than is true."""
    faults = {kind: len(receipt[kind]) for kind in FAULTS}
    said = {
        "part": receipt["part"] or "",
        "losses": receipt["losses"],
        "outlines": receipt["outlines"],
        "faults": Counter(faults),
    }
    true = {
        "part": folder.part,
        "losses": dict(folder.losses),
        "outlines": folder.outlines,
        "faults": Counter(folder.faults),
    }
    return [f"{key}: {said[key]} is not {true[key]}" for key in true if said[key] != true[key]]


def import_folder(terminal, folder, place):
    """Faults of one import through the command, and how many boxes were compared."""
    project = makers.empty_project(place / "p.fieldcheck")
    project.close()
    path = folder.lay(place / "set")
    wish = ("--part", folder.wish) if folder.wish else ()
    with Unhindered() as took, message_format.use_audience("terminal"):
        outcome = terminal("benchmark", "set", project.path, path, *wish, "--json")
    found = ["hang"] if took.seconds > MOST_S else []
    if outcome.code not in (0, 1) or "Traceback" in outcome.err:
        return [*found, f"bug: {outcome.err}"], 0
    if folder.problem:
        missing = [word for word in folder.words if word not in outcome.err]
        empty = [word for word in EMPTY_REASONS if word in outcome.err]
        return [
            *found,
            *(
                [f"refusal: {outcome.err} lacks {missing} {empty}"]
                if outcome.code != 1 or missing or empty
                else []
            ),
        ], 0
    if outcome.code:
        return [*found, f"refused: {outcome.err}"], 0
    with open_project(project.path, write=False) as opened:
        items = get_benchmark(opened).items
    wrong, n = differences(folder, items)
    return [*found, *wrong, *unsaid(folder, json.loads(outcome.out)["receipt"])], n


def test_there_are_at_least_as_many_folders_as_were_met():
    assert len({folder.tool for folder in LABEL_FOLDERS}) == len(LABEL_FOLDERS) >= LEAST


@pytest.mark.full("label_folders")
def test_the_label_folders_of_others_come_in_whole_or_are_refused_with_a_reason(
    terminal, tmp_path, counts, evidence
):
    folders = LABEL_FOLDERS[: counts(ci=len(LABEL_FOLDERS), full=len(LABEL_FOLDERS))]
    faults, boxes, read, refused = {}, 0, 0, 0
    for at, folder in enumerate(folders):
        wrong, n = import_folder(terminal, folder, tmp_path / str(at))
        faults |= {folder.tool: wrong} if wrong else {}
        is_bad = bool(folder.problem)
        boxes, read, refused = (boxes + n, read + (not folder.problem), refused + is_bad)
    every = [one for wrong in faults.values() for one in wrong]
    bugs, hangs = sum(one.startswith("bug") for one in every), every.count("hang")
    evidence(
        folders=len(folders), read=read, refused_with_a_reason=refused, labels_compared=boxes,
        bugs=bugs, hangs=hangs,
        silent_losses=len(every) - bugs - hangs,
    )  # fmt: skip
    assert not faults, "\n".join(f"{tool}: {wrong}" for tool, wrong in faults.items())


LETTERS = ("\x00", "\x0b", "\x1f", "\ufffe", "\uffff")


@pytest.fixture(params=LETTERS, ids=lambda letter: f"U+{ord(letter):04X}")
def word(request):
    return f"crack{request.param}ed & <b>"


def test_no_class_is_called_so_and_other_names_have_a_mark(word):
    assert not is_class_name(word)
    assert clean_name(word) == isolate_rtl_names(word) == "crack�ed & <b>"


@pytest.mark.parametrize(
    "write", [write_cvat, write_label_studio, write_voc], ids=lambda write: write.__name__
)
def test_label_files_are_read_whatever_a_class_or_a_picture_is_called(tmp_path, word, write):
    box = Box(word, 1, 2, 3, 4)
    picture = LabelledImage(f"{word}.png", "1.png", (64, 48), "", (box,), lambda: b"")
    files = [file for file in write(tmp_path, (word,), [picture]) if file.suffix == ".xml"]
    assert files
    for file in files:
        said = [
            *ElementTree.parse(file).getroot().itertext(),
            *(one for tag in ElementTree.parse(file).iter() for one in tag.attrib.values()),
        ]
        assert "crack�ed & <b>" in said


def test_the_gate_of_a_build_server_is_read(word):
    suite = ElementTree.fromstring(format_gate_junit(result(("golden", word, 3, 0))))
    assert "crack�ed & <b>" in suite[0].get("name")


def test_drawings_and_pages_of_a_report_are_read(word):
    svg, alt = to_standalone_svg(drawn(field_label=word, alt=word), 704)
    assert "crack�ed & <b>" in [one.text for one in ElementTree.fromstring(svg).iter() if one.text]
    assert alt == "crack�ed & <b>"
    for page in (format_sentence(word), format_breakable_name(word)):
        assert "crack�ed" in "".join(ElementTree.fromstring(f"<p>{page}</p>").itertext())
