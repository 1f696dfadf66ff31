from fieldcheck.project.tables import chunks


def test_finished_chunks_are_known_by_job(db):
    for job, number in (("a", 3), ("a", 1), ("a", 3), ("b", 2)):
        chunks.mark_chunk_finished(db, job, number)
    assert chunks.get_finished_chunks(db, "a") == {1, 3}
    assert chunks.get_finished_chunks(db, "c") == set()


def test_a_job_that_left_nothing_is_forgotten(db):
    for job in ("a", "b"):
        chunks.mark_chunk_finished(db, job, 1)
    chunks.remove_chunks(db, "a")
    assert chunks.get_finished_chunks(db, "a") == set()
    assert chunks.get_finished_chunks(db, "b") == {1}
