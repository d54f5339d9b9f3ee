"""Figures of orders and notifications for whoever watches (``base.metrics``)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.orm import Session

from miniapp.base.metrics import gauge
from miniapp.orders import holds
from miniapp.orders.archive import NotificationRecord
from miniapp.orders.ledger import LedgerCheck
from miniapp.orders.models import Order, State
from miniapp.orders.payment import Answer

_AN_HOUR = timedelta(hours=1)


def orders(session: Session, _now: datetime) -> Iterator[Metric]:
    """How many orders stand where."""
    counting = sa.select(Order.state, sa.func.count()).group_by(Order.state)
    counted = dict(session.execute(counting).all())
    yield gauge(
        "orders",
        "Orders by state",
        "state",
        {state.value: counted.get(state, 0) for state in State},
    )


def ledger(session: Session, _now: datetime) -> Iterator[Metric]:
    """What the last count of the ledger found."""
    last = session.get(LedgerCheck, 1)
    if last is not None:
        wrong = "Paid orders whose money does not add up, at the last count"
        yield GaugeMetricFamily("miniapp_ledger_differences", wrong, last.wrong)
        moment = "When the ledger was counted last, Unix time"
        yield GaugeMetricFamily("miniapp_ledger_counted_at", moment, last.at.timestamp())


def seats(session: Session, now: datetime) -> Iterator[Metric]:
    """Half hours that were sold out beyond what the lounge has now."""
    slots = Counter(slot.lounge for slot in holds.overfull(session, now=now))
    yield gauge("overfull_slots", "Half hours to come with more seats sold", "lounge", slots)


def notifications(session: Session, now: datetime) -> Iterator[Metric]:
    """What the provider was answered to what it signed rightly."""
    counting = (
        sa.select(NotificationRecord.answer, sa.func.count())
        .where(NotificationRecord.received_at > now - _AN_HOUR)
        .group_by(NotificationRecord.answer)
    )
    counted = dict(session.execute(counting).all())
    # A wrong signature is logged and leaves no record.
    answers = [answer.value for answer in Answer if answer is not Answer.SIGNATURE_ERROR]
    yield gauge(
        "notifications_last_hour",
        "Notifications with a right signature within the last hour, by our answer",
        "answer",
        {answer: counted.get(answer, 0) for answer in answers},
    )
