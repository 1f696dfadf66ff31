"""A Dask scheduler and its workers on this machine, as programs of their own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CHECKOUT = Path(__file__).parent.parent
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclass
class Cluster:
    """`folder` holds the scheduler's file and the workers' own folders; `tls`: options of both."""

    folder: Path
    tls: tuple[str, ...] = ()
    scheduler: subprocess.Popen | None = None
    workers: list[subprocess.Popen] = field(default_factory=list)
    address: str = ""

    def start_scheduler(self) -> None:
        """Start it, at the port that it had before."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        port = self.address.rpartition(":")[2] or "0"
        self.scheduler = self._start(
            "dask_scheduler", "--scheduler-file", file, "--port", port, "--no-dashboard",
            *(["--protocol", "tls"] if self.tls else []),
        )  # fmt: skip
        while not file.exists() or not file.read_text().strip().endswith("}"):
            assert self.scheduler.poll() is None, "the scheduler ended"
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]

    def add_worker(self) -> subprocess.Popen:
        """One more worker with one thread, in a folder of its own."""
        folder = self.folder / f"worker{len(self.workers)}"
        worker = self._start(
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", folder, "--memory-limit", "0",
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def _start(self, module: str, *arguments: object) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1"]
        command += [*map(str, arguments), *self.tls]
        return subprocess.Popen(command, cwd=CHECKOUT, **QUIET)


@contextmanager
def running(folder: Path, n_workers: int, tls: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """A cluster that ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, tls)
    try:
        cluster.start_scheduler()
        for _ in range(n_workers):
            cluster.add_worker()
        yield cluster
    finally:
        for process in [*cluster.workers, cluster.scheduler]:
            if process is not None:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of its own, in a folder."""

    folder: Path
    name: str

    @cached_property
    def _key(self):
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def certificate(self) -> bytes:
        """Its own certificate, PEM."""
        return self._sign(self._key, self.name, is_authority=True)

    def _sign(self, key, name: str, is_authority: bool) -> bytes:
        now = datetime.now(UTC)
        subject, issuer = (
            x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
            for text in (name, self.name)
        )
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str, password: bytes = b"") -> tuple[bytes, bytes]:
        """A certificate and its key, PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        locked = serialization.BestAvailableEncryption(password) if password else None
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            locked or serialization.NoEncryption(),
        )
        return self._sign(key, name, is_authority=False), pem

    def write(self, *parts: bytes) -> Path:
        """A PEM file of these parts."""
        path = self.folder / f"{self.name}{len(list(self.folder.glob('*.pem')))}.pem"
        path.write_bytes(b"".join(parts))
        return path

    def make_options(self) -> tuple[str, ...]:
        """What a scheduler and its workers are started with."""
        certificate, key = self.issue("site")
        return (
            "--tls-ca-file", str(self.write(self.certificate)),
            "--tls-cert", str(self.write(certificate)), "--tls-key", str(self.write(key)),
        )  # fmt: skip
