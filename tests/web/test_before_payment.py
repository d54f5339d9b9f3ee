"""More time to pay, and cancelling what is not paid: the provider decides, the screen tells."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from miniapp.base.db import db, transaction
from miniapp.orders import queries
from miniapp.orders.models import State
from tests.builders import NUMBER, PROVIDER_ID
from tests.invoicebox.scripted_provider import ScriptedProvider, data, error, hang_up
from tests.web.conftest import link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    server = ScriptedProvider()
    yield server
    server.close()


@pytest.fixture
def provider_url(provider: ScriptedProvider) -> str:
    return provider.url


def order_is(status: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": PROVIDER_ID,
        "status": status,
        "merchantId": "0192c0de-0000-7000-8000-0000000000ff",
        "merchantOrderId": NUMBER,
        "amount": 6750.5,
        "currencyId": "RUB",
    } | changes


def as_wished(handler: Any) -> None:
    """The provider grants the deadline it was asked for."""
    wish = json.loads(handler.server.heard[-1].body)["expirationDate"]
    data(order_is("created", expirationDate=wish))(handler)


def stands(app, number: str) -> Any:
    with app.app_context():
        order = queries.by_number(number)
        found = order.state, order.deadline, order.cancel_asked_at
        db.session.remove()
    return found


@pytest.fixture
def near(ordered, today):
    """The token of an order that can be paid for two more hours."""
    number = ordered(deadline=today + timedelta(hours=2, minutes=15, seconds=30))
    return link("manage", number)


def said(page: str) -> str:
    [screen] = re.findall(r"<main.*</main>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", screen).split())


def test_deadline_is_a_clock_time_with_the_minutes_left_and_a_later_one_on_the_button(client, near):
    page = client.get(f"/orders/{near}").text

    assert re.search(r"Места ваши до \d\d:\d\d, ", said(page))
    assert "Осталось 2 ч 15 мин" in said(page)
    assert re.search(r"Продлить до \d\d:\d\d, ", said(page))


def test_minutes_come_anew_with_the_screens_question_and_are_not_read_out(client, near):
    page = client.get(f"/orders/{near}").text
    [question] = re.findall(r'id="question" hidden hx-get="([^"]+)"', page)

    answer = client.get(question.replace("&amp;", "&"), headers={"HX-Request": "true"}).text

    assert re.search(r'<span id="left" hx-swap-oob="innerHTML">Осталось 2 ч 15 мин<', answer)
    assert not re.search(r'<[^>]*(?:role="status"|aria-live)[^>]*>[^<]*Осталось', page + answer)


def test_order_with_all_its_time_offers_no_more(client, ordered):
    assert "Продлить" not in client.get(f"/orders/{link('manage', ordered())}").text


def test_more_time_is_there_as_soon_as_the_provider_grants_it(app, client, provider, near, today):
    provider.will(as_wished)

    page = client.post(f"/orders/{near}/extend", follow_redirects=True).text

    assert stands(app, NUMBER)[1] > today + timedelta(days=2, hours=23)
    assert "Продлить" not in said(page)
    assert "Срок оплаты продлён до" in said(page) or "Заказ готов" in said(page)


@pytest.mark.parametrize(
    ("acts", "sentence"),
    [
        ([error(422, "wrong_order_status")], "не даёт больше времени"),
        ([hang_up, hang_up, hang_up, hang_up, hang_up], "не отвечает. Срок оплаты прежний"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_time_that_is_not_granted_is_said_so(app, client, provider, near, acts, sentence, headers):
    before = stands(app, NUMBER)[1]
    provider.will(*acts)

    answer = client.post(f"/orders/{near}/extend", headers=headers)

    assert answer.status_code == 409
    assert sentence in said(answer.text)
    assert 'role="alert"' in answer.text
    assert stands(app, NUMBER)[1] == before


def test_cancelling_is_asked_once_more_and_then_done_at_the_provider(
    app, client, provider, ordered
):
    token = link("manage", ordered())
    assert f'href="/orders/{token}/cancel' in client.get(f"/orders/{token}").text

    asked = client.get(f"/orders/{token}/cancel").text

    assert "Отменить заказ?" in said(asked)
    assert stands(app, NUMBER)[2] is None
    provider.will(data(order_is("created")), data(order_is("canceled")))
    page = client.post(f"/orders/{token}/cancel", follow_redirects=True).text
    assert stands(app, NUMBER)[0] is State.CANCELLED
    assert "Заказ отменён" in said(page)
    assert [heard.method for heard in provider.heard] == ["GET", "DELETE"]


def test_lost_answer_is_being_looked_for_and_ends_in_the_truth(app, client, provider, ordered):
    token = link("manage", ordered())
    provider.will(*[hang_up] * 6)

    page = client.post(f"/orders/{token}/cancel", headers={"HX-Request": "true"}).text

    assert "Отменяем заказ" in said(page)
    assert 'hx-trigger="every' in page
    provider.acts.clear()
    provider.will(data(order_is("completed")))
    client.post(f"/orders/{token}/cancel")
    assert "Оплата прошла успешно!" in client.get(f"/orders/{token}").text


@pytest.mark.parametrize("state", [s for s in State if s is not State.AWAITING_PAYMENT])
def test_nothing_else_is_cancelled_or_extended(app, client, provider, ordered, state):
    token = link("manage", ordered(state))

    assert client.get(f"/orders/{token}/cancel").status_code == 303
    for path in ("cancel", "extend"):
        assert client.post(f"/orders/{token}/{path}").status_code == 303

    assert stands(app, NUMBER)[0] is state
    assert provider.heard == []


@pytest.mark.parametrize("path", ["cancel", "extend", "give-back", "give-back/sum"])
def test_return_link_shows_and_changes_nothing(client, provider, ordered, path):
    number = ordered(State.PAID if "back" in path else State.AWAITING_PAYMENT)
    token = link("return", number)

    assert client.post(f"/orders/{token}/{path}").status_code == 404
    shown = client.get(f"/back/{token}/return").text
    assert "<form" not in shown
    assert "/orders/" not in shown
    assert provider.heard == []


def test_order_asked_to_be_cancelled_is_not_extended(app, client, ordered, today, near):
    with app.app_context():
        with transaction() as session:
            order = queries.locked(session, NUMBER)
            order.cancel_asked_at = today
        db.session.remove()

    page = client.get(f"/orders/{near}").text

    assert "Отменяем заказ" in page
    assert "Продлить" not in page
