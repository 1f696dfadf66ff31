from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import project_state
from fieldcheck.verify_pack import hash_chain_record


def test_links_follow_on_each_other_and_come_back_in_order(tmp_path):
    with create_project(tmp_path / "line.fieldcheck") as project:
        assert not project.read(project_state.has_seals)
        first = project.write(
            lambda db: project_state.add_seal(db, "sealed", {"tolerance": 0.03}, "t1")
        ).result()
        second = project.write(
            lambda db: project_state.add_seal(db, "changed", {"tolerance": 0.05}, "t2")
        ).result()
        assert project.read(project_state.list_seals) == (first, second)
        assert project.read(project_state.has_seals)
    assert first.sha256 == hash_chain_record("", first.link)
    assert second.sha256 == hash_chain_record(first.sha256, second.link)
