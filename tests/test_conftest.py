"""The fixtures that guard every test are guarded here: each is shown a test that misbehaves."""

import json
import socket
import threading
from pathlib import Path

import pytest

from tests import counts as kept
from tests import leaks

pytest_plugins = ["pytester"]

CONFTEST = """
import sys
sys.path.insert(0, {checkout!r})
from tests.conftest import *
pytest_plugins = []
"""
CHECKOUT = Path(__file__).parent.parent


@pytest.fixture
def outcome(pytester: pytest.Pytester):
    """Run one test file under the project's fixtures in its own process; return what became."""
    pytester.makeconftest(CONFTEST.format(checkout=str(CHECKOUT)))
    pytester.makeini("[pytest]\nmarkers =\n    full\n    loopback\nfilterwarnings = error\n")

    def run(text: str, *options: str) -> dict[str, int]:
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options).parseoutcomes()

    return run


@pytest.mark.long
def test_a_connection_to_outside_fails_the_test_even_when_the_code_swallows_it(outcome):
    text = """
    import socket
    def test_it():
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=0.1)
        except Exception:
            pass
    """
    assert outcome(text) == {"passed": 1, "errors": 1}


@pytest.mark.long
def test_loopback_needs_its_mark(outcome):
    text = """
    import pytest, socket
    def connect():
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
            pass
    @pytest.mark.loopback
    def test_marked():
        connect()
    def test_not_marked():
        connect()
    """
    got = outcome(text)
    assert (got["passed"], got["failed"]) == (1, 1)


@pytest.mark.long
def test_a_thread_left_running_fails_the_test(outcome):
    text = """
    import threading
    def test_it():
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    """
    assert outcome(text).get("errors") == 1


def test_a_window_left_open_fails_the_test(outcome, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    text = """
    from PySide6.QtWidgets import QApplication, QWidget
    app = QApplication([])
    kept = []
    def test_it():
        kept.append(QWidget())
    """
    assert outcome(text).get("errors") == 1


@pytest.mark.loopback
def test_what_counts_as_this_machine():
    assert all(leaks.is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))
    assert not any(leaks.is_loopback(host) for host in ("0.0.0.0", "10.0.0.1", "example.org", ""))
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname()[1] > 0


def test_a_thread_that_ends_within_the_grace_is_no_leak():
    before, go = leaks.threads(), threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    threading.Timer(0.05, go.set).start()
    assert leaks.threads_left(before, grace_s=2.0) == []


COUNTED = """
import pytest
@pytest.mark.full("made_up")
def test_it(counts, evidence):
    evidence(times=counts(ci=2, full=7))
@pytest.mark.full("failing")
def test_failing(counts, evidence):
    evidence(times=counts(ci=2, full=7))
    assert False
@pytest.mark.full("long")
def test_long(counts, evidence):
    counts(ci=0, full=1)
"""
LEFT_OUT = """
import pytest
from tests.counts import only_full, rows
@only_full
def test_it():
    pass
@pytest.mark.parametrize("number", rows([1], full=[2, 3]))
def test_rows(number):
    pass
"""


@pytest.mark.long
def test_a_build_machine_runs_the_small_counts_and_keeps_nothing(outcome, tmp_path):
    text = (
        "import conftest\nfrom pathlib import Path\nconftest.CHECKOUT = "
        f"Path({str(tmp_path)!r})\n{COUNTED}"
    )
    assert outcome(text) == {"passed": 1, "failed": 1, "skipped": 1}
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.long
def test_what_only_the_full_share_runs_is_skipped_elsewhere(outcome):
    assert outcome(LEFT_OUT) == {"passed": 1, "skipped": 3}
    assert outcome(LEFT_OUT, "--full") == {"passed": 4}


@pytest.mark.long
def test_the_full_share_keeps_the_figures_of_what_passed_and_does_not_repeat_it(outcome, tmp_path):
    (tmp_path / "fieldcheck").mkdir()
    text = (
        "import tests.conftest\nfrom pathlib import Path\ntests.conftest.CHECKOUT = "
        f"Path({str(tmp_path)!r})\n{COUNTED}"
    )
    assert outcome(text, "--full") == {"passed": 2, "failed": 1}
    expected = ["long.json", "made_up.json"]
    assert sorted(path.name for path in (tmp_path / "docs/evidence").iterdir()) == expected
    assert kept.is_current(tmp_path, "made_up")
    assert outcome(text, "--full") == {"skipped": 2, "failed": 1}
    assert outcome(text, "--full", "--again") == {"passed": 2, "failed": 1}
    (tmp_path / "fieldcheck" / "changed.py").write_text("")
    assert not kept.is_current(tmp_path, "made_up")


def test_a_record_says_what_was_counted_and_on_which_machine(tmp_path):
    counts = kept.Counts(full=True)
    assert counts(ci=1, full=9) == 9
    record = kept.Evidence("x", counts)
    record(lost=0)
    record.write(tmp_path)
    written = json.loads((tmp_path / "docs/evidence/x.json").read_text("utf-8"))
    assert (written["counts"], written["figures"]) == ([9], {"lost": 0})
    wanted = {"processor", "cores", "memory_gb", "system", "python", "libraries"}
    assert wanted == set(written["machine"])
    assert written["seconds"] >= 0
