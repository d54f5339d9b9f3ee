"""A process of ours that is killed in the middle of its work, at a moment the test chooses.

The moments are counted: each statement that writes, each commit, and each request to the
provider twice, before it is sent and when its answer has come. Nothing is said or tidied up at
the end: SIGKILL cannot be caught.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from miniapp.base.db import connect, db
from miniapp.base.sealing import Sealer
from miniapp.invoicebox.client import Merchant
from miniapp.orders import cancelling, invoicing, placing, receiving, redemption, refunding
from miniapp.orders.archive import Received
from miniapp.orders.invoicing import Addresses
from miniapp.orders.lifecycle import Actor
from miniapp.orders.models import RefundReason
from miniapp.outgoing.worker import Deliveries
from tests.lives.provider import News
from tests.lives.town import SHOP, NoPace, make_world
from tests.outgoing.conftest import Time

_children = multiprocessing.get_context("forkserver")
_children.set_forkserver_preload(["tests.lives.doomed"])


@dataclass(frozen=True)
class Fate:
    """Where the process lives, what it does there, and at which moment it dies, from 1."""

    database_url: str
    provider_url: str
    mail_url: str
    now: datetime
    act: str
    order: str
    moment: int
    counts_writes: bool = True
    news: News | None = None
    visit: int = 0


class Counted(NoPace):
    """Is asked before each request."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick

    def count(self, *, most: int) -> float:
        self._tick()
        return super().count(most=most)


def is_killed(fate: Fate) -> bool:
    """Let the process live; False when its work was done before its moment came."""
    child = _children.Process(target=live, args=(fate,))
    child.start()
    child.join(30)
    assert child.exitcode in {0, -signal.SIGKILL}, child.exitcode
    return child.exitcode != 0


def live(fate: Fate) -> None:
    """Do what is to be done, until the moment comes."""
    left = fate.moment

    def tick(*_about: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("SELECT"):
            tick()

    def on_log(_logger: Any, _method: str, entry: dict[str, Any]) -> dict[str, Any]:
        if entry["event"] == "provider_answered":
            tick()
        raise structlog.DropEvent

    structlog.configure(processors=[on_log])
    app = Flask("miniapp")
    connect(app, fate.database_url)
    with app.app_context():
        if fate.counts_writes:
            sa.event.listen(db.engine, "before_cursor_execute", on_statement)
        sa.event.listen(db.engine, "commit", tick)
        merchant = Merchant(
            api_url=fate.provider_url,
            version="v3",
            token="t" * 32,
            merchant_id=SHOP,
            user_agent="LoungeMiniApp/0.1 (Flask 3.1)",
            limiter=Counted(tick),
        )
        ACTS[fate.act](fate, merchant)


def _place(fate: Fate, _merchant: Merchant) -> None:
    placing.confirm(number=fate.order, offer_agreed=True, data_agreed=True, now=fate.now)


def _invoice(fate: Fate, merchant: Merchant) -> None:
    addresses = Addresses(notification="https://lounge.example/invoicebox/notification")
    invoicing.issue(number=fate.order, merchant=merchant, addresses=addresses, now=fate.now)


def _cancel(fate: Fate, merchant: Merchant) -> None:
    cancelling.cancel(number=fate.order, merchant=merchant, actor=Actor.BUYER, now=fate.now)


def _extend(fate: Fate, merchant: Merchant) -> None:
    cancelling.extend(number=fate.order, merchant=merchant, now=fate.now)


def _hear(fate: Fate, _merchant: Merchant) -> None:
    assert fate.news is not None
    receiving.receive(
        Received(fate.news.raw, fate.news.signature, "sha1", fate.now),
        merchant_id=SHOP,
        sealer=Sealer(["d" * 32]),
        clock=lambda: fate.now,
    )


def _withdraw(fate: Fate, _merchant: Merchant) -> None:
    refunding.withdraw(
        number=fate.order,
        visit_id=fate.visit,
        reason=RefundReason.BUYER,
        actor=Actor.BUYER,
        now=fate.now,
    )


def _miss(fate: Fate, _merchant: Merchant) -> None:
    redemption.miss(number=fate.order, now=fate.now)


def _deliver(fate: Fate, merchant: Merchant) -> None:
    Deliveries(make_world(merchant, fate.mail_url), now=Time(fate.now)).next()


ACTS: dict[str, Callable[[Fate, Merchant], None]] = {
    "place": _place,
    "invoice": _invoice,
    "cancel": _cancel,
    "extend": _extend,
    "hear": _hear,
    "withdraw": _withdraw,
    "miss": _miss,
    "deliver": _deliver,
}
