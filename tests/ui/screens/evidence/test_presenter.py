from fieldcheck.domain.changes import Changes
from fieldcheck.ui.screens.evidence.presenter import EvidencePresenter


class Head:
    def show_head(self, head):
        self.head = head


def shown(desk, told):
    view, head = told(), Head()
    view.runs, view.packs, view.people, view.exports = told(), told(), told(), told()
    presenter = EvidencePresenter(view, desk, head)
    for name in ("repeat", "pack", "newer", "older"):
        desk.actions.bind(f"evidence.{name}", lambda: None)
    desk.actions.enter("evidence")
    return presenter, view, head


def can(desk, name):
    return desk.actions.get(f"evidence.{name}").isEnabled()


def test_without_a_project_packs_can_still_be_verified(desk, told):
    presenter, view, head = shown(desk, told)
    presenter.enter()
    assert view.told["show_empty"][1] == ["go.project", "evidence.verify"]
    assert head.head.primary == ""
    assert not can(desk, "repeat")


def test_the_header_does_what_the_part_is_for_and_the_part_is_found_again(desk, project, told):
    project("labelled")
    presenter, view, head = shown(desk, told)
    presenter.enter()
    desk.settle()
    assert not any(can(desk, name) for name in ("newer", "older"))
    assert (view.told["show_part"], head.head.primary, can(desk, "repeat"), can(desk, "pack")) == (
        ("runs",),
        "Repeat this run",
        True,
        False,
    )
    presenter.turn("packs")
    desk.settle()
    assert (view.told["show_part"], head.head.primary) == (("packs",), "Make a pack")
    assert (can(desk, "repeat"), can(desk, "pack")) == (False, True)
    presenter.leave()
    again, view, _ = shown(desk, told)
    again.enter()
    assert view.told["show_part"] == ("packs",)
    again.refresh(Changes("project.opened"))
    assert again.session.runs.n == 0
