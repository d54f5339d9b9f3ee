"""What becomes of a delivery: settled, put off, given up, or taken over by another worker."""

import asyncio
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa

from miniapp.base import outbox
from miniapp.base.db import reading
from miniapp.base.outbox import Delivery, DeliveryAttempt
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from miniapp.outgoing import voucher_mail
from miniapp.outgoing.worker import Deliveries
from miniapp.outgoing.world import World
from tests.builders import make_order, owe
from tests.outgoing.conftest import MailServer, MakeWorld, Time, free_port

DEAD = "smtp://127.0.0.1:{port}"


def paid_order(now: datetime, number: str = "LNG-23456789A") -> None:
    make_order(now, state=State.PAID, number=number, provider_id=f"id-{number}")
    owe(goes=Goes.VOUCHER_LETTER, now=now, number=number)


def outcomes() -> list[str]:
    rows = reading().scalars(sa.select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    return [row.outcome for row in rows]


def delivery() -> Delivery:
    return reading().scalars(sa.select(Delivery).execution_options(populate_existing=True)).one()


def test_nothing_due_means_nothing_done(deliveries: Deliveries):
    assert deliveries.next() is False


def test_a_letter_leaves_once(deliveries: Deliveries, mail_server: MailServer, now: datetime):
    paid_order(now)

    assert [deliveries.next(), deliveries.next()] == [True, False]

    assert len(mail_server.letters) == 1
    assert delivery().settled_at == now


def test_a_letter_refused_for_now_is_sent_later_as_the_same_letter(
    deliveries: Deliveries, mail_server: MailServer, time: Time, now: datetime
):
    paid_order(now)
    mail_server.letter_answers = ["451 Try again"]

    deliveries.next()
    assert mail_server.letters == []
    assert deliveries.next() is False
    time.pass_by(timedelta(seconds=6))
    deliveries.next()

    assert outcomes() == ["put off", "settled"]


def test_a_letter_sent_again_after_a_crash_is_recognised_as_the_same(
    deliveries: Deliveries, world: World, mail_server: MailServer, time: Time, now: datetime
):
    paid_order(now)
    before_the_crash = outbox.claim(now=now)
    assert before_the_crash is not None
    voucher_mail.send(before_the_crash, world=world, now=now)

    time.pass_by(outbox.LEASE)
    deliveries.next()

    first, second = mail_server.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_a_recipient_refused_for_now_is_tried_again(
    deliveries: Deliveries, mail_server: MailServer, time: Time, now: datetime
):
    paid_order(now)
    mail_server.recipient_answers = ["450 Greylisted"]

    deliveries.next()
    time.pass_by(timedelta(seconds=6))
    deliveries.next()

    assert outcomes() == ["put off", "settled"]


def test_a_recipient_refused_for_good_is_given_up(
    deliveries: Deliveries, mail_server: MailServer, time: Time, now: datetime
):
    paid_order(now)
    mail_server.recipient_answers = ["550 No such user"]

    deliveries.next()
    time.pass_by(timedelta(days=1))

    assert deliveries.next() is False
    assert outcomes() == ["given up"]
    assert mail_server.letters == []


def test_a_dead_mail_server_is_tried_once_for_a_crowd_and_all_letters_leave_later(
    deliveries: Deliveries,
    make_world: MakeWorld,
    mail_server: MailServer,
    time: Time,
    now: datetime,
):
    numbers = [f"LNG-2345678{letter}A" for letter in "ACE"]
    for number in numbers:
        paid_order(now, number)
    without_server = Deliveries(make_world(DEAD.format(port=free_port())), now=time)

    while without_server.next():
        pass
    reasons = list(reading().scalars(sa.select(DeliveryAttempt.detail)))
    assert reasons == [
        "no mail server: ConnectionRefusedError",
        *["not tried: the service was down a moment ago"] * 2,
    ]

    time.pass_by(timedelta(minutes=1))
    while deliveries.next():
        pass
    assert len(mail_server.letters) == len(numbers)


def test_a_mail_server_that_hangs_up_is_a_server_that_is_down(
    database: str, make_world: MakeWorld, deliveries: Deliveries, time: Time, now: datetime
):
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    loop, ready = asyncio.new_event_loop(), threading.Event()
    port = free_port()

    def serve() -> None:
        server = loop.run_until_complete(asyncio.start_server(hang_up, "127.0.0.1", port))
        ready.set()
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait(5)
    paid_order(now)
    Deliveries(make_world(DEAD.format(port=port)), now=time).next()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()

    assert outcomes() == ["put off"]


def test_a_letter_nobody_takes_for_three_days_is_given_up(
    deliveries: Deliveries, mail_server: MailServer, time: Time, now: datetime
):
    paid_order(now)
    mail_server.letter_answers = ["451 Not now"] * 50

    while delivery().given_up_at is None:
        time.now = delivery().due_at
        deliveries.next()

    assert timedelta(days=3) <= time.now - time.started <= timedelta(days=4)


def test_an_unforeseen_failure_puts_the_delivery_off(deliveries: Deliveries, now: datetime):
    owe(goes=Goes.VOUCHER_LETTER, now=now, number="LNG-unknown")

    deliveries.next()

    assert outcomes() == ["put off"]


def test_a_worker_that_lost_its_lease_does_not_close_the_row(
    deliveries: Deliveries, time: Time, now: datetime
):
    paid_order(now)
    slow = outbox.claim(now=now)
    assert slow is not None
    assert outbox.claim(now=now) is None
    time.pass_by(outbox.LEASE + timedelta(seconds=1))
    quick = outbox.claim(now=time.now)
    assert quick is not None

    outbox.give_up(slow, now=time.now, reason="too late")

    assert delivery().given_up_at is None
    outbox.settle(quick, now=time.now)
    assert delivery().settled_at == time.now
    assert outcomes() == ["given up, lease lost", "settled"]
