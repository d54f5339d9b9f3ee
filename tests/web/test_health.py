"""What a load balancer is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from miniapp.base import migrating
from miniapp.base.db import Base, connect, db
from miniapp.base.heartbeat import Part, Pulse
from miniapp.web import health


@pytest.fixture
def client_of():
    opened: list[Flask] = []

    def client_of(url: str) -> FlaskClient:
        app = Flask("miniapp")
        connect(app, url)
        app.register_blueprint(health.door)
        opened.append(app)
        return app.test_client()

    yield client_of
    for app in opened:
        with app.app_context():
            db.engine.dispose()


UNKNOWN = {"deliveries": "unknown", "sweeps": "unknown"}


@pytest.fixture
def migrated(database_url: str) -> str:
    Base.metadata.drop_all(sa.create_engine(database_url, poolclass=sa.NullPool))
    migrating.upgrade(database_url)
    return database_url


def test_a_migrated_database_means_ready(client_of, migrated: str):
    answer = client_of(migrated).get("/readyz")

    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "ok",
            "database": "ok",
            "migrations": "ok",
            "worker": {"deliveries": "never seen", "sweeps": "never seen"},
        },
    )


def test_a_silent_worker_is_told_and_takes_no_web_process_away(client_of, migrated: str):
    client, now = client_of(migrated), datetime.now(UTC)
    silent = now - timedelta(hours=8)
    with client.application.app_context():
        Pulse(Part.DELIVERIES).beat(now=now - timedelta(minutes=1))
        Pulse(Part.SWEEPS).beat(now=silent)
        db.session.remove()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.json["worker"] == {
        "deliveries": "ok",
        "sweeps": f"silent since {silent:%Y-%m-%d %H:%M} UTC",
    }


def test_a_database_without_its_migrations_means_not_ready(client_of, database_url: str):
    answer = client_of(database_url).get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {
        "status": "not_ready",
        "database": "ok",
        "migrations": "not current",
        "worker": UNKNOWN,
    }


def test_without_a_database_the_process_lives_but_is_not_ready(client_of, tmp_path: Path):
    client = client_of(f"sqlite:///{tmp_path / 'no such folder' / 'file'}")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {
        "status": "not_ready",
        "database": "unreachable",
        "migrations": "unknown",
        "worker": UNKNOWN,
    }
    assert client.get("/healthz").json == {"status": "ok"}


def test_an_answer_about_now_is_never_kept(client_of, database_url: str):
    client = client_of(database_url)

    for path in ("/healthz", "/readyz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
