"""Both databases: an SQLite file, and a PostgreSQL that the tests start for themselves on a unix socket."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from audit.vault import identity as vault

OLDEST = 15


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL. ``folder`` holds its socket."""

    folder: Path
    binaries: Path
    numbers: Iterator[int]

    def run(self, name: str, *arguments: str) -> None:
        """Run one of its programs as the user it belongs to."""
        as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, str(self.binaries / name), *arguments], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        options = f"-c listen_addresses='' -k {self.folder}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "start", "-w", "-D", str(self.folder / "data"), "-l", log, "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", mode)

    def new_database(self) -> str:
        """Return the URL of an empty database: a schema that every later connection begins in, made in no time."""
        name, url = f"t{next(self.numbers)}", f"postgresql://chartassay@/postgres?host={self.folder}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            connection.execute(f"ALTER DATABASE postgres SET search_path = {name}")
        return url


def _binaries() -> Path | None:
    """Return the folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found and int(found[-1].parts[-3]) >= OLDEST:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL on this machine; enable: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="chartassay-pg-"))
    if os.geteuid() == 0:  # initdb refuses root
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    running = Server(folder, binaries, itertools.count())
    data = str(folder / "data")
    running.run("initdb", "-D", data, "-A", "trust", "-U", "chartassay", "-E", "UTF8", "--locale=C", "--no-sync")
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return "sqlite:///chartassay.db"
    running: Server = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture(autouse=True)
def _quick_and_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock with a quick Argon2id, and keep marks and identities out of the user's own folders."""
    monkeypatch.setattr(vault, "PARAMETERS", vault.Argon2Parameters(memory_kib=64, iterations=1, lanes=1))
    monkeypatch.setenv("CHARTASSAY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
