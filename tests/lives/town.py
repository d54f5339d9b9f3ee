"""A town for orders to live in: our operations, a database, the provider, a clock, the post.

Every operation is called as a door or the worker calls it. Time stands until the test moves it,
for us and for the provider at once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from structlog.testing import capture_logs

from miniapp.base.db import Base, db, reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.base.sealing import Sealer
from miniapp.base.tokens import Signer
from miniapp.catalogue.models import Direction, Lounge
from miniapp.catalogue.pricing import Party
from miniapp.invoicebox import signature
from miniapp.invoicebox.client import Merchant
from miniapp.operators.models import Operator
from miniapp.orders import invoicing, placing, queries, receiving
from miniapp.orders.archive import Received
from miniapp.orders.invoicing import Addresses
from miniapp.orders.models import Channel, Guest, GuestState, Order, State, Visit
from miniapp.orders.payment import Answer
from miniapp.orders.placing import Buyer, Host, Wish
from miniapp.orders.redemption import NO_SHOW_AFTER
from miniapp.outgoing import sweeps
from miniapp.outgoing.mailer import Mailer
from miniapp.outgoing.worker import Deliveries
from miniapp.outgoing.world import World
from miniapp.trip.fit import Trip
from tests.builders import make_catalogue
from tests.lives.provider import KEY, News, Provider
from tests.outgoing.conftest import MailServer, Time, letter_templates

SHOP = "0192c0de-0000-7000-8000-0000000000ff"
CAPACITY = 10
# The rows that do not belong to one order's life.
_STANDING = {"operator", "place", "lounge", "rate", "extra", "catalogue_edition"}
# Our own failures, which a worker logs and survives.
_OUR_FAULTS = {"sweep.failed", "delivery.failed", "ledger.difference"}
_MOST_ACTS = 2000


class NoPace:
    """Lets every request through: the provider of a test is in no hurry."""

    def count(self, *, most: int) -> float:
        return 0.0

    def rest(self, seconds: float) -> None:
        """Nobody waits here."""


def make_merchant(url: str, time: Time) -> Merchant:
    """Our shop's client; what it would wait for passes at once."""
    return Merchant(
        api_url=url,
        version="v3",
        token="t" * 32,
        merchant_id=SHOP,
        user_agent="LoungeMiniApp/0.1 (Flask 3.1)",
        limiter=NoPace(),
        sleep=lambda _seconds: None,
        clock=lambda: time().timestamp(),
    )


def make_world(merchant: Merchant, mail_url: str) -> World:
    """What the worker acts on."""
    return World(
        mailer=Mailer(url=mail_url, sender="Лаунж <voucher@briz-lounge.example>"),
        merchant=merchant,
        signer=Signer("k" * 32),
        public_url="https://lounge.example",
        templates=letter_templates(),
    )


@dataclass
class Town:
    """The people of the test act through it. Needs an open database."""

    provider: Provider
    mail: MailServer
    time: Time
    inbox: list[News] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sealer = Sealer(["d" * 32])
        self.provider.renew(self.time)
        self.restart()

    @property
    def now(self) -> datetime:
        return self.time.now

    def restart(self) -> None:
        """All processes of ours begin anew: nothing is left but the database."""
        db.session.remove()
        _wait_for_the_dead()
        if hasattr(self, "merchant"):
            self.merchant.close()
        self.merchant = make_merchant(self.provider.url, self.time)
        world = make_world(self.merchant, self.mail.url)
        self.deliveries = Deliveries(world, now=self.time)

    def close(self) -> None:
        db.session.remove()
        self.merchant.close()

    # The buyer.

    def draft(
        self,
        party: Party,
        *,
        starts_in: timedelta = timedelta(days=2),
        extras: Sequence[str] = (),
        email: str = "vera@zarechnaya.example",
        locale: str = "ru",
    ) -> str:
        starts_at = (self.now + starts_in).replace(second=0, microsecond=0)
        trip = Trip(direction=Direction.DEPARTURE, at=starts_at + timedelta(minutes=160))
        return placing.draft(
            wish=Wish(
                lounge="briz-kuf",
                rate="standard",
                trip=trip,
                starts_at=starts_at,
                party=party,
                extras=tuple(extras),
            ),
            buyer=Buyer("Вера Заречная", email, "+79001234567", locale),
            host=Host(),
            channel=Channel.ONLINE,
            now=self.now,
        )

    def confirm(self, number: str) -> None:
        placing.confirm(number=number, offer_agreed=True, data_agreed=True, now=self.now)

    def invoice(self, number: str) -> None:
        addresses = Addresses(notification=self.provider.webhook_url)
        invoicing.issue(number=number, merchant=self.merchant, addresses=addresses, now=self.now)

    def bought(self, party: Party = Party(adults=2), way: str = "card", **wish: Any) -> str:  # noqa: B008
        """An order that was drafted, confirmed, invoiced and paid, of which we have heard."""
        number = self.draft(party, **wish)
        self.confirm(number)
        self.invoice(number)
        self.pay(number, way)
        self.hear_all()
        return number

    def pay(self, number: str, way: str = "card") -> None:
        """Pay every order that the provider has for this one, as far as it lets us."""
        for order in self.provider.orders(number):
            self.provider.pay(order.container_id, way)
        self.listen()

    # The provider's word.

    def listen(self) -> None:
        """Put what the provider has said into the inbox."""
        self.inbox += self.provider.fresh_news()

    def hear(self, news: News) -> Answer:
        """Be told; a wrong signature is as far as it gets."""
        if not signature.verify(news.raw, news.signature, [KEY], "sha1"):
            return Answer.SIGNATURE_ERROR
        return receiving.receive(
            Received(news.raw, news.signature, "sha1", self.now),
            merchant_id=SHOP,
            sealer=self._sealer,
            clock=self.time,
        )

    def hear_all(self) -> None:
        self.listen()
        while self.inbox:
            self.hear(self.inbox.pop(0))

    # The worker.

    def work(self) -> None:
        """Deliver and sweep until nothing is due; no fault of our own may show."""
        with capture_logs() as logs:
            for _ in range(_MOST_ACTS):
                delivered = self.deliveries.next()
                if not (sweeps.sweep(merchant=self.merchant, now=self.now) or delivered):
                    break
            else:
                raise AssertionError("the worker never comes to rest")
        faults = [entry for entry in logs if entry["event"] in _OUR_FAULTS]
        assert not faults, faults
        self.listen()

    def next_moment(self) -> datetime | None:
        """When something of ours is due next; None when nothing ever will be."""
        reading().rollback()
        waiting = sa.and_(Delivery.settled_at.is_(None), Delivery.given_up_at.is_(None))
        overdue = (
            sa.select(sa.func.min(Visit.leave_by))
            .join(Order)
            .join(Guest)
            .where(Order.state.in_([State.HELD, State.PAID]), Guest.state == GuestState.EXPECTED)
        )
        leave_by = reading().scalar(overdue)
        leased = reading().scalar(sa.select(sa.func.min(Delivery.leased_until)).where(waiting))
        moments = [
            reading().scalar(sa.select(sa.func.min(Delivery.due_at)).where(waiting)),
            reading().scalar(sa.select(sa.func.min(Order.look_at))),
            leave_by + NO_SHOW_AFTER if leave_by else None,
            leased,
        ]
        known = [moment for moment in moments if moment is not None]
        return min(known, default=None)

    def live_on(self) -> None:
        """Let days pass as fast as anything is due, until nothing is any more."""
        for _ in range(_MOST_ACTS):
            self.hear_all()
            self.work()
            self.hear_all()
            moment = self.next_moment()
            if moment is None:
                return
            self.time.now = max(moment, self.now + timedelta(seconds=1))
        raise AssertionError(f"still due: {self._open()}")

    def _open(self) -> list[object]:
        keys = sa.select(Delivery.key).where(
            Delivery.settled_at.is_(None), Delivery.given_up_at.is_(None)
        )
        looked_at = sa.select(Order.number).where(Order.look_at.is_not(None))
        return [*reading().scalars(keys), *reading().scalars(looked_at)]


def found_town(town: Town) -> None:
    """A catalogue in an empty database."""
    make_catalogue()
    raze(town)


def raze(town: Town) -> None:
    """All orders are gone, and the terms are what they were."""
    with transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in _STANDING:
                session.execute(table.delete())
        session.execute(sa.update(Lounge).values(capacity=CAPACITY))
        session.execute(sa.update(Operator).values(no_show_is_rendered=True))


def order_of(number: str) -> Order:
    """An order as it stands."""
    reading().rollback()
    return queries.by_number(number)


def _wait_for_the_dead() -> None:
    """PostgreSQL takes a moment to notice that a process was killed; its locks last until then."""
    if db.engine.dialect.name != "postgresql":
        return
    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    give_up = time.monotonic() + 20
    while db.session.scalar(others):
        assert time.monotonic() < give_up, "a killed process still holds its transaction"
        db.session.rollback()
        time.sleep(0.02)
    db.session.remove()
