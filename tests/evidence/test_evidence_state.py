from dataclasses import replace

from fieldcheck.domain.project_state import EvidenceState, SealChange, SealState
from fieldcheck.evidence.messages import (
    build_state_lines,
    describe_next_step,
    list_changes_since_seal,
)

SEALED = SealState("2026-03-02T09:30:00+00:00", 0, (), None, (), 0, admin=False)
NOTHING = EvidenceState(None, False, False, 0, 0, 0, 0)
ALL = EvidenceState(
    replace(SEALED, signed_by=("ab" * 20,), signed_labels=3), True, False, 39, 100, 5, 0
)


def marks(found, key=""):
    return "".join(line.mark for line in build_state_lines(found, key).values())


def test_each_part_of_the_evidence_is_done_open_or_to_be_looked_at():
    assert marks(NOTHING) == "–––––"
    assert marks(ALL) == "✓✓✓✓✓"
    changed = SealChange("tolerance", "0.03", "0.05", "2026-03-03T09:30:00+00:00", "A. B.")
    late = replace(
        ALL, sealed=replace(SEALED, n_labels_before=4, changes=(changed,)), unlocked=True, n_open=2
    )
    assert marks(late) == "▲–▲✓▲"
    assert len(list_changes_since_seal(late)) == 1
    assert list_changes_since_seal(NOTHING) == ()


def test_its_sentences_have_their_counts_and_name_the_key():
    said = build_state_lines(ALL, "line4.pem")
    assert said["runs"].sentence == "39 runs saved; each can be reproduced."
    assert said["signature"].sentence.endswith("when 3 labels existed. Signing key: line4.pem")
    expected = "5 label conflicts; unresolved: 2."
    assert build_state_lines(replace(ALL, n_open=2), "")["people"].sentence == expected


def test_the_next_step_is_the_seal_then_labels_then_what_is_open_then_a_pack():
    found = [NOTHING, replace(NOTHING, sealed=SEALED), replace(ALL, n_open=1), ALL]
    expected = ["seal", "label", "resolve", "create"]
    assert [describe_next_step(one).split()[1] for one in found] == expected
