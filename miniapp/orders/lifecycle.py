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
fail to deliver     invoicing, awaiting payment, expired,    undeliverable     money back
                    cancelled
==================  =======================================  ================  ==============

A move is one conditional UPDATE ("where the state is still the one I saw") whose row count
decides, with its event and its deliveries in the same transaction; two programs that try the
same move cannot both succeed, on any database.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from miniapp.base import outbox
from miniapp.orders.models import Order, OrderEvent, State


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


class Goes(StrEnum):
    """What a move sends out; the key of a sender in ``outgoing``."""

    VOUCHER_LETTER = "voucher letter"
    MONEY_BACK = "money back"


class Actor(StrEnum):
    """Who made a move."""

    BUYER = "buyer"
    PROVIDER = "provider"
    SWEEP = "sweep"


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
        _UNPAID | {State.CANCELLED}, State.UNDELIVERABLE, frozenset({Goes.MONEY_BACK})
    ),
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
    session.add(
        OrderEvent(
            order_id=order.id,
            at=now,
            actor=actor,
            what=move,
            from_state=seen,
            to_state=step.target,
            detail=detail or {},
        )
    )
    for goes in sorted(step.goes_out):
        outbox.add(
            session,
            kind=goes,
            key=f"{goes}:{order.number}",
            payload={"order": order.number},
            now=now,
        )
