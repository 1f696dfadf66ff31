"""Other people's tools on the product's input, each in an environment of its own. Run by
`packaging/test.sh --peers [NAME]`."""

import json
import os
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def need_peer():
    """`need_peer(name)`: the environment of a peer. Skips without it, before a test has worked
    anything out for nobody."""

    def needed(name):
        made = os.environ.get("FIELDCHECK_PEERS")
        if not made or name not in os.environ.get("FIELDCHECK_PEER_NAMES", "").split():
            pytest.skip(f"only in the share of peers: packaging/test.sh --peers {name}")
        return Path(made) / name / "env"

    return needed


@pytest.fixture(scope="session")
def ask_peer(need_peer):
    """`ask_peer(name, *arguments)`: what packaging/peers/NAME/ask.py prints on its stdout, one JSON
    document. Skips without the peer's environment; a peer that ends with an error fails the test
    with what it said."""

    def asked(name, *arguments):
        ask = CHECKOUT / "packaging" / "peers" / name / "ask.py"
        command = [need_peer(name) / "bin" / "python", ask, *arguments]
        got = subprocess.run(command, capture_output=True, text=True, check=False)
        assert got.returncode == 0, got.stderr[-4000:]
        return json.loads(got.stdout)

    return asked
