"""Buyers, staff, clock, worker, provider and faults at random: money and seats always add up.

A short run with a fixed seed belongs to the ordinary tests. The long one, with other lives each
night, is ``python3 dev.py bench --only lives``.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from miniapp.base.db import db, reading, transaction
from miniapp.catalogue.errors import AdultNeeded
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.catalogue.pricing import Party
from miniapp.invoicebox.signature import sign
from miniapp.operators.models import Operator
from miniapp.orders import cancelling, redemption, refunding
from miniapp.orders.errors import (
    DraftTooOld,
    EntryRefused,
    NoSeats,
    NothingToRefund,
    NotPayable,
    ProviderRefused,
    ProviderUnavailable,
    TooLateToUndo,
)
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import GuestState, Order, RefundReason, State, Visit
from miniapp.orders.payment import Answer
from tests.lives import truths
from tests.lives.provider import KEY, News
from tests.lives.town import Town, raze

# The long run's number; the ordinary tests have fewer of the slower database.
RUNS = os.environ.get("LIVES")
FEW = {"sqlite": 8, "postgresql": 4}
STEPS = 30
FAULTS = ("status_500", "status_429", "timeout_before", "timeout_after", "cut_after")

picks = st.integers(0, 30)
hours = st.sampled_from([2, 5, 23, 25, 49, 100])
ways = st.sampled_from(["card", "hold", "guarantee"])
reasons = st.sampled_from(
    [
        RefundReason.BUYER,
        RefundReason.BUYER,
        RefundReason.TRIP_CANCELLED,
        RefundReason.REFUSED_ENTRY,
    ]
)
parties = st.builds(
    Party, adults=st.integers(1, 4), children=st.integers(0, 2), infants=st.integers(0, 1)
)


class Lives(RuleBasedStateMachine):
    """One town and everybody in it."""

    def __init__(self, begin: Callable[[], Town]) -> None:
        super().__init__()
        self.town = begin()
        self.taken: truths.Taken = {}

    @initialize(
        no_show_is_rendered=st.booleans(),
        percent=st.sampled_from([0, 50, 100]),
        first=ways,
        second=ways,
    )
    def begin(self, no_show_is_rendered: bool, percent: int, first: str, second: str) -> None:
        """The terms, and two visits that the steps can go on with."""
        ladder = [RefundStep(hours=24, percent=100), RefundStep(hours=0, percent=percent)]
        with transaction() as session:
            session.execute(sa.update(Operator).values(no_show_is_rendered=no_show_is_rendered))
            session.execute(sa.update(Lounge).values(refund_ladder=ladder))
        self.visit(party=Party(adults=3), hours=5, way=first)
        self.visit(party=Party(adults=2, children=1, infants=1), hours=25, way=second)

    # The buyer.

    @rule(
        party=parties,
        hours=hours,
        shower=st.booleans(),
        has_mail=st.booleans(),
        locale=st.sampled_from(["ru", "en"]),
    )
    def order(self, party: Party, hours: int, shower: bool, has_mail: bool, locale: str) -> None:
        number = self.town.draft(
            party,
            starts_in=timedelta(hours=hours),
            extras=["shower"] if shower else [],
            email="vera@zarechnaya.example" if has_mail else "",
            locale=locale,
        )
        self._buy(number)

    @rule(party=parties, hours=hours, way=ways)
    def visit(self, party: Party, hours: int, way: str) -> None:
        """An order that nothing comes between: the later steps need many of them."""
        number = self.town.draft(party, starts_in=timedelta(hours=hours), email="")
        self._buy(number)
        self.town.pay(number, way)
        self.town.hear_all()

    @rule(pick=picks)
    def confirm_again(self, pick: int) -> None:
        if order := self._one(pick, State.DRAFT):
            self._buy(order.number)

    def _buy(self, number: str) -> None:
        try:
            self.town.confirm(number)
            self.town.invoice(number)
        except (NoSeats, DraftTooOld, ProviderRefused, ProviderUnavailable):
            pass

    @rule(pick=picks, way=ways)
    def pay(self, pick: int, way: str) -> None:
        """Whatever we think of the order: the provider lets it be paid as long as it is open."""
        if order := self._one(pick, *set(State) - {State.DRAFT}):
            self.town.pay(order.number, way)

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        if order := self._one(pick, State.AWAITING_PAYMENT):
            cancelling.cancel(
                number=order.number,
                merchant=self.town.merchant,
                actor=Actor.BUYER,
                now=self.town.now,
            )

    @rule(pick=picks)
    def extend(self, pick: int) -> None:
        if order := self._one(pick, State.AWAITING_PAYMENT):
            with suppress(NotPayable, ProviderRefused, ProviderUnavailable):
                cancelling.extend(
                    number=order.number, merchant=self.town.merchant, now=self.town.now
                )

    @rule(pick=picks, some=st.sets(st.integers(0, 6)), reason=reasons)
    def leave(self, pick: int, some: set[int], reason: RefundReason) -> None:
        if order := self._one(pick, State.HELD, State.PAID):
            [visit] = order.visits
            with suppress(NothingToRefund, AdultNeeded):
                refunding.withdraw(
                    number=order.number,
                    visit_id=visit.id,
                    reason=reason,
                    actor=Actor.BUYER,
                    now=self.town.now,
                    guests=_some(visit, some, GuestState.EXPECTED),
                )

    @rule(pick=picks, place=st.integers(0, 3), reason=reasons)
    def one_leaves(self, pick: int, place: int, reason: RefundReason) -> None:
        self.leave(pick=pick, some={place}, reason=reason)

    # The desk.

    @rule(pick=picks, some=st.sets(st.integers(0, 6)))
    def admit(self, pick: int, some: set[int]) -> None:
        if order := self._one(pick, State.HELD, State.PAID, State.SERVED):
            [visit] = order.visits
            with suppress(EntryRefused):
                redemption.admit(
                    code=_code(visit),
                    guests=_some(visit, some, GuestState.EXPECTED),
                    who="desk",
                    now=self.town.now,
                )

    @rule(pick=picks, place=st.integers(0, 3))
    def one_comes(self, pick: int, place: int) -> None:
        self.admit(pick=pick, some={place})

    @rule(pick=picks, some=st.sets(st.integers(0, 6), min_size=1))
    def undo(self, pick: int, some: set[int]) -> None:
        if order := self._one(pick, State.HELD, State.PAID):
            [visit] = order.visits
            with suppress(EntryRefused, TooLateToUndo):
                redemption.undo(
                    code=_code(visit),
                    guests=_some(visit, some, GuestState.ENTERED),
                    who="desk",
                    reason="miscounted",
                    now=self.town.now,
                )

    @rule(capacity=st.integers(1, 12))
    def furnish(self, capacity: int) -> None:
        with transaction() as session:
            session.execute(sa.update(Lounge).values(capacity=capacity))

    # The provider.

    @precondition(lambda self: self.town.inbox)
    @rule(pick=picks, is_heard=st.booleans(), is_kept=st.booleans())
    def news(self, pick: int, is_heard: bool, is_kept: bool) -> None:
        """In any order, never, or again later when it is kept."""
        place = pick % len(self.town.inbox)
        news = self.town.inbox[place] if is_kept else self.town.inbox.pop(place)
        if is_heard:
            self.town.hear(news)

    @precondition(lambda self: self.town.inbox)
    @rule(pick=picks, is_signed=st.booleans())
    def be_lied_to(self, pick: int, is_signed: bool) -> None:
        """Another sum in a true notification, signed by nobody or by the provider."""
        news = self.town.inbox[pick % len(self.town.inbox)]
        raw = news.raw.replace(b'"amount": ', b'"amount": 1')
        signature = sign(raw, KEY, "sha1") if is_signed else news.signature
        answer = self.town.hear(News(raw, signature))
        assert is_signed or answer is Answer.SIGNATURE_ERROR

    @rule(pick=picks)
    def reverse(self, pick: int) -> None:
        """The provider gives the money back by itself, before anybody has come."""
        order = self._one(pick, State.HELD, State.PAID)
        if order and not order.shipments and not _came(order.visits[0]):
            self.town.provider.reverse(order.provider_id or "")
            self.town.hear_all()

    @rule(
        name=st.sampled_from(FAULTS),
        times=st.integers(1, 6),
        probability=st.sampled_from([0.3, 0.7, 1]),
        seed=st.integers(0, 99),
        method=st.sampled_from(["", "GET /v3", "POST /v3", "PUT /v3", "DELETE /v3"]),
    )
    def trouble(self, name: str, times: int, probability: float, seed: int, method: str) -> None:
        self.town.provider.fault(
            name, times=times, probability=probability, seed=seed, delay_ms=0, path=method
        )

    @rule()
    def heal(self) -> None:
        self.town.provider.fault("none")

    # Time, and we ourselves.

    @rule(minutes=st.sampled_from([1, 4, 11, 31, 65, 190, 500, 1500]))
    def pass_by(self, minutes: int) -> None:
        self.town.time.pass_by(timedelta(minutes=minutes))

    @rule(is_new=st.booleans())
    def work(self, is_new: bool) -> None:
        if is_new:
            self.town.restart()
        self.town.work()

    @invariant()
    def is_true(self) -> None:
        self.taken = truths.always(self.town, self.taken)

    def teardown(self) -> None:
        self.town.provider.fault("none")
        self.town.live_on()
        truths.at_the_end(self.town)

    def _one(self, pick: int, *states: State) -> Order | None:
        """One of the orders in these states, and nobody when there is none."""
        reading().rollback()
        found = (
            reading()
            .scalars(sa.select(Order).where(Order.state.in_(states)).order_by(Order.id))
            .all()
        )
        return found[pick % len(found)] if found else None


def _some(visit: Visit, places: set[int], state: GuestState) -> list[int]:
    """The ids of those of the guests at these places who are in a state."""
    return [
        guest.id
        for place, guest in enumerate(visit.guests)
        if place in places and guest.state is state
    ]


def _came(visit: Visit) -> bool:
    return any(guest.state is GuestState.ENTERED for guest in visit.guests)


def _code(visit: Visit) -> str:
    assert visit.voucher is not None
    return visit.voucher.code


# Many things happen in it, one after the other; the long run takes its hour.
@pytest.mark.timeout(0 if RUNS else 300)
def test_random_lives(town: Town, now: datetime):
    def begin() -> Town:
        town.time.now = now
        town.inbox.clear()
        town.provider.renew(town.time)
        town.restart()
        raze(town)
        return town

    run_state_machine_as_test(
        lambda: Lives(begin),
        settings=settings(
            max_examples=int(RUNS or FEW[db.engine.dialect.name]),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=RUNS is None,
            database=None,
            suppress_health_check=list(HealthCheck),
            # A life has thirty steps at most, and making it shorter takes minutes.
            phases=[Phase.explicit, Phase.generate],
            print_blob=True,
        ),
    )
