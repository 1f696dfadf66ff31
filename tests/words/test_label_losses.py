import inspect
import re

from fieldcheck.exchange import coco, cvat, label_studio, labelme, masks, write
from fieldcheck.words.label_losses import loss_line


def test_every_kind_that_a_reader_or_writer_counts_has_a_sentence_of_its_own():
    counted = {
        kind for room in (coco, cvat, label_studio, labelme, masks) for kind in re.findall(r'losses\["(\w+)"', inspect.getsource(room))
    }
    counted |= {"turned", "masks", "crowd", "occluded", "truncated", *re.findall(r"Counter\((\w+)=", inspect.getsource(write))}
    assert len(counted) > 12
    assert len({loss_line(kind, 2) for kind in counted}) == len(counted)
    assert loss_line("unheard of", 2) == "2 labels were passed over."


def test_one_is_told_as_one():
    assert loss_line("turned", 1) == "1 turned box is not held as it stands; an upright one around it is."
    assert loss_line("crowd", 3) == "3 boxes lost their mark as a crowd."
