from fieldcheck.domain.run import RunEnvironment
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import runs

HERE = RunEnvironment({"numpy": "2.1"}, {"cores": "2"}, 1)


def test_a_run_that_went_on_elsewhere_has_both_and_saying_one_again_adds_nothing(tmp_path):
    with create_project(tmp_path / "p.fieldcheck") as project:
        there = RunEnvironment({"numpy": "2.2"}, {"cores": "8"}, 1)
        for one in (HERE, there, HERE):
            project.write(lambda db, one=one: runs.put_run_environment(db, "r", one)).result()
        assert project.read(lambda db: runs.get_run_environments(db, "r")) == (HERE, there)
        assert project.read(lambda db: runs.get_run_environments(db, "other")) == ()
