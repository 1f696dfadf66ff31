from fieldcheck.project.tables import project_state


def test_finished_chunks_are_known_by_job(db):
    for job, number in (("a", 3), ("a", 1), ("a", 3), ("b", 2)):
        project_state.mark_chunk_finished(db, job, number)
    assert project_state.get_finished_chunks(db, "a") == {1, 3}
    assert project_state.get_finished_chunks(db, "c") == set()


def test_a_job_that_left_nothing_is_forgotten(db):
    for job in ("a", "b"):
        project_state.mark_chunk_finished(db, job, 1)
    project_state.remove_chunks(db, "a")
    assert project_state.get_finished_chunks(db, "a") == set()
    assert project_state.get_finished_chunks(db, "b") == {1}
