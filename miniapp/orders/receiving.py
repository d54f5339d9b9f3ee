"""What a signed notification means, and what the provider is answered.

The rows of the decision table (Invoicebox API reference, section 15.4) that need no order are
decided here, the others in ``orders.payment``. Whatever the answer, the notification is kept as
it came, in the very transaction that acts on it: there is no act without its proof, and one
commit for both.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from miniapp.base.db import transaction
from miniapp.base.sealing import Sealer
from miniapp.invoicebox.wire import MalformedNotification, Notification, parse_notification
from miniapp.orders import archive, payment
from miniapp.orders.archive import Received
from miniapp.orders.lifecycle import Actor
from miniapp.orders.payment import Answer, Evidence, Record

log = structlog.get_logger()

# After these the provider says no more of it.
FINAL = frozenset({Answer.SUCCESS, Answer.SHIPPING_UNAVAILABLE})


def receive(
    received: Received, *, merchant_id: str, sealer: Sealer, clock: Callable[[], datetime]
) -> Answer:
    """Act on a notification whose signature is right, keep it, and give the answer."""
    notification = _understood(received.raw)

    def record(session: Session, answer: Answer) -> None:
        archive.keep(session, received, notification, answer=answer, sealer=sealer, now=clock())

    try:
        answer = _answer(notification, merchant_id=merchant_id, now=received.at, record=record)
    except Exception:
        # The record was undone with the act that failed, and the word must not be lost with it.
        _only_record(record, Answer.OUT_OF_SERVICE)
        raise
    number = notification.merchant_order_id if notification else None
    log.info("notification.answered", order=number, answer=answer)
    return answer


def replay(
    number: int, *, merchant_id: str, sealer: Sealer, now: datetime, dry_run: bool
) -> Answer:
    """Act again on a kept notification, and give the answer it would get now.

    A dry run does the same and then undoes all of it. Raises RecordNotFound, CannotOpen.
    """
    notification = _understood(archive.read(number, sealer=sealer))
    record = _undo if dry_run else _leave
    try:
        return _answer(notification, merchant_id=merchant_id, now=now, record=record)
    except _Undone as undone:
        return undone.answer


class _Undone(Exception):
    """Carries the answer out of a transaction that is not to last."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


def _undo(session: Session, answer: Answer) -> None:
    # What the database would refuse, it is to refuse now.
    session.flush()
    raise _Undone(answer)


def _leave(_session: Session, _answer: Answer) -> None:
    """A replay is not a notification: it leaves no record of its own."""


def _understood(raw: bytes) -> Notification | None:
    try:
        return parse_notification(raw)
    except MalformedNotification as fault:
        log.warning("notification.malformed", reason=str(fault))
        return None


def _answer(
    notification: Notification | None, *, merchant_id: str, now: datetime, record: Record
) -> Answer:
    """Rows 2 to 11. The record is written once, whatever the answer."""
    if notification is None:  # row 2
        return _only_record(record, Answer.OUT_OF_SERVICE)
    ours = notification.merchant_id.lower() == merchant_id.lower()
    if notification.is_probe:  # row 3
        return _only_record(record, Answer.SUCCESS if ours else Answer.ORDER_NOT_FOUND)
    if not ours or notification.merchant_order_id is None:  # row 4
        return _only_record(record, Answer.ORDER_NOT_FOUND)
    evidence = Evidence(
        provider_id=notification.id,
        number=notification.merchant_order_id,
        status=notification.status,
        amount=notification.amount,
        currency=notification.currency,
    )
    return payment.apply(evidence, actor=Actor.PROVIDER, now=now, record=record)


def _only_record(record: Record, answer: Answer) -> Answer:
    with transaction() as session:
        record(session, answer)
    return answer
