from dataclasses import replace

from fieldcheck.analyses import independence
from fieldcheck.domain.project_state import SealChange, SealState
from fieldcheck.report.summary_page import list_limitations
from tests.report.example_report import example_report

AT = "2026-03-01T08:00:00+00:00"
CHANGED = SealState(
    AT, 0, (), None, (SealChange("tolerance", "0.03", "0.05", AT, "A. B."),), 0, True
)


def with_seal(found):
    return replace(example_report(), facts={"seal": found})


def test_a_limit_that_changed_after_the_seal_is_said_on_page_one():
    assert not any(
        "after labelling began" in line
        for line in list_limitations(with_seal(replace(CHANGED, changes=())))
    )
    said = [
        line for line in list_limitations(with_seal(CHANGED)) if "after labelling began" in line
    ]
    assert len(said) == 1
    assert said[0].endswith("by A. B.: 3 → 5 pp.")


def test_the_section_tells_the_seal_and_what_the_pin_is_worth():
    lines = [block.text for block in independence.build_seal_section(with_seal(CHANGED)).blocks]
    assert lines[0].startswith("Limits, classes and sampled frames sealed before the first label")
    assert any("It is not a protection against manipulation." in line for line in lines)
    expected = "Not sealed yet"
    assert independence.build_seal_section(with_seal(None)).blocks[0].text.startswith(expected)
