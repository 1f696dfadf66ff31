"""What every test stands under: no network, nothing left running or open; and the full counts."""

import gc
import linecache
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

import fieldcheck  # noqa: F401 - sets what OpenCV reads when it is first imported
from fieldcheck.errors import message_format
from tests import counts as kept
from tests import display as screens
from tests import leaks, order, source

# here, so that a session makes each of them once and not once a folder
pytest_plugins = ["tests.made_projects"]

CHECKOUT = Path(__file__).parent.parent
RUN_PASSED = pytest.StashKey[bool]()

leaks.watch_sockets()
# others may work on the machine
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals):
    # milliseconds in place of five thousand: a busy machine is no failure
    wait.__kwdefaults__["timeout"] = 60_000


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that reached for the network, also where the tested code hid the refusal."""
    with leaks.sockets(loopback=request.node.get_closest_marker("loopback") is not None) as refused:
        yield
    assert not refused, f"the test reached for the network: {refused}"


@pytest.fixture(autouse=True)
def no_leaked_thread() -> Iterator[None]:
    """Fails a test that leaves a thread running for more than twenty seconds after its end."""
    before = leaks.threads()
    yield
    left = leaks.threads_left(before, grace_s=20.0)
    assert not left, f"the test left threads running: {left}"


@pytest.fixture(autouse=True)
def no_leaked_window() -> Iterator[None]:
    """Fails a test that leaves a top-level window behind."""
    before = leaks.windows()
    yield
    left = leaks.windows() - before
    assert not left, f"the test left windows: {left}"


@pytest.fixture(autouse=True)
def window_words() -> Iterator[None]:
    """Remedies are those of the window, whatever command a test before has run in this process."""
    with message_format.use_audience("window"):
        yield


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New empty folders, without end. Their own count and place: pytest looks through all that it
    made for the next number of a name, which is slow for ten thousand tests."""
    folder = tmp_path_factory.mktemp("homes")
    return (_made(folder / str(number)) for number in count())


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a new empty folder for a test of that name, with a count of its own, as `homes`."""
    folder, numbers = tmp_path_factory.mktemp("tests"), count()
    return lambda name: _made(folder / f"{re.sub(r'[^0-9A-Za-z_]', '_', name)[:30]}{next(numbers)}")


@pytest.fixture
def tmp_path(folders: Callable[[str], Path], request: pytest.FixtureRequest) -> Path:
    """In place of pytest's own, which takes three milliseconds for the three thousandth."""
    return folders(request.node.name)


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, logs, cache and sample of a test lie in its own folder, for its programs too."""
    monkeypatch.setenv("FIELDCHECK_HOME", str(next(homes)))


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    """A screen that this test process has for itself."""
    server = screens.start()
    yield
    if server is not None:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def qapp_args(display: None) -> list[str]:
    """What the application object of the window tests is made with; the screen stands before it."""
    return ["fieldcheck"]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real models and footage beside the checkout. Not part of it: a developer without them skips,
    the build machine may not."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        missing = f"no real footage at {folder}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return folder


@pytest.fixture
def counts(request: pytest.FixtureRequest) -> kept.Counts:
    """`counts(ci=10, full=50)`: how often to repeat. Zero in the CI share skips the test there."""
    return kept.Counts(full=request.config.getoption("--full"))


@pytest.fixture
def evidence(request: pytest.FixtureRequest, counts: kept.Counts) -> Iterator[kept.Evidence]:
    """`evidence(**figures)`: what the run found. Written to docs/evidence/NAME.json by a `--full`
    run whose test passes.

    NAME is the argument of the test's mark: `@pytest.mark.full("kill_import")`.
    """
    record = kept.Evidence(_evidence_name(request.node), counts)
    yield record
    if counts.full and request.node.stash.get(RUN_PASSED, False):
        record.write(CHECKOUT)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fieldcheck")
    group.addoption(
        "--full",
        action="store_true",
        help="run the tests of the full share with their large counts and keep their figures",
    )
    group.addoption(
        "--again",
        action="store_true",
        help="with --full: also those whose figures for this very code are kept already",
    )


class ShortShare:
    """Marks as `long` what only `packaging/test.sh --all` runs of a test with many cases."""

    @pytest.hookimpl(tryfirst=True)  # before pytest leaves out what `-m "not long"` names
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        cases: Counter[str] = Counter()
        for item in items:
            marker = item.get_closest_marker("short_cases")
            if marker is None:
                continue
            function = item.nodeid.partition("[")[0]
            cases[function] += 1
            if cases[function] > marker.args[0]:
                item.add_marker(pytest.mark.long)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ShortShare(), "short share")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, none is left with a long one at the end."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:
        tests = Path(__file__).parent
        files = [
            item.path.relative_to(tests).as_posix() if item.path.is_relative_to(tests) else ""
            for item in items
        ]
        items[:] = [items[index] for index in order.shared(files, processes)]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is loaded to find the tests stays until the end: the garbage collector need not look
    through it, neither meanwhile nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collectreport() -> None:
    """Lines of a file, which pytest looks up for the place of each test, are read again where one
    fails: all of them are 100 MB."""
    linecache.clearcache()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """What a file leaves behind, such as what was made once for all, is not looked through at each
    collection of a window to come: that took a quarter of the processor time."""
    yield
    if nextitem is None or nextitem.path != item.path:
        if _is_reader(item) and not (nextitem and _is_reader(nextitem)):
            source.forget_trees()
        gc.collect()
        gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    marker = item.get_closest_marker("full")
    if marker is None:
        return
    ordinary, full = marker.kwargs.get("ordinary", True), item.config.getoption("--full")
    if not full and not ordinary:
        pytest.skip("only in the full share: packaging/test.sh --full")
    keeps = full and ordinary and not item.config.getoption("--again")
    if keeps and kept.is_current(CHECKOUT, _evidence_name(item)):
        pytest.skip("its figures for this code are kept already; --again repeats it")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.when == "call":
        item.stash[RUN_PASSED] = report.passed
    return report


def _is_reader(item: pytest.Item) -> bool:
    tests = Path(__file__).parent
    return item.path.is_relative_to(tests) and (
        item.path.relative_to(tests).as_posix() in order.READERS
    )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _evidence_name(item: pytest.Item) -> str:
    marker = item.get_closest_marker("full")
    if marker is None or len(marker.args) != 1:
        raise pytest.UsageError(
            f'{item.nodeid} keeps evidence, so it needs @pytest.mark.full("name")'
        )
    return str(marker.args[0])
