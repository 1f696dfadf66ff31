"""Chunks on a Dask cluster of this machine give what the threads of this process give."""

import shutil
import socket
import sys
from pathlib import Path

import pytest

from fieldcheck import cluster
from fieldcheck.corruptions.ood import OodRequest, run_ood
from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
from fieldcheck.errors.files import ClusterRefused, ExtraMissing
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.run import PictureChunk, predict_images, run_on_set
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import runs as runs_table
from tests import clusters, makers
from tests.programs import run_python

pytestmark = pytest.mark.loopback
NO_PROGRESS = NullProgress()
SWEEP = SweepRequest(("gauss_noise", "motion"), (3.0,), ("benchmark",))


class AfterFirst(NullProgress):
    """Does something once, when the first answers to the benchmark are kept."""

    def __init__(self, act):
        super().__init__()
        self._act = act

    def report(self, done, total, unit=""):
        if unit == "benchmark" and self._act is not None:
            act, self._act = self._act, None
            act()


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    with clusters.running(tmp_path_factory.mktemp("cluster"), 2) as started:
        yield started


@pytest.fixture
def copies(made, tmp_path):
    """`copies(name)`: the project with a draw and without answers, once more."""
    opened = []

    def copied(name):
        path = shutil.copytree(made["drawn"], tmp_path / f"{name}.fieldcheck")
        opened.append(open_project(path))
        return opened[-1]

    yield copied
    for project in opened:
        project.close()


def list_answers(project):
    """Every stored answer to the letter, by run and subject, and every listed frame."""
    answers = {
        (run.run_id, subject): (answer.answer.tobytes(), answer.nan, answer.masks, answer.picture)
        for run in project.read(runs_table.list_all_runs)
        for subject, answer in project.read(
            lambda db, run=run: runs_table.get_predictions(db, run.run_id)
        ).items()
    }
    return answers, project.read(frames_table.list_frames)


def do_everything(project, material, progress=NO_PROGRESS):
    """Import, run, sweep and probe."""
    import_footage(project, [material / "night.avi"], FootageInfo(), progress, makers.NOW)
    for name in ("field", "benchmark", "footage"):
        run_on_set(project, find_model(project), name, progress, makers.NOW)
    sweep = run_sweep(project, SWEEP, progress, makers.NOW)
    probes = run_ood(project, OodRequest(), progress, makers.NOW)
    return repr(sweep.sweep.rows), repr(probes.probes), list_answers(project)


@pytest.mark.long
@pytest.mark.full("cluster")
def test_one_process_two_workers_and_one_that_dies_give_the_same(
    two_workers, copies, material, tmp_path, counts, evidence
):
    """In an ordinary run of two workers those of which one dies."""
    clusters_asked = counts(ci=1, full=2)
    expected = do_everything(copies("local"), material)
    assert len(expected[2][0]) > 700
    if clusters_asked == 2:
        with cluster.use_cluster(two_workers.address, None, NO_PROGRESS):
            assert do_everything(copies("cluster"), material) == expected
    with clusters.running(tmp_path / "mortal", 2) as mortal:
        kills = AfterFirst(mortal.workers[0].kill)
        with cluster.use_cluster(mortal.address, None, NO_PROGRESS):
            assert do_everything(copies("killed"), material, kills) == expected
        assert mortal.workers[0].wait() != 0
    evidence(clusters=clusters_asked, rows=len(expected[2][0]))


@pytest.mark.long
def test_a_scheduler_that_is_restarted_loses_nothing(copies, tmp_path):
    local, remote = copies("local"), copies("remote")
    run_on_set(local, find_model(local), "benchmark", NO_PROGRESS, makers.NOW)
    with clusters.running(tmp_path / "restarted", 1) as restarted:

        def restart():
            restarted.scheduler.kill()
            restarted.scheduler.wait()
            restarted.start_scheduler()
            restarted.add_worker()

        with cluster.use_cluster(restarted.address, None, NO_PROGRESS):
            run_on_set(remote, find_model(remote), "benchmark", AfterFirst(restart), makers.NOW)
    assert list_answers(remote) == list_answers(local)


def test_what_is_done_when_somebody_stops_is_kept_and_not_asked_again(two_workers, copies):
    local, remote = copies("local"), copies("remote")
    before = len(list_answers(local)[0])
    run_on_set(local, find_model(local), "benchmark", NO_PROGRESS, makers.NOW)

    class StopsAtSecond(NullProgress):
        done = 0

        def report(self, done, total, unit=""):
            self.done = done

        def check(self):
            if self.done > 1:
                raise Cancelled

    with cluster.use_cluster(two_workers.address, None, NO_PROGRESS):
        with pytest.raises(Cancelled):
            run_on_set(remote, find_model(remote), "benchmark", StopsAtSecond(), makers.NOW)
        kept = len(list_answers(remote)[0]) - before
        assert 1 < kept < 18
        ran = run_on_set(remote, find_model(remote), "benchmark", NO_PROGRESS, makers.NOW)
    assert (ran.resumed, ran.n_done) == (True, 18)
    assert list_answers(remote) == list_answers(local)


def test_a_worker_without_the_files_asks_for_them_and_answers_alike(drawn):
    """The chunk comes from a computer where the project lies elsewhere."""
    model = make_model_file(drawn, find_model(drawn))
    picks = drawn.read(labels_table.list_picks)[:3]
    subjects = tuple((pick.frame_id, str(drawn.path / pick.file)) for pick in picks)
    here = PictureChunk(model, subjects, hashed=True)
    elsewhere = cluster._replace_paths(
        here, {name: f"D:\\line{name}" for name in (model.path, *(file for _, file in subjects))}
    )
    files = tuple(
        cluster.FileCopy(there, cluster.compute_file_key(file), stays=there == elsewhere.model.path)
        for there, file in zip(
            (elsewhere.model.path, *(file for _, file in elsewhere.subjects)),
            (model.path, *(file for _, file in subjects)),
            strict=True,
        )
    )  # fmt: skip

    def ask(sent):
        return cluster.run_chunk(predict_images, elsewhere, files, sent, cluster.get_versions())

    missing = ask({})
    assert missing.paths == tuple(file.path for file in files)
    content = {
        there.path: Path(file).read_bytes()
        for there, file in zip(files, (model.path, *(name for _, name in subjects)), strict=True)
    }
    answers = ask(content)
    assert [answer.answer.tolist() for answer in answers] == [
        answer.answer.tolist() for answer in predict_images(here)
    ]
    # the model stays there, pictures do not
    assert ask({}).paths == tuple(file.path for file in files[1:])


def test_another_version_is_refused_with_both(tmp_path, monkeypatch):
    old = tmp_path / "old" / "numpy-1.26.0.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.0\n")
    monkeypatch.setenv("PYTHONPATH", str(old.parent))
    with (
        clusters.running(tmp_path / "cluster", 1) as started,
        pytest.raises(ClusterRefused) as refused,
        cluster.use_cluster(started.address, None, NO_PROGRESS),
    ):
        pass
    assert refused.value.problem == "versions"
    here = cluster.get_versions()["numpy"]
    assert refused.value.detail.startswith(f"numpy {here} ≠ 1.26.0 (tcp://127.0.0.1:")
    with pytest.raises(ClusterRefused):
        cluster.run_chunk(len, (), (), {}, {"numpy": "1.26.0"})


def test_the_fork_of_albumentations_makes_the_same_pictures_and_is_no_difference():
    here, there = {"albumentations": "2.0.8"}, {"albumentations": "nrtk-albumentations 2.3.0"}
    assert cluster.describe_difference(here, there, "w") == ""
    assert cluster.describe_difference(there, here, "w") == ""
    other = {"albumentations": "nrtk-albumentations 2.4.0"}
    assert "2.4.0 (w)" in cluster.describe_difference(here, other, "w")


def test_who_does_not_answer_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "ANSWER_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        for place in (address, "tcp://127.0.0.1:1", "nonsense://x"):
            with (
                pytest.raises(ClusterRefused) as refused,
                cluster.use_cluster(place, None, NO_PROGRESS),
            ):
                pass
            assert (refused.value.address, refused.value.problem) == (place, "no_answer")
    with (
        clusters.running(tmp_path / "idle", 0) as idle,
        pytest.raises(ClusterRefused) as refused,
        cluster.use_cluster(idle.address, None, NO_PROGRESS),
    ):
        pass
    assert refused.value.problem == "no_workers"
    with (
        pytest.raises(ClusterRefused) as refused,
        cluster.use_cluster("tls://127.0.0.1:1", tmp_path / "none.pem", NO_PROGRESS),
    ):
        pass
    assert refused.value.problem == "certificate"


def connect(address, certificate):
    """The problem for which a scheduler is refused, empty where it is not."""
    try:
        with cluster.use_cluster(address, certificate, NO_PROGRESS):
            return ""
    except ClusterRefused as refused:
        return refused.problem


@pytest.mark.long
def test_over_tls_who_has_a_certificate_of_the_authority_is_answered_and_nobody_else(
    copies, tmp_path
):
    local, remote = copies("local"), copies("remote")
    run_on_set(local, find_model(local), "field", NO_PROGRESS, makers.NOW)
    authority, foreign = (clusters.Authority(tmp_path, name) for name in ("plant", "other"))
    own, key = authority.issue("laptop")
    right = authority.write(authority.certificate, own, key)
    with clusters.running(tmp_path / "tls", 1, authority.make_options()) as started:
        assert started.address.startswith("tls://127.0.0.1:")
        with cluster.use_cluster(started.address, right, NO_PROGRESS):
            run_on_set(remote, find_model(remote), "field", NO_PROGRESS, makers.NOW)
        assert list_answers(remote) == list_answers(local)
        assert connect(started.address, authority.write(key, own, authority.certificate)) == ""
        assert connect(started.address, None) == "needs_certificate"
        assert connect(started.address.replace("tls", "tcp"), right) == "needs_tls"
        assert connect(started.address.replace("tls", "tcp"), None) == "no_answer"
        stranger = foreign.write(foreign.certificate, *foreign.issue("laptop"))
        assert connect(started.address, stranger) == "untrusted"
        # it trusts the scheduler, which does not trust it
        assert (
            connect(started.address, foreign.write(authority.certificate, *foreign.issue("laptop")))
            == "untrusted"
        )


def test_a_pem_file_without_a_certificate_that_fits_its_key_is_refused(tmp_path):
    authority = clusters.Authority(tmp_path, "plant")
    (own, key), (_, other), (locked, locked_key) = (
        authority.issue("a"),
        authority.issue("b"),
        authority.issue("c", b"secret"),
    )
    for parts in ((own,), (own, other), (locked, locked_key), (b"no PEM",)):
        assert connect("tls://127.0.0.1:1", authority.write(*parts)) == "unusable"
    text = b"Bag Attributes\n" + key.replace(b"\n", b"\r\n") + own.strip()
    assert cluster.read_certificates(authority.write(text))[1].strip() == own.decode().strip()


def test_without_the_extra_a_sentence_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(ExtraMissing) as missing,
        cluster.use_cluster("tcp://127.0.0.1:1", None, NO_PROGRESS),
    ):
        pass
    assert missing.value.extra == "cluster"


@pytest.mark.long
def test_nothing_of_dask_is_loaded_without_being_asked_for(drawn):
    drawn.close()
    program = (
        "import sys\nfrom fieldcheck.cli.main import main\n"
        f"assert main(['run', {str(drawn.path)!r}, '--on', 'field']) == 0\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('distributed', 'dask')]"
    )
    got = run_python("-c", program)
    assert got.returncode == 0, got.stderr
