"""Every notification that is signed rightly is kept: as it came, sealed, once, with its answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient

from miniapp.base.db import Base, db, reading
from miniapp.base.sealing import Sealer
from miniapp.invoicebox.signature import sign
from miniapp.orders import archive, queries
from miniapp.orders.archive import NotificationRecord
from miniapp.orders.models import State
from tests.builders import NUMBER, PROVIDER_ID
from tests.web.provider import DATA_KEY, KEY, PROBE, body, post, say

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SEALER = Sealer([DATA_KEY])
BUYER = {"name": "Вера Заречная", "email": "vera@zarechnaya.example", "phone": "+79001234567"}
PAID = body(customer=BUYER)


@contextmanager
def inside(door: FlaskClient) -> Iterator[None]:
    with door.application.app_context():
        yield
        db.session.remove()


def kept(door: FlaskClient) -> list[tuple[str | None, str | None, str | None, str, bytes]]:
    """Order, provider's id, status, answer and body of every record."""
    with inside(door):
        return [
            (
                record.order_number,
                record.provider_id,
                record.status,
                record.answer,
                archive.read(record.id, sealer=SEALER),
            )
            for record in archive.listed()
        ]


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        pytest.param(PAID, (NUMBER, PROVIDER_ID, "completed", "success"), id="payment"),
        pytest.param(
            body(merchantOrderId="LNG-NOBODY"),
            ("LNG-NOBODY", PROVIDER_ID, "completed", "order_not_found"),
            id="unknown order",
        ),
        pytest.param(
            body(merchantId="0192c0de-0000-7000-8000-0000000000aa"),
            (NUMBER, PROVIDER_ID, "completed", "order_not_found"),
            id="another shop",
        ),
        pytest.param(
            body(amount=1), (NUMBER, PROVIDER_ID, "completed", "order_wrong_amount"), id="sum"
        ),
        pytest.param(
            body(status="frozen"), (NUMBER, PROVIDER_ID, "frozen", "out_of_service"), id="status"
        ),
        pytest.param(body(**PROBE), (None, PROBE["id"], "completed", "success"), id="probe"),
        pytest.param(b"\xff{\x00", (None, None, None, "out_of_service"), id="not JSON"),
        pytest.param(b"", (None, None, None, "out_of_service"), id="nothing"),
    ],
)
@QUICK
def test_whatever_is_signed_is_kept_byte_for_byte_with_its_answer(
    door: FlaskClient, raw: bytes, facts: tuple[str | None, ...]
):
    answer = say(door, raw)

    assert answer == facts[-1]
    assert kept(door) == [(*facts, raw)]


def test_a_record_has_the_signature_as_it_came_and_its_two_moments(door: FlaskClient):
    begun = datetime.now(UTC)
    signature = sign(PAID, KEY, "sha1").upper()

    post(door, PAID, f" {signature}")

    with inside(door):
        [record] = archive.listed()
        assert (record.signature, record.algorithm) == (signature, "sha1")
        assert begun <= record.received_at <= record.handled_at <= datetime.now(UTC)


@QUICK
def test_a_repeat_is_kept_as_another_notification(door: FlaskClient):
    say(door, PAID)
    say(door, PAID)

    assert [record[3] for record in kept(door)] == ["success", "success"]


def test_nobody_reads_the_buyer_in_the_database(door: FlaskClient):
    say(door, PAID)

    with inside(door):
        row = reading().execute(sa.text("SELECT * FROM notification_record")).one()
    written = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert NUMBER.encode() in written
    for word in (*BUYER.values(), "customer", "amount"):
        assert word.encode() not in written
        assert json.dumps(word).encode() not in written


def test_the_move_and_its_proof_are_one_commit(door: FlaskClient):
    commits = []
    with inside(door):
        sa.event.listen(db.engine, "commit", commits.append)

    assert say(door, PAID) == "success"

    assert len(commits) == 1
    assert len(kept(door)) == 1
    with inside(door):
        assert queries.by_number(NUMBER).state is State.PAID


def test_a_fault_of_ours_undoes_the_move_and_keeps_the_word(door: FlaskClient):
    with inside(door):
        # No voucher's letter can be written down, so nothing of the payment may be.
        outbox = [Base.metadata.tables[name] for name in ("delivery_attempt", "delivery")]
        Base.metadata.drop_all(db.engine, tables=outbox)

    assert say(door, PAID) == "out_of_service"

    with inside(door):
        assert queries.by_number(NUMBER).state is State.AWAITING_PAYMENT
    assert [record[3:] for record in kept(door)] == [("out_of_service", PAID)]


@QUICK
def test_wrong_signatures_are_not_kept_and_fill_no_log(door: FlaskClient):
    with structlog.testing.capture_logs() as lines:
        for _ in range(30):
            post(door, PAID, "0" * 40)
        post(door, PAID, None)

    assert kept(door) == []
    told = [line for line in lines if line["event"] == "notification.wrong_signature"]
    assert 1 <= len(told) <= 5


def test_a_new_data_key_reads_the_old_records_and_takes_the_place_of_the_old(door: FlaskClient):
    say(door, PAID)
    say(door, PAID)
    with inside(door):
        [first, second] = [record.id for record in archive.listed()]
        changing, after = Sealer(["n" * 32, DATA_KEY]), Sealer(["n" * 32])
        assert archive.read(first, sealer=changing) == PAID

        assert [sum(archive.seal_anew(sealer=changing)) for _ in range(2)] == [2, 0]

        reading().rollback()
        assert archive.read(second, sealer=after) == PAID


@QUICK
def test_records_are_listed_by_order_and_by_moment(door: FlaskClient):
    say(door, PAID)
    say(door, body(merchantOrderId="LNG-OTHER"))
    with inside(door):
        first, second = archive.listed()

        def found(**filters: object) -> list[int]:
            return [record.id for record in archive.listed(**filters)]

        assert found(order=NUMBER) == [first.id]
        assert found(since=second.received_at) == [second.id]
        assert found(order=NUMBER, since=second.received_at) == []
        assert isinstance(first, NotificationRecord)
