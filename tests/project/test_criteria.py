import pytest

from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.label import WHYS_OUT
from fieldcheck.domain.project_state import BY_NAME
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.evidence.signed_seal import hash_chained_lines
from fieldcheck.footage.frame_listing import (
    clear_parts,
    get_part_rule,
    set_part_call,
    set_part_rule,
)
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.models.store import set_ok_classes
from fieldcheck.progress import NullProgress
from fieldcheck.project import criteria, limits
from fieldcheck.project.tables import labels as picks
from fieldcheck.project.tables import project_state, values
from fieldcheck.sampling.proposal import exclude_picks
from fieldcheck.verify_pack import SEAL, read_chain
from tests import makers


def label_one(project, place=0, name="red"):
    frame = project.read(picks.list_picks)[place].frame_id
    set_label(project, frame, LabelDecision(name), annotator="tester", now=makers.NOW)


def kinds(project):
    return [one.kind for one in project.read(project_state.list_seals)]


def test_the_first_label_seals_limit_classes_list_and_seed(drawn):
    limits.set_limits(drawn, limits.GapLimits(0.04, "K. M."))
    assert drawn.read(criteria.read_seal_state) is None
    label_one(drawn)
    label_one(drawn, 1)
    assert kinds(drawn) == ["sealed"]
    told = drawn.read(project_state.list_seals)[0].body
    assert (told["tolerance"], told["tolerance_by"]) == (0.04, "K. M.")
    assert (told["classes"], told["n_labels"]) == (list(makers.COLOURS), 0)
    (draw,) = told["draws"]
    assert (draw["design"], draw["seed"], len(draw["list_sha256"])) == ("balanced", 0, 64)


def test_what_changes_afterwards_is_added_and_named_also_when_it_is_undone(drawn):
    label_one(drawn)
    limits.set_limits(drawn, limits.GapLimits(0.05, "A. B."))
    set_ok_classes(drawn, ["red"])
    limits.set_rate_limits(drawn, {"escape_rate": 0.01}, "A. B.")
    limits.set_site(drawn, limits.Site("Hall 4"))
    drawn.undo()
    drawn.undo()
    found = drawn.read(criteria.read_seal_state)
    assert [(one.part, one.by) for one in found.changes] == [
        ("tolerance", "A. B."), ("ok_classes", ""), ("rate_limits", ""), ("rate_limits", ""),
    ]  # fmt: skip
    assert (found.changes[0].before, found.changes[0].after) == ("0.03", "0.05")
    assert kinds(drawn) == ["sealed", *["changed"] * 4]


def test_limits_before_the_first_label_are_nobodys_business(drawn):
    limits.set_limits(drawn, limits.GapLimits(0.05))
    assert kinds(drawn) == []


def test_another_list_after_the_seal_is_counted_and_no_criterion(drawn):
    label_one(drawn)
    exclude_picks(drawn, [drawn.read(picks.list_picks)[5].frame_id], WHYS_OUT[0], NullProgress())
    found = drawn.read(criteria.read_seal_state)
    assert (found.n_redrawn, found.changes) == (1, ())


def test_labels_that_stood_before_the_seal_are_told(labelled):
    labelled.write(lambda db: db.execute("DELETE FROM seal")).result()
    label_one(labelled)
    assert labelled.read(criteria.read_seal_state).n_labels_before == 20


def test_the_chain_is_whole_and_a_change_behind_its_back_shows(drawn):
    label_one(drawn)
    limits.set_limits(drawn, limits.GapLimits(0.05))
    records = drawn.read(project_state.list_seals)
    actual = read_chain(hash_chained_lines(one.link for one in records), SEAL)[1]
    assert actual == records[-1].sha256
    drawn.write(lambda db: values.store_setting(db, "tolerance", 0.2)).result()
    actual = drawn.read(criteria.compute_state)["tolerance"]
    assert actual != criteria.get_newest_state(records)["tolerance"]


@pytest.mark.parametrize("value", ['"x"', "[1]", "{}"])
def test_settings_that_are_none_of_ours_keep_nobody_from_labelling(drawn, value):
    drawn.write(
        lambda db: db.execute("INSERT OR REPLACE INTO setting VALUES ('ok_classes', ?)", [value])
    ).result()
    label_one(drawn)
    assert kinds(drawn) == ["sealed"]


def test_a_pin_is_kept_as_a_salted_hash_and_the_chain_says_that_it_was_set(empty):
    for _ in range(2):
        empty.write(lambda db: criteria.set_pin(db, "4711", makers.NOW)).result()
    assert empty.read(lambda db: criteria.is_pin(db, "4711"))
    assert not empty.read(lambda db: criteria.is_pin(db, "4712"))
    assert "4711" not in str(empty.read(values.list_settings))
    empty.write(lambda db: criteria.set_pin(db, "", makers.LATER)).result()
    assert not empty.read(criteria.has_pin)
    expected = [("admin", True), ("admin", True), ("admin", False)]
    assert [(one.kind, one.body["set"]) for one in empty.read(project_state.list_seals)] == expected


@pytest.mark.parametrize("value", ["x", {"salt": "zz"}, [], 7])
def test_a_damaged_pin_opens_nothing(empty, value):
    empty.write(lambda db: values.store_setting(db, "admin_pin", value)).result()
    assert empty.read(criteria.has_pin)
    assert not empty.read(lambda db: criteria.is_pin(db, ""))


def test_only_an_admin_sets_limits_takes_them_back_and_sets_them_again(empty):
    assert set(criteria.ADMIN_ACTS) <= set(BY_NAME)
    limits.set_limits(empty, limits.GapLimits(0.05))
    empty.write(lambda db: criteria.set_pin(db, "4711", makers.NOW)).result()
    for act in (lambda: limits.set_limits(empty, limits.GapLimits(0.2)), empty.undo):
        with pytest.raises(AdminNeeded):
            act()
    assert limits.get_gap_limits(empty).tolerance == 0.05
    empty.admin = True
    empty.undo()
    empty.admin = False
    with pytest.raises(AdminNeeded):
        empty.redo()
    assert limits.get_gap_limits(empty).tolerance == 0.03


def test_only_an_admin_sets_parts_and_when_they_count_as_rejected(drawn):
    rule = PartRule("pause", "1", False)
    set_part_rule(drawn, rule)
    stands = get_part_rule(drawn)
    drawn.write(lambda db: criteria.set_pin(db, "4711", makers.NOW)).result()
    for act in (
        lambda: set_part_rule(drawn, PartRule("pause", "2", False)),
        lambda: set_part_call(drawn, stands, "all", 1),
        lambda: clear_parts(drawn),
        drawn.undo,
    ):
        with pytest.raises(AdminNeeded):
            act()
    assert get_part_rule(drawn) == stands
    drawn.admin = True
    clear_parts(drawn)
    assert get_part_rule(drawn) is None


def test_a_chain_of_before_goes_on_by_its_rule_and_a_new_one_by_decimals(drawn, monkeypatch):
    new = drawn.read(criteria.compute_state)
    monkeypatch.setattr(criteria, "LIST_RULE", 1)
    label_one(drawn)
    monkeypatch.undo()
    sealed = drawn.read(project_state.list_seals)[0].body
    assert (new["list_rule"], "list_rule" in sealed) == (2, False)
    assert sealed["draws"][0]["list_sha256"] != new["draws"][0]["list_sha256"]
    limits.set_limits(drawn, limits.GapLimits(0.04, "K. M."))
    changed = drawn.read(project_state.list_seals)[1].body
    assert (changed["draws"], changed["parts"]) == (sealed["draws"], ["tolerance", "tolerance_by"])
    assert drawn.read(criteria.compute_state)["draws"] == sealed["draws"]


def test_the_last_bits_of_a_hardness_do_not_enter_the_seal(drawn):
    def move(db):
        return db.execute("UPDATE member SET hardness = hardness * (1 + 1e-15)").rowcount

    before = drawn.read(criteria.compute_state)
    values = [member.hardness for member in drawn.read(lambda db: picks.list_members(db, 1))]
    assert drawn.write(move).result() == len(values)
    moved = [member.hardness for member in drawn.read(lambda db: picks.list_members(db, 1))]
    assert moved != values
    assert drawn.read(criteria.compute_state) == before


def test_a_made_up_rule_of_the_list_ends_in_no_error(drawn):
    def forge(db):
        text = db.execute("SELECT body FROM seal").fetchone()[0]
        forged = text.replace('"list_rule":2', '"list_rule":"two"')
        return text != forged, db.execute("UPDATE seal SET body = ?", [forged]).rowcount

    label_one(drawn)
    assert drawn.write(forge).result() == (True, 1)
    assert "list_rule" not in drawn.read(criteria.compute_state)
