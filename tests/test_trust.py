"""Every figure of the trust page stands in the file that its row names."""

import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "trust.md").read_text("utf-8")
ROWS = {
    match[1]: line
    for line in PAGE.splitlines()
    if (match := re.search(r"\(evidence/(\w+)\.json\)", line)) and line.startswith("|")
}
HELD = {
    "coverage": lambda f: [len(f["cells"]), f["runs"], f"{f['lowest']:.2%}"],
    "healthy_reports": lambda f: [len(f["rows"]), f["reports"], f"{f['most']:.1%}"],
    "reseeded_sample": lambda f: [f["draws"], f["planted_demonstrated"]],
    "fix_healthy": lambda f: [f["searches"], f["falsely_demonstrated"]],
    "quiet_months": lambda f: [f["months"], f["with_an_alarm"]],
    "doctor_faults": lambda f: [f["n"], f["named"]],
    "doctor_healthy": lambda f: [f["n"], f["models"], len(f["found"])],
    "planted_label_errors": lambda f: [f["planted"], f["labels"], f["in_the_top_tenth"]],
    "window_kills": lambda f: [f["kills"], f["lost"], f["acknowledged_labels"]],
    "power_cuts": lambda f: [f["cuts"], f["lost"], f["unopenable"]],
    "kills_update": lambda f: [f["killed_while_running"], f["not_started"], f["projects_changed"]],
    "kills_update_steps": lambda f: [f["steps"], f["not_started"], f["projects_changed"]],
    "fuzz_pictures": lambda f: [f["cases"], f["crashes"], f["written_outside"]],
    "attacks_packs": lambda f: [f["attacks"], f["false_fits"], f["escapes"]],
    "offline_window": lambda f: [f["visits"], f["sockets_of_a_network"]],
}


def test_every_row_with_a_study_is_held():
    assert set(ROWS) == set(HELD)


@pytest.mark.parametrize("name", sorted(HELD))
def test_the_figures_of_a_row_are_those_of_its_file(name):
    figures = json.loads((DOCS / "evidence" / f"{name}.json").read_text("utf-8"))["figures"]
    study, result = ROWS[name].split(" | ")[1:3]
    told = [one.strip("%") for one in re.findall(r"[\d.]+%?", f"{study} {result}".rstrip("."))]
    assert [str(one).strip("%") for one in HELD[name](figures)] == told


def test_what_was_not_verified_is_told():
    rest = PAGE.partition("## What was not verified")[2]
    assert all(word in rest for word in ("Windows", "macOS", "Cameras", "People", "Weeks"))
