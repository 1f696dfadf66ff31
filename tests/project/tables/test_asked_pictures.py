import numpy as np

from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import Run
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import runs
from fieldcheck.project.tables import runs as asked_pictures
from fieldcheck.project.tables import runs as predictions


def answer(subject, picture):
    return Prediction(subject, np.zeros(2, np.float32), picture=picture)


def test_hashes_stand_beside_the_answers_and_a_sweep_finds_those_of_the_clean_run(tmp_path):
    with create_project(tmp_path / "p.fieldcheck") as project:

        def fill(db):
            for name, recipe in (("clean", "none"), ("kept", "golden")):
                runs.put_run(db, Run(name, "m", "c", "benchmark", recipe, 0.0, 0, "1", 2, ""))
                predictions.insert_predictions(
                    db, name, [answer("a.png", name), answer("b.png", "")]
                )
            predictions.insert_predictions(db, "clean", [answer("a.png", "later")])

        project.write(fill).result()
        expected = {"a.png": "kept"}
        assert project.read(lambda db: asked_pictures.get_asked_of_run(db, "kept")) == expected
        actual = project.read(lambda db: asked_pictures.get_asked_of_clean_runs(db, "m", "c"))
        assert actual == {"a.png": "clean"}
