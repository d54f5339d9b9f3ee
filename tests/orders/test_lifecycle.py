"""The table of moves, as it is told, as it is written, and as it works."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import Delivery
from miniapp.orders import lifecycle, queries
from miniapp.orders.lifecycle import (
    GUEST_MOVES,
    MOVES,
    Actor,
    Goes,
    GuestMove,
    Move,
    MoveRefused,
    Step,
)
from miniapp.orders.models import GuestState, Order, OrderEvent, State
from tests.builders import NUMBER, make_order
from tests.orders.conftest import AtOnce
from tests.structure import life

pytestmark = pytest.mark.usefixtures("catalogue")

QUICK = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAIRS = [(state, move) for state in State for move in Move]


def written_table() -> dict[Move, Step]:
    """The moves as the docstring of the module tells them."""
    ruler, *rest = (lifecycle.__doc__ or "").partition("====")[2].splitlines()
    assert "=  =" in ruler
    rows = "\n".join(rest).partition("\n====")[2].partition("\n====")[0].splitlines()[1:]
    columns = [match.span() for match in re.finditer("=+", f"===={ruler}")]
    table: list[list[str]] = []
    for row in rows:
        cells = [row[start : end + 2].strip() for start, end in columns]
        if cells[0]:
            table.append(cells)
        else:
            table[-1][1] += f" {cells[1]}"
    return {
        Move(move): Step(
            frozenset(State(name.strip().replace(" ", "_")) for name in sources.split(",")),
            State(target.replace(" ", "_")),
            frozenset({Goes(goes)} if goes else set()),
        )
        for move, sources, target, goes in table
    }


def move_it(number: str, move: Move, now: datetime) -> None:
    with transaction() as session:
        order = queries.locked(session, number)
        assert order is not None
        lifecycle.make(session, order, move, actor=Actor.BUYER, now=now)


def traces() -> tuple[int, int]:
    """How many events and deliveries there are."""
    count = sa.func.count
    return (
        reading().scalar(sa.select(count(OrderEvent.id))) or 0,
        reading().scalar(sa.select(count(Delivery.id))) or 0,
    )


@QUICK
def test_the_table_that_people_read_is_the_table_that_works():
    assert written_table() == MOVES


@QUICK
def test_the_drawing_is_of_the_table_that_works():
    assert life.PAGE.read_text(encoding="utf-8") == life.drawing()


@QUICK
def test_the_guests_table_that_people_read_is_the_one_that_works():
    rows = (lifecycle.__doc__ or "").rpartition("=========  ========  =========\nmove")[2]
    told = {
        GuestMove(cells[0]): tuple(GuestState(cell.replace(" ", "_")) for cell in cells[1:])
        for row in rows.splitlines()[2:7]
        for cells in [re.split(" {2,}", row.strip())]
    }
    assert told == GUEST_MOVES


@QUICK
def test_an_order_makes_the_moves_of_the_table_and_no_others(now: datetime):
    for place, (state, move) in enumerate(PAIRS):
        number = make_order(
            now,
            state=state,
            number=f"LNG-{place}",
            provider_id=None,
            starts_in=timedelta(days=place + 1),
        )
        before, step = traces(), MOVES[move]
        try:
            move_it(number, move, now)
        except MoveRefused:
            assert state not in step.sources, (state, move)
            assert queries.by_number(number).state is state
            assert traces() == before
            continue
        assert state in step.sources, (state, move)
        order = queries.by_number(number)
        assert order.state is step.target
        told = [(event.from_state, event.to_state, event.what) for event in order.events]
        assert told == [(state, step.target, move)]
        assert traces() == (before[0] + 1, before[1] + len(step.goes_out))


def test_a_move_that_is_undone_leaves_no_trace(now: datetime):
    number = make_order(now)

    def pay_and_fail() -> None:
        with transaction() as session:
            order = queries.locked(session, number)
            assert order is not None
            lifecycle.make(session, order, Move.PAY, actor=Actor.PROVIDER, now=now)
            assert traces() == (1, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pay_and_fail()

    assert queries.by_number(number).state is State.AWAITING_PAYMENT
    assert traces() == (0, 0)


def test_of_many_who_make_the_same_move_one_wins(now: datetime, at_once: AtOnce):
    make_order(now)

    def pay() -> str:
        move_it(NUMBER, Move.PAY, now)
        return "moved"

    ends = at_once([pay] * 8)

    assert sorted(ends, key=str) == [MoveRefused] * 7 + ["moved"]
    assert traces() == (1, 1)


def test_who_saw_an_old_state_comes_second_even_without_a_lock(now: datetime):
    """The condition alone decides: the row was read before somebody else moved it."""
    make_order(now)
    stale = reading().scalars(sa.select(Order).where(Order.number == NUMBER)).one()
    assert stale.state is State.AWAITING_PAYMENT
    reading().expunge(stale)
    move_it(NUMBER, Move.EXPIRE, now)

    with pytest.raises(MoveRefused, match="second"), transaction() as session:
        lifecycle.make(session, stale, Move.PAY, actor=Actor.PROVIDER, now=now)

    assert queries.by_number(NUMBER).state is State.EXPIRED
    assert traces() == (1, 0)
