"""What every test may ask for: a database, a browser, a moment."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

import dev
import miniapp.base.heartbeat
import miniapp.base.outbox
import miniapp.catalogue.models
import miniapp.operators.models
import miniapp.orders.archive
import miniapp.orders.ledger
import miniapp.orders.models  # noqa: F401
from miniapp.base.db import Base, connect, db
from tests import postgres


@pytest.fixture
def now() -> datetime:
    """A fixed moment: 1 December 2026, 9:00 in Moscow."""
    return datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema in it, to be copied."""
    file = tmp_path_factory.mktemp("schema") / "empty.sqlite3"
    Base.metadata.create_all(sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A private PostgreSQL server for this worker."""
    programs = dev.find_postgres()
    if programs is None:
        pytest.fail(f"no PostgreSQL server: {dev.INSTALL_LINE}", pytrace=False)
    with postgres.running(programs, Base.metadata) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the schema and no rows, of either kind.

    Who opens it closes it: ``db.engine.dispose()`` inside the application's context.
    """
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'test.sqlite3')}"
        return
    with request.getfixturevalue("postgres_server").database() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """The same, opened: operations may be called as inside a request."""
    app = Flask("miniapp")
    connect(app, database_url)
    with app.app_context():
        yield database_url
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How Chromium is started: the one of this machine, calling nobody by itself."""
    executable = dev.find_browser()
    if executable is None:
        pytest.fail(f"no browser: {dev.INSTALL_LINE}", pytrace=False)
    return browser_type_launch_args | {
        "executable_path": executable,
        "args": [
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }
