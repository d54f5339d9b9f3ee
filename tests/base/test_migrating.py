"""The revisions lead from nothing to the models, on either database, and back."""

import pytest
import sqlalchemy as sa

from miniapp.base import migrating
from miniapp.base.db import Base


@pytest.fixture
def empty(database_url: str) -> str:
    """The address of a database without a single table."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    Base.metadata.drop_all(engine)
    assert sa.inspect(engine).get_table_names() == []
    return database_url


def test_the_revisions_lead_to_the_models(empty: str):
    migrating.upgrade(empty)

    assert migrating.differences(empty, Base.metadata) == []


def test_the_revisions_bring_the_constraints_that_nobody_compares(empty: str):
    def checks(engine: sa.Engine) -> set[tuple[str, str | None]]:
        inspector = sa.inspect(engine)
        tables = inspector.get_table_names()
        return {(t, c["name"]) for t in tables for c in inspector.get_check_constraints(t)}

    engine = sa.create_engine(empty, poolclass=sa.NullPool)
    Base.metadata.create_all(engine)
    wanted = checks(engine)
    Base.metadata.drop_all(engine)
    migrating.upgrade(empty)

    assert checks(engine) == wanted
    assert len(wanted) >= 3


def test_a_database_is_current_only_with_all_revisions(empty: str):
    engine = sa.create_engine(empty, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert not migrating.is_current(connection)

    migrating.upgrade(empty)

    with engine.connect() as connection:
        assert migrating.is_current(connection)
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
        assert not migrating.is_current(connection)


def test_a_second_upgrade_changes_nothing(empty: str):
    migrating.upgrade(empty)
    migrating.upgrade(empty)

    assert migrating.differences(empty, Base.metadata) == []


def test_the_revisions_can_be_taken_back(empty: str):
    migrating.upgrade(empty)
    migrating.downgrade(empty)

    engine = sa.create_engine(empty, poolclass=sa.NullPool)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
