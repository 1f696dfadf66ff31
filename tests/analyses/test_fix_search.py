from dataclasses import replace

import pytest

from fieldcheck.analyses.blocks import Gallery, Paragraph, Table
from fieldcheck.analyses.fix_search import (
    MOST_ROWS,
    build_fix_section,
    compute_fix_search,
    describe_tests,
)
from fieldcheck.corruptions.fix_candidates import FixCandidate, FixResult, FixTrial, store_fix
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import ChangeVerdict, Estimate
from fieldcheck.imaging.codec import decode_image
from fieldcheck.labels.store import mark_person
from fieldcheck.models.store import find_model
from fieldcheck.project.tables import labels as labels_table
from tests import makers


def tried(name, value, direction=""):
    change = Estimate(value, value - 0.2, value + 0.2, 96, 12.0, "clip_change_of_several")
    return FixTrial(FixCandidate((name,)), ChangeVerdict(change, 0.01, direction))


GAMMA = tried("gamma_0.67", 0.3, "better")
MEDIAN = tried("median", -0.05)


def stored(project, *trials, **told):
    told = {"created": makers.NOW, **told}
    store_fix(project, find_model(project), FixResult("net", 0, 96, 12, trials, **told))
    return compute_fix_search(project)


def texts_of(section):
    return [block.text for block in section.blocks if isinstance(block, Paragraph)]


def test_without_a_search_the_section_says_how_to_make_one(labelled):
    assert compute_fix_search(labelled) is None
    (text,) = texts_of(build_fix_section(None))
    assert text == "Not searched. The fix search tries changes of preprocessing and camera."


def test_a_demonstrated_change_is_told_as_the_best_of_all_that_were_tried(labelled):
    search = stored(labelled, GAMMA, MEDIAN)
    section = build_fix_section(search)
    texts = texts_of(section)
    assert texts[0] == (
        "Demonstrated for these cameras: brighter (gamma 0.67): 30.0 pp (10.0–50.0, n = 96). "
        "Selected as the best of 2: expect a smaller gain."
    )
    assert "Camera gamma 0.67, or exposure time or gain times 1.5 to 2." in texts
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert table.caption == "2 of 2 changes tried together on 96 labelled frames from 12 clips"
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["brighter (gamma 0.67)", "30.0 pp (10.0–50.0, n = 96)", "yes"],
        ["median filter (3 × 3)", "−5.0 pp (−25.0 to 15.0, n = 96)", "no"],
    ]
    document = to_json_value(search)
    assert document["state"] == "proven"
    assert [one["name"] for one in document["tried"]] == ["gamma_0.67", "median"]
    assert "search" not in document


def test_a_frame_that_it_turns_right_is_shown_unless_a_person_is_on_it(labelled):
    first, second = [pick.frame_id for pick in labelled.read(labels_table.list_picks)][:2]
    search = stored(labelled, replace(GAMMA, mended=(first, second)), MEDIAN)
    assert search.example.frame_id == first
    gallery = next(
        block for block in build_fix_section(search).blocks if isinstance(block, Gallery)
    )
    alts = [picture.alt for picture in gallery.pictures]
    assert alts == [
        f"{one}: brighter (gamma 0.67)" for one in ("Original", "Changed", "Model input")
    ]
    light = [decode_image(picture.jpeg).mean() for picture in gallery.pictures]
    assert light[1] > light[0]
    assert all(len(picture.jpeg) < 40_000 for picture in gallery.pictures)
    mark_person(labelled, [first], True, "Ana")
    assert compute_fix_search(labelled).example.frame_id == second
    mark_person(labelled, [second], True, "Ana")
    assert compute_fix_search(labelled).example is None
    assert not any(
        isinstance(block, Gallery)
        for block in build_fix_section(compute_fix_search(labelled)).blocks
    )


def test_where_nothing_helps_the_section_says_what_would(labelled):
    search = stored(labelled, MEDIAN, size_ratio=11.2)
    texts = texts_of(build_fix_section(search))
    assert texts[0] == "No change demonstrated to help among 1 tried together."
    assert texts[1].startswith("Field frames have 11 times the pixels of a benchmark image")


@pytest.mark.parametrize("n", [0, MOST_ROWS + 5])
def test_a_long_search_is_cut_and_an_empty_one_said_to_be_so(labelled, n):
    names = ["gamma_0.67", "median", "clahe"] * n
    search = stored(labelled, *(tried(name, 0.0) for name in names[:n]))
    section = build_fix_section(search)
    tables = [block for block in section.blocks if isinstance(block, Table)]
    if not n:
        assert texts_of(section) == ["Not searched: labelled frames of 12 clips are too few."]
        assert not tables
    else:
        assert len(tables[0].rows) == MOST_ROWS


def trial_of(direction="", value=0.1, **changed):
    change = Estimate(value, value - 0.2, value + 0.2, 96, 12.0, "clip_change_of_several")
    return FixTrial(FixCandidate(**changed), ChangeVerdict(change, 0.01, direction))


def test_a_cause_is_tested_by_the_changes_that_would_take_it_away(labelled):
    crop = trial_of(card=(("crop", 0.75),), value=0.02)
    squeeze = trial_of(card=(("resize", "letterbox"),), value=0.04)
    size = "resolution"
    assert describe_tests(None, size) == "not tested (Fix search)"
    both = stored(labelled, crop, squeeze, MEDIAN)
    assert describe_tests(both, size) == (
        "tested in the fix search, none of 2 changes demonstrated to help; the best: model card: "
        '"resize": "letterbox", 4.0 pp (−16.0 to 24.0, n = 96)'
    )
    assert describe_tests(both, "noise") == (
        "tested in the fix search, not demonstrated to help: median filter (3 × 3), −5.0 pp (−25.0 "
        "to 15.0, n = 96)"
    )
    assert describe_tests(both, "streaks") == "not tested: no change of the fix search bears on it"
    helps = stored(labelled, GAMMA, trial_of("better", card=(("crop", 0.75),)))
    sentence = describe_tests(helps, size)
    assert sentence.startswith(
        'tested in the fix search, demonstrated for these cameras: model card: "crop": 0.75, 10.0'
    )
    assert sentence.endswith(", selected as the best of 2 (expect a smaller gain)")
    other = describe_tests(stored(labelled, GAMMA, crop), size)
    assert other.endswith("; demonstrated for these cameras instead: brighter (gamma 0.67)")
