"""The worker: takes what must leave out of the outbox, and sweeps beside it.

Any number of workers may run: a claimed row is leased to one of them. Deliveries and sweeps have
a thread each, so that a provider that does not answer keeps no letter waiting, and a mail
server that does not answer keeps no payment unseen. After ``ServiceDown`` deliveries of that
kind are put off untried for a moment; a crowd of letters before a dead mail server then holds
up nothing else.
"""

import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import FrameType
from typing import Protocol

import structlog
from flask import Flask

from miniapp.base import clock, outbox
from miniapp.base.heartbeat import Part, Pulse
from miniapp.base.outbox import Claimed
from miniapp.orders.lifecycle import Goes
from miniapp.outgoing import (
    cancellation,
    money_back,
    refund_mail,
    shipment_report,
    sorry_mail,
    sweeps,
    voucher_mail,
)
from miniapp.outgoing.errors import NeverDelivered, NotYet, ServiceDown, TryLater
from miniapp.outgoing.world import World

log = structlog.get_logger()

# Seconds between two looks into an empty outbox, between two sweeps, after a failure of our own.
_IDLE = 0.5
_BETWEEN_SWEEPS = 2.0
_AFTER_FAILURE = 5.0
_SPARED = timedelta(seconds=15)


class Sender(Protocol):
    """Does the work of one kind of delivery, once."""

    def __call__(self, claimed: Claimed, *, world: World, now: datetime) -> str:
        """How the delivery ended; raises an error of ``outgoing.errors`` when it did not."""


SENDERS: Mapping[str, Sender] = {
    Goes.VOUCHER_LETTER: voucher_mail.send,
    Goes.SORRY_LETTER: sorry_mail.send,
    Goes.REFUND_LETTER: refund_mail.send,
    Goes.MONEY_BACK: money_back.send,
    Goes.SHIPMENT: shipment_report.send,
    Goes.CANCELLATION: cancellation.send,
}


class Deliveries:
    """Delivers what is due, one row after the other; remembers which services are down."""

    def __init__(self, world: World, *, now: Callable[[], datetime] = clock.now) -> None:
        self._world = world
        self._now = now
        self._down_until: dict[str, datetime] = {}

    def next(self) -> bool:
        """Deliver the row that has been due longest; False when none is due."""
        claimed = outbox.claim(now=self._now())
        if claimed is None:
            return False
        with structlog.contextvars.bound_contextvars(delivery=claimed.key):
            self._deliver(claimed)
        return True

    def _deliver(self, claimed: Claimed) -> None:
        try:
            detail = self._send(claimed)
        except NotYet as wait:
            log.info("delivery.waiting", attempt=claimed.attempts, reason=str(wait))
            outbox.wait(claimed, now=self._now(), until=wait.until, reason=str(wait))
        except TryLater as failure:
            log.warning("delivery.put_off", attempt=claimed.attempts, reason=str(failure))
            outbox.put_off(claimed, now=self._now(), reason=str(failure))
        except NeverDelivered as failure:
            log.error("delivery.given_up", attempt=claimed.attempts, reason=str(failure))
            outbox.give_up(claimed, now=self._now(), reason=str(failure))
        except Exception as failure:
            log.exception("delivery.failed", attempt=claimed.attempts)
            outbox.put_off(claimed, now=self._now(), reason=type(failure).__name__)
        else:
            log.info("delivery.settled", attempt=claimed.attempts, detail=detail)
            outbox.settle(claimed, now=self._now(), detail=detail)

    def _send(self, claimed: Claimed) -> str:
        send = SENDERS.get(claimed.kind)
        if send is None:
            raise TryLater("this version of the program cannot send it")
        spared_until = self._down_until.get(claimed.kind)
        if spared_until is not None and self._now() < spared_until:
            raise TryLater("not tried: the service was down a moment ago")
        try:
            return send(claimed, world=self._world, now=self._now())
        except ServiceDown:
            self._down_until[claimed.kind] = self._now() + _SPARED
            raise


def run(app: Flask, *, world: World, once: bool = False) -> None:
    """Deliver and sweep until SIGTERM or SIGINT; with ``once`` only what is due now."""
    deliveries = Deliveries(world)

    def sweep() -> bool:
        return sweeps.sweep(merchant=world.merchant, now=clock.now())

    if once:
        with app.app_context():
            # What a sweep finds out may call for a letter.
            while deliveries.next() or sweep():
                pass
            for part in Part:
                Pulse(part).beat(now=clock.now())
        return
    stopping = threading.Event()
    _listen(stopping)
    log.info("worker.started")
    sweeper = threading.Thread(
        target=_repeat, args=(app, sweep, Pulse(Part.SWEEPS), stopping, _BETWEEN_SWEEPS)
    )
    sweeper.start()
    _repeat(app, deliveries.next, Pulse(Part.DELIVERIES), stopping, _IDLE)
    sweeper.join()
    log.info("worker.stopped")


def _repeat(
    app: Flask, act: Callable[[], bool], pulse: Pulse, stopping: threading.Event, pause: float
) -> None:
    """Act until told to stop, without a pause while there is more to do."""
    while not stopping.is_set():
        try:
            # A context of its own for each act gives its database connection back.
            with app.app_context():
                more = act()
                pulse.beat(now=clock.now())
        except Exception:
            log.exception("worker.stumbled")
            stopping.wait(_AFTER_FAILURE)
        else:
            if not more:
                stopping.wait(pause)


def _listen(stopping: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
