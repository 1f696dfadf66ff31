from fieldcheck.project.tables import chunks


def test_finished_chunks_are_known_by_job(db):
    for job, number in (("a", 3), ("a", 1), ("a", 3), ("b", 2)):
        chunks.mark(db, job, number)
    assert chunks.done(db, "a") == {1, 3}
    assert chunks.done(db, "c") == set()


def test_a_job_that_left_nothing_is_forgotten(db):
    for job in ("a", "b"):
        chunks.mark(db, job, 1)
    chunks.forget(db, "a")
    assert chunks.done(db, "a") == set()
    assert chunks.done(db, "b") == {1}
