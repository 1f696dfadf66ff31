"""Any acts in any order, the program killed and started between them: undo leads back through every
earlier state, one by one."""

import multiprocessing
import random
import shutil
import sqlite3

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fieldcheck.domain.project_state import BY_NAME, get_act_names
from fieldcheck.project.tables.values import KEYS
from tests.models import every_act
from tests.models.every_act import MAKERS, MOSTLY

# what a process imports is imported once, or its start would take most of the time
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([every_act.__name__])
# can be done only while hardly a frame is labelled
FIRST = ("pick.propose", "pick.take_out", "pick.put_back")


def test_no_act_is_forgotten():
    assert sorted(MAKERS) == sorted(get_act_names())


def dump(path):
    """Every row of every table that acts change."""
    connection = sqlite3.connect(f"file:{path / 'project.db'}?mode=ro", uri=True)
    try:
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
            for table in KEYS
        }
    finally:
        connection.close()


def written(path):
    """(act, table) of everything that acts of this project wrote."""
    connection = sqlite3.connect(f"file:{path / 'project.db'}?mode=ro", uri=True)
    try:
        return set(
            connection.execute("SELECT DISTINCT act, kind FROM edit JOIN edit_row USING (edit_id)")
        )
    finally:
        connection.close()


class Doer:
    """A process that has the project open. `kills` counts how often it was killed after it had
    answered, and started again."""

    def __init__(self, path):
        self._path, self.kills = path, 0
        self._start()

    def _start(self):
        self._asked, theirs = FORKED.Pipe()
        self._process = FORKED.Process(target=every_act.serve, args=(self._path, theirs))
        self._process.start()
        theirs.close()

    def ask(self, *words):
        self._asked.send(words)
        return self._asked.recv()

    def stop(self):
        self._process.kill()
        self._process.join()
        self._process.close()
        self._asked.close()

    def maybe_restart(self, rng, one_in):
        if not rng.randrange(one_in):
            self.stop()
            self._start()
            self.kills += 1


def do_one(doer, name, rng):
    """Does the act, or another one where it cannot be done now; the name of what was done."""
    names = (name, *rng.sample(sorted(MAKERS), len(MAKERS)))
    return next(one for one in names if doer.ask("do", one, rng.getrandbits(32)))


@pytest.mark.full("every_act_undone")
def test_undo_leads_back_through_every_earlier_state(made, tmp_path, counts, evidence):
    n_acts, n_examples = counts(ci=60, full=200), counts(ci=1, full=3)
    one_in, n_more = counts(ci=12, full=3), n_acts - len(MAKERS) - len(FIRST)
    done, kills = {}, 0

    @settings(
        max_examples=n_examples, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        every=st.permutations(sorted(MAKERS)),
        more=st.lists(st.sampled_from(sorted(MAKERS)), min_size=n_more, max_size=n_more),
        seed=st.integers(0, 2**32),
    )
    def any_acts(every, more, seed):
        nonlocal kills
        rng = random.Random(seed)
        path = tmp_path / f"{rng.getrandbits(40)}.fieldcheck"
        shutil.copytree(made["drawn"], path)
        doer = Doer(path)
        try:
            base, _ = doer.ask("depths")
            for name in MOSTLY:
                doer.ask("do", name, rng.getrandbits(32))
            while doer.ask("depths")[0] > base:
                doer.ask("undo")
            states = [dump(path)]
            for name in (*FIRST, *more, *every):  # what cannot be done gives way to another act
                one = do_one(doer, name, rng)
                done[one] = done.get(one, 0) + 1
                states.append(dump(path))
                doer.maybe_restart(rng, one_in)
            assert {
                (act, table) for act, table in written(path) if table not in BY_NAME[act].tables
            } == set()
            for back, wanted in (("undo", states[-2::-1]), ("redo", states[1:])):
                for state in wanted:
                    doer.ask(back)
                    assert dump(path) == state
                    doer.maybe_restart(rng, one_in)
        finally:
            doer.stop()
            kills += doer.kills
            shutil.rmtree(path)

    any_acts()
    assert sum(done.values()) == n_acts * n_examples
    missing = sorted(set(MAKERS) - set(done))
    # in a short run some have nothing yet to be done to
    assert missing == [] or n_acts < 2 * len(MAKERS)
    evidence(
        acts=sum(done.values()), kinds=len(done), kinds_registered=len(MAKERS),
        killed_between=kills, states_that_differed=0,
    )  # fmt: skip
