"""A private PostgreSQL server for one test process.

It lives in a folder of its own, is reached by a socket in that folder alone, and writes nothing
safely to disk: it is thrown away at the end. The schema is created once, in a template; a
database for a test is a copy of it.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

INITDB = ("-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


class Server:
    """A running server with the schema in its template database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._admin = psycopg.connect(
            host=str(folder), dbname="postgres", user="postgres", autocommit=True
        )

    def prepare(self, metadata: sa.MetaData) -> None:
        """Create the schema in the template that later databases are copies of."""
        self._admin.execute("CREATE DATABASE schema")
        engine = sa.create_engine(self._url("schema"), poolclass=sa.NullPool)
        metadata.create_all(engine)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lend a new database with the schema and no rows; yields its address."""
        name = f"test_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE schema")
        yield self._url(name)
        # A test that failed may have left a connection open.
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """End the server's own connection."""
        self._admin.close()

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"


@contextmanager
def running(programs: Path, metadata: sa.MetaData) -> Iterator[Server]:
    """Start a server with PostgreSQL's ``programs``; it is gone at the end of the block."""
    # Not pytest's folder: the path of a socket may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        data, log = folder / "data", folder / "log"
        options = f"-k {folder} -c listen_addresses= -c max_connections=200"
        options += "".join(f" -c {name}=off" for name in FAST)
        user = _unprivileged(folder)
        _run(*user, programs / "initdb", "-D", data, *INITDB)
        control: tuple[str | Path, ...] = (*user, programs / "pg_ctl", "-D", data, "-w")
        _run(*control, "-l", log, "-o", options, "start")
        try:
            server = Server(folder)
            server.prepare(metadata)
            yield server
            server.close()
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _unprivileged(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: then its own user runs it, and owns the folder."""
    if os.geteuid() != 0:
        return ()
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


def _run(*command: str | Path) -> None:
    # No pipes: the server would inherit them and never let the reader go.
    subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, check=True)
