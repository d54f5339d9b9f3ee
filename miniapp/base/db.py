"""The database: the base of all models, sessions, transactions, columns for moments.

Models are plain SQLAlchemy (``class Order(Base)``), Flask-SQLAlchemy lends engine and session.
One operation opens one ``transaction()``, and nothing is sent over the network while it is
open. On SQLite a transaction takes the write lock at its beginning, because two readers that
both turn into writers would otherwise fail or, with read-check-write, oversell; the same code
runs on PostgreSQL, where the conditional updates carry the proof.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from pydantic import TypeAdapter
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Session

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment. SQLite forgets the zone, so UTC is put back when a row is read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AsJson(sa.types.TypeDecorator[Any]):
    """A value of a pydantic type kept as JSON: checked when written and when read."""

    impl = sa.JSON
    # Statements are cached by the arguments of the type, which it keeps under their names.
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__(none_as_null=True)
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.validate_python(value)


class Base(DeclarativeBase):
    """The base of every model."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012
    metadata = sa.MetaData(naming_convention=CONSTRAINT_NAMES)


db = SQLAlchemy(metadata=Base.metadata)

_sqlite_turn = Lock()


def connect(app: Flask, url: str) -> None:
    """Bind an application to the database at ``url``; nothing is opened or created yet."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # Parameters of a failed statement are somebody's name or address: not for the log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}
    db.init_app(app)
    with app.app_context():
        _teach(db.engine)


def _teach(engine: sa.Engine) -> None:
    """Teach an SQLite engine real transactions; other databases need nothing."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: the "begin" event below does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def reading() -> Session:
    """The session of this request, for reading; it ends with the request."""
    session: Session = db.session()
    return session


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a transaction for writing, commit it at the end, undo all of it on an error.

    What was read before is read anew inside, so no decision rests on an old row.
    """
    session = reading()
    session.rollback()
    session.expire_all()
    with _turn(session):
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def _turn(session: Session) -> AbstractContextManager[object]:
    """Let the writers of this process queue for SQLite's one write lock.

    Left to itself SQLite has them sleep and try again: an unlucky one waits for seconds.
    """
    return _sqlite_turn if session.get_bind().dialect.name == "sqlite" else nullcontext()


def outside_transaction() -> None:
    """End what was being read: call before anything is sent over the network."""
    reading().rollback()
