"""A display of the Label screen that only remembers what it was told: presenters are tested with
it, without a window."""

import numpy as np

from fieldcheck.ui.jobs import Operation


class RecordedCanvas:
    """`boxes`: the boxes that are drawn; `flashed`: what was said over the next frame."""

    def __init__(self) -> None:
        self.shadows_lifted = self.loupe_open = self.magnified = False
        self.boxes, self.selected, self.flashed, self.panned = [], -1, [], []
        self.frame = None

    def show_frame(self, number, image, title, described):
        self.frame = (number, title, described)

    def show_boxes(self, boxes, selected, corner, points=()):
        self.boxes, self.selected = list(boxes), selected

    def set_shadows_lifted(self, on):
        self.shadows_lifted = on

    def show_loupe(self, on):
        self.loupe_open = on

    def show_whole(self):
        self.magnified = False

    def pan_loupe(self, dx, dy):
        self.panned.append((dx, dy))

    def get_luma(self):
        return np.zeros((48, 64), np.uint8)

    def show_flash(self, text, colour):
        self.flashed.append((text, colour))


class RecordedGuide:
    """Whether it is open, and the pictures that came."""

    def __init__(self) -> None:
        self.open, self.images = False, {}

    def isVisible(self):
        return self.open

    def hide(self):
        self.open = False

    def open_guide(self):
        self.open = True

    def show_classes(self, keyed, classes):
        self.images = dict.fromkeys(classes)

    def show_images(self, class_name, images, missing):
        self.images[class_name] = list(images)


class RecordedView:
    """`notes`: every line under the buttons; `blind`: whether the answer is hidden, and else what
    it is."""

    def __init__(self, fitting=()) -> None:
        self.canvas = RecordedCanvas()
        self.notes, self.answer, self.current, self.blind, self.empty = (
            [], -1, "", (True, ""), None,
        )  # fmt: skip
        self.listed, self.cells, self.progress, self.work = (), (), None, None
        self.strip, self.finder, self.result, self.state = self, self, None, ""
        self._fitting = list(fitting)
        self.guide = RecordedGuide()

    def count_visible_cells(self):
        return 5

    def find_matching_classes(self, typed):
        return [name for name in self._fitting if typed in name]

    def show_loading(self, sentence):
        self.empty = (sentence, [])

    def show_failed(self, sentence):
        self.empty = (sentence, [])

    def show_empty(self, said, ways):
        self.empty = (said, list(ways))

    def show_work(self, keyed, kind, classes, many):
        self.work, self.empty = (list(keyed), kind, many), None

    def show_result(self, found):
        self.result = found

    def show_progress(self, said, left, done, total):
        self.progress = (said, left, done, total)

    def show_note(self, said, lasts=False):
        self.notes.append(said)

    def show_state(self, said):
        self.state = said

    def show_answer(self, at, said):
        self.answer, self.current = at, said

    def show_boxes_list(self, boxes, selected):
        self.listed = tuple(boxes)

    def show_cells(self, cells, here, described):
        self.cells = tuple(cells)

    def show_blind(self, blind, told):
        self.blind = (blind, told)

    def focus_class_search(self):
        self.notes.append("find")

    def clear_class_search(self):
        self.notes.append("")


class RecordedCurrent:
    """The open project as presenters speak to it: `acts` and `asked` hold what was wanted of it,
    and nothing is done."""

    def __init__(self) -> None:
        self.acts, self.asked, self.revision = [], [], 0

    def run_edit(self, parent, _work):
        self.acts.append(Operation(parent))
        return self.acts[-1]

    def query(self, parent, _question):
        self.asked.append(Operation(parent))
        return self.asked[-1]
