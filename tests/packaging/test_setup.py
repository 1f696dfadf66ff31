"""packaging/setup.sh on machines that lack something: what it chooses, and the one line it says."""

import os
import re
import subprocess
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.markers import Marker

from tests.programs import run_program

CHECKOUT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="bash scripts")


def bash(script: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs bash lines after setup.sh was read in, with `path` first on PATH."""
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"} if path else None
    command = ["bash", "-euo", "pipefail", "-c", f". packaging/setup.sh\n{script}"]
    return run_program(command, cwd=CHECKOUT, env=environment)


def pretend_python(folder: Path, name: str, minor: int, venv: bool = True) -> None:
    """A program of that name that answers what setup.sh asks a Python."""
    (folder / name).write_text(f"#!/bin/sh\necho {minor} {int(venv)}\n")
    (folder / name).chmod(0o755)


def chosen(
    folder: Path, names: str = "python3 python3.13 python3.12 python3.11"
) -> subprocess.CompletedProcess[str]:
    return bash(f'PYTHONS="{names}"\nfind_python\necho "$PYTHON $HAS_VENV"', folder)


def test_python3_is_taken_when_it_is_new_enough(tmp_path):
    pretend_python(tmp_path, "python3", 11)
    pretend_python(tmp_path, "python3.13", 13)
    assert chosen(tmp_path).stdout == "python3 1\n"


def test_a_newer_one_is_taken_where_python3_is_too_old(tmp_path):
    pretend_python(tmp_path, "python3", 9)
    pretend_python(tmp_path, "python3.13", 13)
    assert chosen(tmp_path).stdout == "python3.13 1\n"


def test_one_that_can_make_environments_goes_before_one_that_cannot(tmp_path):
    pretend_python(tmp_path, "python3", 13, venv=False)
    pretend_python(tmp_path, "python3.13", 13, venv=False)
    pretend_python(tmp_path, "python3.12", 12)
    assert chosen(tmp_path).stdout == "python3.12 1\n"
    assert chosen(tmp_path, "python3 python3.13").stdout == "python3 0\n"


def test_a_python_that_is_too_old_is_named(tmp_path):
    pretend_python(tmp_path, "python3", 9)
    got = chosen(tmp_path, "python3")
    assert got.returncode == 1
    assert got.stderr == f"Fieldcheck needs Python 3.11 to 3.14; found 3.9 ({tmp_path}/python3).\n"


def test_no_python_at_all_is_said(tmp_path):
    got = chosen(tmp_path, "python3.11-that-is-not-here")
    assert got.returncode == 1
    assert got.stderr == "Fieldcheck needs Python 3.11 to 3.14; found none.\n"


def test_a_user_without_rights_gets_one_line_to_type():
    got = bash(
        "id() { echo 1000; }\napt-get() { :; }\nMISSING=(libegl1 xvfb)\ninstall_missing_packages"
    )
    assert got.returncode == 1
    assert got.stdout == ""
    assert got.stderr.count("\n") == 1
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1 xvfb\n"
        in got.stderr
    )


def test_nothing_missing_asks_for_nothing():
    got = bash("apt-get() { exit 9; }\nMISSING=()\ninstall_missing_packages\necho quiet")
    assert (got.returncode, got.stdout) == (0, "quiet\n")


def test_a_failed_installation_stops_with_the_reason():
    got = bash(
        'id() { echo 0; }\napt-get() { echo "E: no room"; return 100; '
        "}\nMISSING=(libegl1)\ninstall_missing_packages\necho went on"
    )
    assert got.returncode == 1
    assert "went on" not in got.stdout
    assert "E: no room" in got.stderr


def test_a_program_that_is_not_here_is_missed_by_its_package():
    got = bash(
        "MISSING=()\nfind_missing_packages bash:bash no-such-program-here:its-package\necho "
        '"${MISSING[@]}"'
    )
    assert got.stdout.split()[-1] == "its-package"
    assert "bash" not in got.stdout.split()


def test_a_file_that_is_not_here_is_missed_by_its_package(tmp_path):
    (tmp_path / "x86").mkdir()
    (tmp_path / "x86" / "there.so").touch()
    got = bash(
        f"MISSING=()\nfind_missing_packages '{tmp_path}/*/there.so:first' "
        f"'{tmp_path}/*/gone.so:second'\necho \"${{MISSING[@]}}\""
    )
    assert got.stdout.split()[-1] == "second"
    assert "first" not in got.stdout.split()


def pretend_environment(folder: Path, python: str, uv: str) -> None:
    """A checkout with an environment whose two programs do what these shell lines say."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "packaging" / "requirements").mkdir(parents=True)
    for name in (
        *(f"packaging/requirements/{pins}.txt" for pins in ("dev", "product", "build", "uv")),
        "pyproject.toml",
    ):
        (folder / name).write_text(name)
    for name, line in (("python", python), ("uv", uv)):
        (folder / ".venv" / "bin" / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / ".venv" / "bin" / name).chmod(0o755)


def test_where_uv_does_not_get_through_pip_installs(tmp_path):
    pretend_environment(tmp_path, python='echo "$*" >> asked', uv="exit 1")
    assert bash(f"cd {tmp_path}\nmake_environment").returncode == 0
    asked = (
        "--require-hashes -r packaging/requirements/product.txt -r packaging/requirements/build.txt"
    )
    assert asked in (tmp_path / "asked").read_text()
    assert "dev.txt" not in (tmp_path / "asked").read_text()
    assert bash(f"cd {tmp_path}\nPINS=dev\nmake_environment").returncode == 0
    assert "--require-hashes -r packaging/requirements/dev.txt" in (tmp_path / "asked").read_text()
    assert (tmp_path / ".venv" / "fieldcheck-stamp").exists()


def test_an_environment_made_from_the_same_pins_is_left_alone(tmp_path):
    pretend_environment(tmp_path, python="exit 0", uv="touch asked")
    assert bash(f"cd {tmp_path}\nmake_environment").returncode == 0
    (tmp_path / "asked").unlink()
    again = bash(f"cd {tmp_path}\nmake_environment")
    assert (again.returncode, again.stdout, (tmp_path / "asked").exists()) == (0, "", False)
    (tmp_path / "packaging" / "requirements" / "product.txt").write_text("changed")
    assert bash(f"cd {tmp_path}\nmake_environment").returncode == 0
    assert (tmp_path / "asked").exists()


def test_a_failed_package_installation_leaves_no_stamp(tmp_path):
    pretend_environment(tmp_path, python='case "$*" in *build.txt) exit 1;; esac', uv="exit 1")
    got = bash(f"cd {tmp_path}\nmake_environment\necho went on")
    assert got.returncode == 1
    assert "went on" not in got.stdout
    assert not (tmp_path / ".venv" / "fieldcheck-stamp").exists()


def test_a_peer_that_has_no_folder_is_refused_with_the_names_of_those_that_have():
    got = run_program(["bash", "packaging/test.sh", "--peers", "nobody"], cwd=CHECKOUT)
    assert got.returncode == 2
    pattern = r"packaging/peers has no nobody, only: (\w+ )*evidently( \w+)*\.\n"
    assert re.fullmatch(pattern, got.stderr)


def test_every_peer_has_pins_a_script_and_a_test_that_asks_it():
    texts = [path.read_text() for path in (CHECKOUT / "tests" / "peers").glob("test_*.py")]
    asked = {name for text in texts for name in re.findall(r'ask_peer\("(\w+)"', text)}
    for names in re.findall(r'parametrize\("peer", \[(.*?)\]\)', "".join(texts)):
        asked |= set(re.findall(r'"(\w+)"', names))
    peers = {peer.name: peer for peer in (CHECKOUT / "packaging" / "peers").iterdir()}
    assert asked == set(peers)
    for peer in peers.values():
        assert [name for name in ("pins.txt", "ask.py") if not (peer / name).is_file()] == []


def test_an_unknown_option_is_wrong_usage_and_help_is_not():
    wrong = run_program(["bash", "packaging/test.sh", "--fulll"], cwd=CHECKOUT)
    shown = run_program(["bash", "packaging/test.sh", "--help"], cwd=CHECKOUT)
    assert (wrong.returncode, shown.returncode) == (2, 0)
    assert wrong.stderr == shown.stdout
    assert re.search(r"--full .*goes on where it stopped", shown.stdout)


def test_all_scripts_are_bash_that_parses():
    for script in [*(CHECKOUT / "packaging").glob("*.sh"), CHECKOUT / ".ci" / "run"]:
        subprocess.run(["bash", "-n", script], check=True)


def test_the_demo_is_content_with_what_the_tests_need_too(tmp_path):
    pretend_environment(tmp_path, python="exit 0", uv='echo "$*" >> asked')
    assert bash(f"cd {tmp_path}\nPINS=dev\nmake_environment").returncode == 0
    (tmp_path / "asked").unlink()
    assert bash(f"cd {tmp_path}\nmake_environment").returncode == 0
    assert not (tmp_path / "asked").exists()


def test_pins_of_the_product_and_of_its_building_are_those_of_the_tests():
    def pins(name):
        text = (CHECKOUT / "packaging" / "requirements" / f"{name}.txt").read_text()
        return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))

    small = {**pins("product"), **pins("build")}
    assert small.items() <= pins("dev").items()
    assert {"hatchling", "editables"} <= set(pins("build"))
    assert len(small) < 60 < len(pins("dev"))


def test_without_a_window_no_library_of_qt_is_missed():
    """A user who may install nothing is not stopped for what is not needed."""
    asks = (
        'QT_LIBRARIES="libnowhere.so.9:its-package"\nFONT=/nowhere\nMISSING=()\nfind_missing_packages\necho '
        ""
        '"missing ${MISSING[*]:-none}"'
    )
    assert bash(asks).stdout.split() == ["missing", "its-package", "fonts-dejavu-core"]
    assert bash(f"NEEDS_QT=0\n{asks}").stdout == "missing none\n"
    script = (CHECKOUT / "packaging" / "demo.sh").read_text()
    for display, words, needed in (
        ("", "", "0"), (":0", "--headless", "0"), (":0", "--fresh --headless", "0"),
        (":0", "", "1"),
    ):  # fmt: skip
        asked = script.partition("set -euo pipefail\n")[2].replace(
            "set_up\n", 'echo "$NEEDS_QT"; exit\n'
        )
        asked = asked.replace('cd "$(dirname "${BASH_SOURCE[0]}")/.."\n', "")
        environment = {**os.environ, "DISPLAY": display, "WAYLAND_DISPLAY": ""}
        command = ["bash", "-euo", "pipefail", "-c", asked, "demo.sh", *words.split()]
        got = run_program(command, cwd=CHECKOUT, env=environment)
        assert got.stdout == f"{needed}\n", got.stderr


def test_the_pins_that_install_the_checkout_are_whole():
    """With hashes required, one package that is needed and not pinned stops the whole set-up."""
    folder = CHECKOUT / "packaging" / "requirements"
    texts = [(folder / name).read_text("utf-8") for name in ("product.txt", "build.txt")]
    pinned = {
        re.sub(r"[-_.]+", "-", name).lower()
        for name in re.findall(r"^([\w.-]+)==", "\n".join(texts), re.MULTILINE)
    }
    build = re.findall(r"^([\w.-]+)==", texts[1], re.MULTILINE)
    assert "hatchling" in build
    needed = {
        re.sub(r"[-_.]+", "-", match[0]).lower()
        for name in build
        for line in requires(name) or ()
        if "extra ==" not in line and (match := re.match(r"[\w.-]+", line))
        if Marker(line.partition(";")[2].strip() or "python_version > '3'").evaluate()
    }
    assert needed - pinned == set()
