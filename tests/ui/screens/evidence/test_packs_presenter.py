from datetime import datetime

from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.ui.screens.evidence.packs import PacksPresenter
from tests.packs import held


def begun(desk, told):
    view = told()
    return PacksPresenter(view, desk), view


def done(desk, made):
    desk.settle()
    made.load_data()
    desk.settle()


def test_the_seal_comes_before_the_first_label_and_a_limit_that_changed_is_named(
    desk, project, told
):
    opened = project("drawn")
    made, view = begun(desk, told)
    done(desk, made)
    assert view.told["show_state"][0]["seal"].sentence.startswith("Not sealed yet")
    made.create_seal()
    done(desk, made)
    assert "sealed before the first label" in view.told["show_state"][0]["seal"].sentence
    set_limits(opened, GapLimits(0.05, "A. B."))
    done(desk, made)
    assert any(", by A. B.: 3 → 5 pp." in line for line in view.told["show_changes"][0])
    assert view.told["show_state"][0]["seal"].mark == "▲"


def test_a_pack_is_made_verified_and_a_changed_byte_is_named(desk, project, told, tmp_path):
    project("labelled")
    made, view = begun(desk, told)
    before = datetime.now()
    made.create_pack(tmp_path, recordings=False, with_people=False)
    desk.settle()
    (pack,) = tmp_path.glob("*.fcpack")
    assert pack.name in {f"labelled_{day:%Y-%m-%d}.fcpack" for day in (before, datetime.now())}
    assert not any(name.startswith("recordings/") for name in held(pack))
    made.verify_pack(pack)
    desk.settle()
    lines, fits = view.told["show_verification"]
    assert fits
    assert " values reproduced from labels and predictions." in lines[0]
    pack.write_bytes(pack.read_bytes()[:-1] + b"x")
    made.verify_pack(pack)
    desk.settle()
    assert view.told["show_verification"][1] is False
    assert "archive truncated or extended" in desk.said[-1]


def test_a_pin_guards_the_limits_until_it_is_given(desk, project, told):
    opened = project("empty")
    made, view = begun(desk, told)
    made.submit_pin("123")
    assert "at least 4" in view.told["show_pin_error"][0]
    made.submit_pin("1234")
    done(desk, made)
    assert view.told["show_pin_action"] == ("Change PIN", True)
    desk.current.close()
    desk.settle()
    opened = desk.open(opened.path)
    done(desk, made)
    assert view.told["show_pin_action"] == ("Enter PIN", False)
    desk.current.run_edit(
        lambda project: set_limits(project, GapLimits(0.1, "")), failed=desk.messages.show_error
    )
    made.submit_pin("4321")
    done(desk, made)
    assert [isinstance(one, str) and "PIN" in one for one in desk.said] == [True, True]
    assert AdminNeeded.__name__ not in "".join(desk.said)
    made.submit_pin("1234")
    done(desk, made)
    made.remove_pin()
    done(desk, made)
    assert view.told["show_pin_action"] == ("Set PIN", False)
    assert opened.read(lambda db: True)
