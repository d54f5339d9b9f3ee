"""The life of an order: every move there is, and the only way to make one.

==================  =======================================  ================  ==============
move                from                                     to                goes out
==================  =======================================  ================  ==============
confirm             draft                                    invoicing
invoice             invoicing                                awaiting payment
return to draft     invoicing                                draft
abandon             invoicing                                expired
expire              awaiting payment                         expired
hold                invoicing, awaiting payment, expired     held              voucher letter
pay                 invoicing, awaiting payment, expired     paid              voucher letter
complete            held                                     paid
cancel              invoicing, awaiting payment, held, paid  cancelled
fail to deliver     draft, invoicing, awaiting payment,      undeliverable     sorry letter
                    expired, cancelled
take back           held, paid                               refunding
serve               held, paid                               served
refund              refunding, undeliverable                 refunded
==================  =======================================  ================  ==============

What is partial happens to guests. An order is *served* when nothing is owed any more and
somebody was, *refunding* when every guest has left it, *refunded* when all the money is back.

=========  ========  =========
move       from      to
=========  ========  =========
admit      expected  entered
undo       entered   expected
miss       expected  no show
turn away  expected  refused
withdraw   expected  withdrawn
=========  ========  =========

A move is one conditional UPDATE ("where the state is still the one I saw") whose row count
decides, with its event and its deliveries in the same transaction; two programs that try the
same move cannot both succeed, on any database. Shipments and refunds leave by deliveries of
their own (``orders.documents``, ``orders.refunding``), in the transaction of the move that
calls for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base import outbox
from miniapp.orders.models import Guest, GuestState, Order, OrderEvent, State


class Move(StrEnum):
    """What can happen to an order."""

    CONFIRM = "confirm"
    INVOICE = "invoice"
    RETURN_TO_DRAFT = "return to draft"
    ABANDON = "abandon"
    EXPIRE = "expire"
    HOLD = "hold"
    PAY = "pay"
    COMPLETE = "complete"
    CANCEL = "cancel"
    FAIL_TO_DELIVER = "fail to deliver"
    TAKE_BACK = "take back"
    SERVE = "serve"
    REFUND = "refund"


class GuestMove(StrEnum):
    """What can happen to a guest."""

    ADMIT = "admit"
    UNDO = "undo"
    MISS = "miss"
    TURN_AWAY = "turn away"
    WITHDRAW = "withdraw"


class Goes(StrEnum):
    """What goes out; the key of a sender in ``outgoing``."""

    VOUCHER_LETTER = "voucher letter"
    SORRY_LETTER = "sorry letter"
    REFUND_LETTER = "refund letter"
    MONEY_BACK = "money back"
    SHIPMENT = "shipment"
    CANCELLATION = "cancellation"


class Actor(StrEnum):
    """Who made a move."""

    BUYER = "buyer"
    STAFF = "staff"
    PROVIDER = "provider"
    SWEEP = "sweep"
    WORKER = "worker"


@dataclass(frozen=True)
class Step:
    """A row of the table."""

    sources: frozenset[State]
    target: State
    goes_out: frozenset[Goes] = frozenset()


_UNPAID = frozenset({State.INVOICING, State.AWAITING_PAYMENT, State.EXPIRED})

MOVES: dict[Move, Step] = {
    Move.CONFIRM: Step(frozenset({State.DRAFT}), State.INVOICING),
    Move.INVOICE: Step(frozenset({State.INVOICING}), State.AWAITING_PAYMENT),
    Move.RETURN_TO_DRAFT: Step(frozenset({State.INVOICING}), State.DRAFT),
    Move.ABANDON: Step(frozenset({State.INVOICING}), State.EXPIRED),
    Move.EXPIRE: Step(frozenset({State.AWAITING_PAYMENT}), State.EXPIRED),
    Move.HOLD: Step(_UNPAID, State.HELD, frozenset({Goes.VOUCHER_LETTER})),
    Move.PAY: Step(_UNPAID, State.PAID, frozenset({Goes.VOUCHER_LETTER})),
    Move.COMPLETE: Step(frozenset({State.HELD}), State.PAID),
    Move.CANCEL: Step(
        frozenset({State.INVOICING, State.AWAITING_PAYMENT, State.HELD, State.PAID}),
        State.CANCELLED,
    ),
    Move.FAIL_TO_DELIVER: Step(
        # A draft too: the provider may have an order of an attempt that we gave up.
        _UNPAID | {State.DRAFT, State.CANCELLED},
        State.UNDELIVERABLE,
        frozenset({Goes.SORRY_LETTER}),
    ),
    Move.TAKE_BACK: Step(frozenset({State.HELD, State.PAID}), State.REFUNDING),
    Move.SERVE: Step(frozenset({State.HELD, State.PAID}), State.SERVED),
    Move.REFUND: Step(frozenset({State.REFUNDING, State.UNDELIVERABLE}), State.REFUNDED),
}

GUEST_MOVES: dict[GuestMove, tuple[GuestState, GuestState]] = {
    GuestMove.ADMIT: (GuestState.EXPECTED, GuestState.ENTERED),
    GuestMove.UNDO: (GuestState.ENTERED, GuestState.EXPECTED),
    GuestMove.MISS: (GuestState.EXPECTED, GuestState.NO_SHOW),
    GuestMove.TURN_AWAY: (GuestState.EXPECTED, GuestState.REFUSED),
    GuestMove.WITHDRAW: (GuestState.EXPECTED, GuestState.WITHDRAWN),
}


class MoveRefused(Exception):
    """The table does not know this move from this state, or somebody else was faster."""


def allows(state: State, move: Move) -> bool:
    """Whether the table knows the move from this state."""
    return state in MOVES[move].sources


def make(
    session: Session,
    order: Order,
    move: Move,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Make a move in the caller's transaction, write its event and what must go out.

    ``values`` are columns of the order that change with it. Raises MoveRefused.
    """
    step, seen = MOVES[move], order.state
    if seen not in step.sources:
        raise MoveRefused(f"{order.number}: {move} from {seen}")
    moved = session.execute(
        sa.update(Order)
        .where(Order.id == order.id, Order.state == seen)
        .values(state=step.target, **values)
        # The order in hand learns its new values too, without being read again.
        .execution_options(synchronize_session="evaluate")
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise MoveRefused(f"{order.number}: {move} from {seen} came second")
    note(session, order, what=move, actor=actor, now=now, seen=seen, detail=detail)
    for goes in sorted(step.goes_out):
        send(session, goes, about=order.number, payload={"order": order.number}, now=now)


def make_for_guests(
    session: Session,
    order: Order,
    guests: Sequence[Guest],
    move: GuestMove,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Move all these guests of one order, or none of them: MoveRefused.

    In the caller's transaction, with one event that names their ids.
    """
    source, target = GUEST_MOVES[move]
    ids = [guest.id for guest in guests]
    moved = session.execute(
        sa.update(Guest)
        .where(Guest.id.in_(ids), Guest.state == source)
        .values(state=target, entered_at=now if target is GuestState.ENTERED else None)
        .execution_options(synchronize_session="fetch")
    )
    if moved.rowcount != len(ids):  # type: ignore[attr-defined]
        raise MoveRefused(f"{order.number}: {move} of guests who are not {source}")
    note(session, order, what=move, actor=actor, now=now, detail={"guests": ids, **(detail or {})})


def note(
    session: Session,
    order: Order,
    *,
    what: str,
    actor: Actor,
    now: datetime,
    seen: State | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down what happened to an order, in the caller's transaction."""
    session.add(
        OrderEvent(
            order_id=order.id,
            at=now,
            actor=actor,
            what=what,
            from_state=seen or order.state,
            to_state=order.state,
            detail=detail or {},
        )
    )


def send(
    session: Session,
    goes: Goes,
    *,
    about: str,
    payload: dict[str, Any],
    now: datetime,
    due: datetime | None = None,
) -> None:
    """Put what goes out about an order, a refund or a shipment into the outbox."""
    key = f"{goes}:{about}"
    outbox.add(session, kind=goes, key=key, payload=payload, now=now, due=due)
