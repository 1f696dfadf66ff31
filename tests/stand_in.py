"""Small programs that stand in for the frozen one: a folder with a real start, a self-test of its
own and the code of this checkout; the archives and update files that are made of them."""

import importlib.util
import io
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from fieldcheck.update import Installation, get_platform

CHECKOUT = Path(__file__).parent.parent
ENTRY = CHECKOUT / "packaging" / "installer" / "entry.py"
START = """#!{python}
import os, runpy, sys
from pathlib import Path
if sys.argv[1:2] == ["update"] and sys.argv[2:3] != ["--self-test"] and "KILL_AT" in os.environ:
    left = int(os.environ["KILL_AT"])
    def count_step(event, arguments):
        global left
        writes = event == "open" and set(str(arguments[1])) & set("wxa+")
        if writes or event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.chmod"):
            left -= 1
            if not left:
                os.kill(os.getpid(), 9)
    sys.addaudithook(count_step)
sys.path.insert(0, {checkout!r})
sys.frozen, sys.executable = True, __file__
import fieldcheck
fieldcheck.__version__ = {version!r}
if sys.argv[1:3] == ["update", "--self-test"]:
    if (Path(__file__).parent / "golden.txt").read_text() != str(sum(range(100))):
        sys.exit("golden number differs")
    for project in sys.argv[3:]:
        from fieldcheck.project.folder import try_opening
        try_opening(Path(project))
    sys.exit()
if sys.argv[1:2] == ["update"]:
    import fieldcheck.update
    fieldcheck.update.SHIPPED_ROOT = {root!r}
runpy.run_path({entry!r}, run_name="__main__")
"""


def load_maker():
    """`packaging/update.py` as a module."""
    path = CHECKOUT / "packaging" / "update.py"
    spec = importlib.util.spec_from_file_location("update_maker", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


MAKER = load_maker()


@dataclass
class Publisher:
    """Who signs updates, with keys made here. `folder` holds keys, archives and update files."""

    folder: Path
    keys: Path = field(init=False)

    def __post_init__(self):
        self.keys = self.folder / "keys"
        self.root = MAKER.run_ceremony(self.keys)

    def start(self, version):
        """The start of a stand-in of this version."""
        return START.format(
            python=sys.executable, checkout=str(CHECKOUT), version=version, root=str(self.root),
            entry=str(ENTRY),
        )  # fmt: skip

    def install(self, folder, version="0.1.0"):
        """A stand-in as an installer leaves it; returns its program."""
        folder.mkdir()
        program = folder / "fieldcheck"
        program.write_text(self.start(version))
        program.chmod(0o755)
        return program

    def archive(self, version, *, golden="4950", program=None, links=(), more=(), system=None):
        """`fieldcheck-VERSION-PLATFORM.tar.gz` of a stand-in. `links`: (name, target); `more`:
        (member, bytes) to be added as they are; `program`: the version that its start names."""
        path = self.folder / f"fieldcheck-{version}-{system or get_platform()}.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            for name, mode, text in (
                ("fieldcheck", 0o755, self.start(program or version)),
                ("golden.txt", 0o644, golden),
                ("_internal/library.so", 0o644, "library" * 1000),
            ):
                member = tarfile.TarInfo(f"fieldcheck-{version}/{name}")
                member.mode, member.size = mode, len(text)
                tar.addfile(member, io.BytesIO(text.encode()))
            for name, target in links:
                member = tarfile.TarInfo(f"fieldcheck-{version}/{name}")
                member.type, member.linkname = tarfile.SYMTYPE, target
                tar.addfile(member)
            for member, data in more:
                tar.addfile(member, io.BytesIO(data))
        return path

    def update(self, version, days=366, archive=None, **options):
        """An update file of this version."""
        out = self.folder / f"{version}.fcupdate"
        MAKER.make_update(self.keys, archive or self.archive(version, **options), out, days)
        return out

    def installation(self, home, **changes):
        """The stand-in as an update sees it."""
        values = {
            "kind": "own", "version": "0.1.0", "platform": get_platform(),
            "versions": home / "versions", "root": self.root,
        }  # fmt: skip
        return Installation(**values | changes)
