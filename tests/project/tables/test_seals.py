from fieldcheck.project.folder import create
from fieldcheck.project.tables import seals
from fieldcheck.sealing.verify_pack import linked


def test_links_follow_on_each_other_and_come_back_in_order(tmp_path):
    with create(tmp_path / "line.fieldcheck") as project:
        assert not project.read(seals.begun)
        first = project.write(lambda db: seals.add(db, "sealed", {"tolerance": 0.03}, "t1")).result()
        second = project.write(lambda db: seals.add(db, "changed", {"tolerance": 0.05}, "t2")).result()
        assert project.read(seals.all) == (first, second)
        assert project.read(seals.begun)
    assert first.sha256 == linked("", first.link)
    assert second.sha256 == linked(first.sha256, second.link)
