"""The schema of the database: brought up to date, checked, compared with the models.

Alembic does the work; its scripts travel inside the package and its settings are made here, so
there is no ini file to find. All revisions of one upgrade are one transaction on either kind of
database, and two upgrades at once wait for each other. On SQLite a table is changed by copying
it, so foreign keys are not watched meanwhile: dropping the old copy would delete the rows that
refer to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"

# Any number that no other program takes for its own lock.
_UPGRADE_LOCK = 7_305_141


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to a revision, the newest unless one is named.

    The folder of an SQLite file is made when it is not there.
    """
    from alembic import command

    parts = sa.make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database:
        Path(parts.database).parent.mkdir(parents=True, exist_ok=True)
    with _connection(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at ``url`` back to a revision; ``base`` leaves it empty."""
    from alembic import command

    with _connection(url) as connection:
        command.downgrade(_config(connection), revision)


def revise(url: str, message: str, metadata: sa.MetaData, number: str) -> Path:
    """Write the revision that leads from the database at ``url`` to the models."""
    from alembic import command

    with _connection(url) as connection:
        config = _config(connection)
        config.attributes["metadata"] = metadata
        script = command.revision(config, message, autogenerate=True, rev_id=number)
    return Path(script.path)  # type: ignore[union-attr]


def differences(url: str, metadata: sa.MetaData) -> list[Any]:
    """What the database at ``url`` lacks or has beyond the models; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with _connection(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, metadata))


def is_current(connection: sa.Connection) -> bool:
    """Whether every revision this program knows, and no other, has been applied."""
    from alembic.migration import MigrationContext

    return set(MigrationContext.configure(connection).get_current_heads()) == newest()


@cache
def newest() -> frozenset[str]:
    """The revision that this program needs: one, unless branches were left unmerged."""
    from alembic.script import ScriptDirectory

    return frozenset(ScriptDirectory(str(SCRIPTS)).get_heads())


def _config(connection: sa.Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "metadata": None})
    # The parser behind the settings reads a per cent sign as a reference.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _connection(url: str) -> Iterator[sa.Connection]:
    """One transaction on a database that no other upgrade can touch meanwhile."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_begin_to_us)
        event.listen(engine, "begin", _begin_as_writer)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
        yield connection


def _leave_begin_to_us(connection: Any, _record: object) -> None:
    # Otherwise the driver commits before every change of the schema.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=30000")


def _begin_as_writer(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
