import json
import time

import pytest

from fieldcheck.errors.projects import PackRefused
from fieldcheck.evidence.seal import create_seal
from fieldcheck.i18n import language
from fieldcheck.progress import NullProgress
from fieldcheck.project.limits import GapLimits, set_limits
from fieldcheck.report.evidence_pack import PackOptions, pack_project, verify_pack
from fieldcheck.verify_pack import SEAL
from tests import makers
from tests.evidence.test_signing import SEED, pem
from tests.packs import forged, held, made_again, made_of


def test_a_pack_that_nobody_changed_fits_to_the_last_figure_in_another_home_folder_zone_and_language(
    made_pack, monkeypatch, tmp_path
):
    for name, value in {
        "HOME": str(tmp_path / "nobody"),
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "<+14>-14",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    getattr(time, "tzset", int)()  # Windows takes its time zone from the system only
    with language.use_language("de"):
        found = verify_pack(made_pack, NullProgress())
    monkeypatch.undo()
    getattr(time, "tzset", int)()
    assert found.ok, found
    assert found.n_records > found.n_figures > 300
    assert (found.signed_by, found.seal.changes, found.seal.n_labels_before) == ((), (), 0)


@pytest.mark.parametrize("clock", ["[]", '{"2026-03-01T08:00:00+00:00":86400}'])
def test_a_clock_that_is_none_is_refused(made_pack, tmp_path, clock):
    bad = forged(
        made_pack,
        tmp_path / "bad.fcpack",
        tmp_path / "apart",
        f"UPDATE setting SET value = '{clock}' WHERE key = 'clock'",
    )
    with pytest.raises(PackRefused) as caught:
        verify_pack(bad, NullProgress())
    assert (caught.value.problem, caught.value.detail) == ("database", "setting.value: clock")


def test_one_changed_label_with_every_hash_made_again_fails_at_the_first_figure(
    made_pack, tmp_path
):
    wrong = (
        "UPDATE label SET class_name = CASE class_name WHEN 'red' THEN 'blue' ELSE 'red' END "
        "WHERE rowid = 1"
    )
    bad = forged(made_pack, tmp_path / "bad.fcpack", tmp_path / "apart", wrong)
    found = verify_pack(bad, NullProgress())
    assert found.first_bad[0].startswith("figure /"), found
    assert found.first_bad[1] == "figure"
    assert found.stored != found.now
    told = json.loads(held(made_pack)["summary.json"])
    path = found.first_bad[0].removeprefix("figure /").split("/")
    assert path[0] in told


def test_a_changed_label_whose_log_was_not_made_again_is_named(made_pack, tmp_path):
    bad = forged(
        made_pack,
        tmp_path / "bad.fcpack",
        tmp_path / "apart",
        "UPDATE label SET by_whom = 'another' WHERE rowid = 1",
    )
    kept = {"log.jsonl": held(made_pack)["log.jsonl"]}
    found = verify_pack(made_again(bad, tmp_path / "worse.fcpack", kept), NullProgress())
    assert found.first_bad[0].startswith("label ")
    assert found.first_bad[1] == "record"


def test_a_forged_figure_or_sentence_is_named(made_pack, tmp_path):
    told = json.loads(held(made_pack)["summary.json"])
    told["gap"]["sentence"] = "All is well."
    found = verify_pack(
        made_again(made_pack, tmp_path / "a.fcpack", {"summary.json": json.dumps(told).encode()}),
        NullProgress(),
    )
    assert found.first_bad == ("figure /gap/sentence", "figure")
    told["gap"]["tolerance"] = 0.3
    found = verify_pack(
        made_again(made_pack, tmp_path / "b.fcpack", {"summary.json": json.dumps(told).encode()}),
        NullProgress(),
    )
    assert found.first_bad == ("figure /gap/tolerance", "record")


def test_a_limit_changed_behind_the_back_of_the_seal_is_named(made_pack, tmp_path):
    bad = forged(
        made_pack,
        tmp_path / "bad.fcpack",
        tmp_path / "apart",
        "INSERT INTO setting VALUES ('tolerance', '0.3')",
    )
    assert verify_pack(bad, NullProgress()).first_bad == ("seal tolerance", "record")
    bad = forged(
        made_pack,
        tmp_path / "worse.fcpack",
        tmp_path / "again",
        "UPDATE seal SET at = '2020-01-01T00:00:00+00:00'",
    )
    assert verify_pack(bad, NullProgress()).first_bad == ("seal.jsonl:1", "chain")


def test_a_picture_in_the_place_of_another_is_named(made_pack, tmp_path):
    frames = sorted(name for name in held(made_pack) if name.startswith("frames/"))
    swapped = made_again(made_pack, tmp_path / "a.fcpack", {frames[0]: held(made_pack)[frames[1]]})
    assert verify_pack(swapped, NullProgress()).first_bad == (frames[0], "content")


def test_a_limit_changed_after_the_seal_and_who_signed_it_are_told(labelled, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    set_limits(labelled, GapLimits(0.2, "A. B."))
    sealed = create_seal(labelled, tmp_path / "key", makers.NOW)
    pack = pack_project(
        labelled,
        tmp_path / "a.fcpack",
        PackOptions(key=tmp_path / "key"),
        NullProgress(),
        makers.NOW,
    ).pack
    found = verify_pack(pack, NullProgress())
    assert found.ok, found
    expected = [("tolerance", "0.03", "0.2", "A. B.")]
    assert [(one.part, one.before, one.after, one.by) for one in found.seal.changes] == expected
    assert found.signed_by == sealed.signed_by == found.seal.signed_by
    lines = held(pack)["statement.intoto.jsonl"].splitlines()
    assert len(lines) == 2
    chain = held(pack)[SEAL].splitlines()
    other = forged(
        pack,
        tmp_path / "b.fcpack",
        tmp_path / "apart",
        "UPDATE seal SET body = replace(body, '0.2', '0.1') WHERE place = 2",
    )
    assert len(chain) == 3
    assert not verify_pack(other, NullProgress()).ok


def test_what_is_no_pack_is_refused_and_what_lacks_its_database_is_named(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    with pytest.raises(PackRefused):
        verify_pack(tmp_path / "a", NullProgress())
    expected = ("project.db", "missing")
    assert verify_pack(made_of(tmp_path / "b", {}), NullProgress()).first_bad == expected
