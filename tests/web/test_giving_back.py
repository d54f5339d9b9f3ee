"""A paid visit is given back for the sum that was shown, once, by whom it belongs to."""

import re
from datetime import timedelta
from typing import Any

import pytest

from miniapp.base.db import db, transaction
from miniapp.orders import queries, redemption, returning
from miniapp.orders.models import Guest, GuestState, PaperState, State
from miniapp.orders.returning import Way
from tests.builders import ADULT, CHILD, NUMBER
from tests.web.conftest import link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WHOLE = ADULT + CHILD
TOKEN = link("manage", NUMBER)
GIVE_BACK = f"/orders/{TOKEN}/give-back"


def said(page: str) -> str:
    """The words of a page, with plain blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def fields(page: str) -> dict[str, Any]:
    """What the page's form would send."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {"guest": re.findall(r'name="guest" value="(\d+)" checked', page), **hidden}


def now_is(app) -> tuple[State, list[GuestState], list[tuple[int, int]]]:
    """The order's state, its guests' states, and amount and fee of its refunds."""
    with app.app_context():
        order = queries.by_number(NUMBER)
        found = (
            order.state,
            [guest.state for guest in order.visits[0].guests],
            [(refund.amount, refund.withheld) for refund in order.refunds],
        )
        db.session.remove()
    return found


def guest_ids(app) -> list[int]:
    with app.app_context():
        ids = [guest.id for guest in queries.by_number(NUMBER).visits[0].guests]
        db.session.remove()
    return ids


@pytest.mark.parametrize("state", [State.PAID, State.HELD])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_whole_visit_comes_back_for_the_sum_on_the_button(app, client, ordered, state, headers):
    ordered(state)
    assert f'href="{GIVE_BACK}?' in client.get(f"/orders/{TOKEN}").text

    page = client.get(GIVE_BACK, headers=headers).text

    assert "Отменить и вернуть 6 750,50 ₽" in said(page)
    assert re.search(r"Эта сумма действует до \d\d:\d\d, ", said(page))
    answer = client.post(GIVE_BACK, data=fields(page), headers=headers, follow_redirects=True)
    assert now_is(app) == (
        State.REFUNDING,
        [GuestState.WITHDRAWN, GuestState.WITHDRAWN],
        [(WHOLE, 0)],
    )
    assert "Возвращаем 6 750,50 ₽" in said(answer.text)


def test_one_of_the_guests_leaves_and_the_page_says_what_comes_back(app, client, ordered):
    ordered(State.PAID)
    _, child = guest_ids(app)

    told = client.post(f"{GIVE_BACK}/sum", data={"visit": "1", "guest": [child]}).text
    answer = client.post(
        GIVE_BACK,
        data={"guest": [child], **fields(told) | {"guest": [child]}},
        follow_redirects=True,
    )

    assert "Отменить и вернуть 2 250,50 ₽" in said(told)
    assert now_is(app)[1:] == (
        [GuestState.EXPECTED, GuestState.WITHDRAWN],
        [(CHILD, 0)],
    )
    assert "Возвращаем 2 250,50 ₽" in said(answer.text)
    assert "Открыть ваучер" in answer.text


def test_without_script_other_ticks_than_the_sum_was_for_show_the_right_sum_first(
    app, client, ordered
):
    ordered(State.PAID)
    shown = fields(client.get(GIVE_BACK).text)
    shown["guest"] = shown["guest"][1:]

    answer = client.post(GIVE_BACK, data=shown)

    assert answer.status_code == 409
    assert "Сумма возврата изменилась" in said(answer.text)
    assert now_is(app)[2] == []
    client.post(GIVE_BACK, data=fields(answer.text))
    assert now_is(app)[2] == [(CHILD, 0)]


def test_second_press_makes_no_second_refund_and_shows_the_same(app, client, ordered):
    ordered(State.PAID)
    form = fields(client.get(GIVE_BACK).text)
    client.post(GIVE_BACK, data=form)

    answer = client.post(GIVE_BACK, data=form)

    assert answer.status_code == 303
    assert now_is(app)[2] == [(WHOLE, 0)]


def test_share_that_fell_meanwhile_is_shown_before_anything_is_done(app, client, ordered):
    ordered(State.PAID)
    form = fields(client.get(GIVE_BACK).text)
    with app.app_context():
        with transaction() as session:
            visit = queries.locked(session, NUMBER).visits[0]
            visit.starts_at -= timedelta(days=12, hours=12)
        db.session.remove()

    answer = client.post(GIVE_BACK, data=form)

    assert answer.status_code == 409
    assert now_is(app)[2] == []
    assert "Деньги уже не вернутся" in said(answer.text)
    assert "посещение остаётся за вами" in said(answer.text)
    assert "Отменить без возврата денег" in said(answer.text)
    answer = client.post(GIVE_BACK, data=fields(answer.text), follow_redirects=True)
    assert now_is(app)[2] == [(WHOLE, WHOLE)]
    assert "За отменённое посещение деньги не возвращаются" in said(answer.text)


def test_children_are_not_left_alone(app, client, ordered):
    ordered(State.PAID)
    adult, _ = guest_ids(app)

    answer = client.post(GIVE_BACK, data={"guest": [adult], "expected_return": ADULT})

    assert answer.status_code == 409
    assert "Дети не могут остаться без взрослого" in said(answer.text)
    assert now_is(app)[2] == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"expected_return": "0"},
        {"guest": "999"},
        {"guest": "-1", "expected_return": "0"},
        {"guest": "١"},
        {"guest": "9" * 400},
        {"guest": "1"},
        {"guest": "1", "expected_return": "-1"},
        {"guest": "1", "expected_return": "1e9"},
        {"guest": "1", "visit": "2"},
        {"guest": "1", "visit": "x", "expected_return": str(WHOLE)},
    ],
)
def test_form_that_our_page_did_not_make_changes_nothing(app, client, ordered, form):
    ordered(State.PAID)

    for path in (GIVE_BACK, f"{GIVE_BACK}/sum"):
        assert client.post(path, data=form).status_code in {200, 404, 409}

    assert now_is(app) == (State.PAID, [GuestState.EXPECTED, GuestState.EXPECTED], [])


@pytest.mark.parametrize("state", [s for s in State if s not in {State.HELD, State.PAID}])
def test_order_that_nobody_paid_for_or_that_is_over_is_not_given_back(app, client, ordered, state):
    ordered(state)
    guests = guest_ids(app)

    assert client.get(GIVE_BACK).status_code == 303
    if state is not State.DRAFT:
        told = client.post(f"{GIVE_BACK}/sum", data={"guest": guests})
        assert told.headers["HX-Retarget"] == "#screen"
    answer = client.post(GIVE_BACK, data={"guest": guests, "expected_return": WHOLE})

    assert answer.status_code == 409
    assert now_is(app)[2] == []


def test_who_has_entered_is_not_offered_and_does_not_leave(app, client, ordered, today):
    ordered(State.PAID)
    adult, child = guest_ids(app)
    with app.app_context():
        voucher = queries.by_number(NUMBER).visits[0].voucher
        redemption.admit(code=voucher.code, guests=[adult], who="desk 1", now=today)
        db.session.remove()

    page = client.get(GIVE_BACK).text

    assert f'name="guest" value="{adult}"' not in page
    assert f'value="{child}" checked' in page
    answer = client.post(GIVE_BACK, data={"guest": [adult, child], "expected_return": WHOLE})
    assert answer.status_code == 409
    assert "Отменять уже не для кого" in said(answer.text)
    assert now_is(app)[2] == []


REFUNDS = {
    (PaperState.PLANNED, None): "Возвращаем 6 750,50 ₽",
    (PaperState.SENDING, None): "Возвращаем 6 750,50 ₽",
    (PaperState.DONE, Way.REFUNDED): "6 750,50 ₽ отправлены обратно в ",
    (PaperState.DONE, Way.REVERSED): "6 750,50 ₽ отправлены обратно в ",
    (PaperState.DONE, Way.UNBLOCKED): "6 750,50 ₽ не списаны",
    (PaperState.STUCK, None): "Возврат 6 750,50 ₽ занимает больше времени",
}


@pytest.mark.parametrize(("stands", "sentence"), REFUNDS.items(), ids=str)
def test_page_says_where_the_money_is(app, client, ordered, today, stands, sentence):
    ordered(State.PAID)
    client.post(GIVE_BACK, data=fields(client.get(GIVE_BACK).text))
    with app.app_context():
        with transaction() as session:
            [refund] = queries.locked(session, NUMBER).refunds
            refund.state, refund.way = stands
            refund.settled_at = today
        db.session.remove()

    for path in (f"/orders/{TOKEN}", f"/back/{link('return', NUMBER)}/success"):
        page = said(client.get(path).text)
        assert "Посещение отменено" in page
        assert sentence in page


def test_money_that_is_back_ends_the_story(app, client, ordered, today):
    ordered(State.PAID)
    client.post(GIVE_BACK, data=fields(client.get(GIVE_BACK).text))
    with app.app_context():
        returning.settle(number=f"{NUMBER}-R1", way=Way.REFUNDED, now=today)
        db.session.remove()

    page = said(client.get(f"/orders/{TOKEN}?lang=en").text)

    assert "RUB 6,750.50 was sent back at" in page
    for line in (
        "The visit is cancelled for 2 guests",
        "Money back is arranged: RUB 6,750.50",
        "The money is sent back: RUB 6,750.50",
    ):
        assert line in page


def test_party_without_price_leaves_without_a_word_of_money(app, client, ordered):
    ordered(State.PAID)
    with app.app_context():
        with transaction() as session:
            visit = queries.locked(session, NUMBER).visits[0]
            session.add(Guest(visit_id=visit.id, position=3, kind="infant", name="Майя"))
        db.session.remove()
    infant = guest_ids(app)[2]

    told = client.post(f"{GIVE_BACK}/sum", data={"guest": [infant]}).text

    assert "Эти гости проходят бесплатно" in said(told)
    client.post(GIVE_BACK, data={"guest": [infant], "expected_return": "0"})
    assert now_is(app)[1:] == (
        [GuestState.EXPECTED, GuestState.EXPECTED, GuestState.WITHDRAWN],
        [],
    )


def test_order_that_is_over_says_so_and_leads_to_no_voucher(app, client, ordered):
    ordered(State.PAID)
    _, child = guest_ids(app)
    client.post(GIVE_BACK, data={"guest": [child], "expected_return": CHILD})
    with app.app_context():
        with transaction() as session:
            queries.locked(session, NUMBER).state = State.SERVED
        db.session.remove()

    page = client.get(f"/orders/{TOKEN}").text

    assert "Посещение завершено" in said(page)
    assert "Возвращаем 2 250,50 ₽" in said(page)
    assert "/v/" not in page
    assert GIVE_BACK not in page
