"""What Prometheus reads, and who may read it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from miniapp.base import outbox
from miniapp.base.db import Base, db, transaction
from miniapp.base.heartbeat import Part, Pulse
from miniapp.base.outbox import Delivery
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from tests.builders import owe
from tests.web.conftest import Ordered
from tests.web.provider import body, say

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Figures = dict[tuple[str, str], float]


def figures(client: FlaskClient) -> Figures:
    """Every figure by its name and the value of its label."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        (sample.name.removeprefix("miniapp_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_orders_are_counted_by_state_those_without_any_too(client: FlaskClient, ordered: Ordered):
    ordered(State.PAID)
    ordered(State.PAID, number="LNG-23456789C", provider_id="id-2")
    ordered(State.EXPIRED, number="LNG-23456789E", provider_id="id-3")

    found = figures(client)

    counted = {state: found["orders", state] for state in State}
    assert {state: count for state, count in counted.items() if count} == {
        State.PAID: 2,
        State.EXPIRED: 1,
    }


def test_what_does_not_leave_is_seen_with_its_age(app: Flask, client: FlaskClient, today: datetime):
    with app.app_context():
        for age, number in ((60, "A"), (600, "C"), (6000, "E"), (60_000, "G")):
            owe(goes=Goes.VOUCHER_LETTER, now=today - timedelta(seconds=age), number=number)
        for _ in range(2):
            claimed = outbox.claim(now=today)
            assert claimed is not None
            outbox.give_up(claimed, now=today, reason="no such address")
        with transaction() as session:
            outbox.add(session, kind="planned", key="planned", payload={}, now=today)
            later = sa.update(Delivery).where(Delivery.kind == "planned")
            session.execute(later.values(due_at=today + timedelta(days=1)))
        db.session.remove()

    found = figures(client)

    kind = str(Goes.VOUCHER_LETTER)
    assert found["deliveries_waiting", kind] == 2
    assert found["deliveries_given_up", kind] == 2
    assert 600 <= found["deliveries_oldest_seconds", kind] < 700
    assert found["deliveries_waiting", "planned"] == 1
    assert ("deliveries_oldest_seconds", "planned") not in found


def test_the_worker_is_seen_to_be_silent(app: Flask, client: FlaskClient, today: datetime):
    assert not [name for name, _ in figures(client) if name == "worker_heartbeat_age_seconds"]
    with app.app_context():
        Pulse(Part.SWEEPS).beat(now=today - timedelta(hours=1))
        db.session.remove()

    found = figures(client)

    assert 3600 <= found["worker_heartbeat_age_seconds", "sweeps"] < 3700
    assert ("worker_heartbeat_age_seconds", "deliveries") not in found


def test_notifications_are_counted_by_answer(door: FlaskClient):
    for raw in (body(), body(), body(status="frozen")):
        say(door, raw)

    found = figures(door)

    assert found["notifications_last_hour", "success"] == 2
    assert found["notifications_last_hour", "out_of_service"] == 1
    assert found["notifications_last_hour", "order_not_found"] == 0


def test_figures_that_cannot_be_read_are_named_and_take_no_other_along(
    app: Flask, client: FlaskClient, ordered: Ordered
):
    ordered(State.PAID)
    tables = [Base.metadata.tables[name] for name in ("notification_record", "heartbeat")]
    with app.app_context():
        Base.metadata.drop_all(db.engine, tables=tables)

    found = figures(client)

    failed = {
        name for (figure, name), value in found.items() if figure == "measure_failed" and value
    }
    assert failed == {"notifications", "worker"}
    assert found["orders", "paid"] == 1
    assert found["measure_failed", "deliveries"] == 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.1.2.3", {}, 200),
        ("172.16.0.9", {}, 200),
        ("192.168.7.7", {}, 200),
        ("fd00::7", {}, 200),
        ("::ffff:10.1.2.3", {}, 200),
        ("8.8.8.8", {}, 404),
        ("::ffff:8.8.8.8", {}, 404),
        ("2a00:1450::1", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, 404),
        ("127.0.0.1", {"X-Forwarded-For": ""}, 404),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, 404),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}, 404),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 404),
    ],
)
@QUICK
def test_only_machines_of_the_house_that_ask_straight_are_told(
    client: FlaskClient, address: str, headers: dict[str, str], status: int
):
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})

    assert answer.status_code == status
    assert ("miniapp_orders" in answer.text) == (status == 200)
