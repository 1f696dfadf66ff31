import json

import pytest

from tests.evidence.test_signed_seal import SEED, pem
from tests.packs import held


def test_a_pack_is_made_verified_and_opened_again(terminal, place, tmp_path):
    pack = tmp_path / "site.fcpack"
    made = terminal.document("pack", place("labelled"), pack)
    assert made["n_records"] == len(held(pack)["log.jsonl"].splitlines())
    found = terminal.document("verify", pack)
    actual = (found["ok"], found["n_records"], found["n_figures"], found["first_bad"])
    assert actual == (True, made["n_records"], made["n_figures"], None)
    actual = terminal.document("unpack", pack, tmp_path / "new.fieldcheck")["project"]
    assert actual == str(tmp_path / "new.fieldcheck")
    bad = tmp_path / "bad.fcpack"
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    found = terminal.document("verify", bad, code=1)
    assert not found["ok"]
    assert found["first_bad"]["what"] in ("content", "header")
    expected = "bad.fcpack failed verification: "
    assert expected in terminal.refusal("unpack", bad, tmp_path / "worse.fieldcheck")


def test_the_seal_is_made_and_signed(terminal, place, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    path = place("drawn")
    found = terminal.document("seal", path, "--key", tmp_path / "key")["seal"]
    assert (found["n_labels_before"], found["signed_labels"], len(found["signed_by"])) == (0, 0, 1)
    assert "sealed before the first label" in terminal.said("seal", path)
    assert json.dumps(found)


@pytest.mark.long
def test_two_people_label_apart_and_differ_on_one_frame(terminal, place, made, tmp_path):
    path = place("drawn")
    found = terminal.document(
        "share", path, tmp_path / "a.fcpack", tmp_path / "b.fcpack", "--overlap", "20"
    )
    assert (found["n"], found["n_both"]) == ([20, 20], 20)
    other = terminal.document("unpack", tmp_path / "b.fcpack", tmp_path / "b.fieldcheck")["project"]
    frames = sorted(path.stem for path in (tmp_path / "b.fieldcheck" / "frames").iterdir())[:2]
    for place_, by, names in ((path, "A", ("red", "red")), (other, "B", ("red", "blue"))):
        for frame, name in zip(frames, names, strict=True):
            terminal.document("label", "set", place_, frame, name, "--by", by)
    merged = terminal.document("merge", path, other)
    assert (merged["n_taken"], merged["n_second"], merged["agreement"]["n"]) == (0, 2, 2)
    (conflict,) = merged["conflicts"]
    assert conflict["first"]["names"] == ["red"]
    assert (conflict["second"]["names"], conflict["settled"]) == (["blue"], False)
    assert f"{frames[1]}: red (A) vs blue (B)" in terminal.said("adjudicate", path)
    settled = terminal.document("adjudicate", path, frames[1], "--second", "--by", "C")["conflicts"]
    assert (settled[0]["first"]["names"], settled[0]["settled"]) == (["blue"], True)
    assert "resolved as blue (B) instead of red (A)" in terminal.said("merge", path, other)
    assert terminal("adjudicate", path, frames[0]).code == 2
