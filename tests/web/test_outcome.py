"""What a confirmed order shows: by its state, and while it awaits money by what the host said."""

import re

import pytest

from miniapp.base.db import db
from miniapp.orders import queries
from miniapp.orders.models import State
from tests.web.conftest import link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

READY = ("paying", "Заказ готов к оплате")
WAITING = ("paying", "Ждём оплату")
HOLDING = ("paying", "Платёж обрабатывается")
UNPAID = ("fail", "Оплата не прошла")
OVERDUE = ("fail", "Истёк срок оплаты")
PAID = ("success", "Оплата прошла успешно!")

# The mini-app protocol, section 6: what is shown while the order awaits its money.
RESULTS = {
    "completed": WAITING,
    "paid": WAITING,
    "pending": WAITING,
    "hold": HOLDING,
    "canceled": UNPAID,
    "expired": OVERDUE,
    "unknown": WAITING,
    "refunded": WAITING,
    "<b>": WAITING,
    "": READY,
}


def shown(page: str) -> tuple[str, str]:
    """The screen of a page and its heading."""
    [screen] = re.findall(r'data-screen="(\w+)"', page)
    [heading] = re.findall(r"<h1[^>]*>([^<]+)</h1>", page)
    return screen, heading


def state(app, number: str) -> State:
    with app.app_context():
        found = queries.by_number(number).state
        db.session.remove()
    return found


@pytest.mark.parametrize(("result", "expected"), RESULTS.items(), ids=list(RESULTS))
def test_hosts_word_on_the_payment_chooses_the_words_and_nothing_else(
    app, client, ordered, result, expected
):
    number = ordered(State.AWAITING_PAYMENT)

    page = client.get(f"/orders/{link('manage', number)}", query_string={"result": result}).text

    assert shown(page) == expected
    assert state(app, number) is State.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("how", "expected"), [("success", WAITING), ("fail", UNPAID), ("return", READY)]
)
def test_way_back_chooses_the_words_and_nothing_else(app, client, ordered, how, expected):
    number = ordered(State.AWAITING_PAYMENT)

    page = client.get(f"/back/{link('return', number)}/{how}?paymentResult=completed").text

    assert shown(page) == expected
    assert "/orders/" not in page
    assert "zarechnaya" not in page
    assert state(app, number) is State.AWAITING_PAYMENT


def test_way_back_that_we_never_gave_leads_nowhere(client, ordered):
    assert client.get(f"/back/{link('return', ordered())}/completed").status_code == 404


@pytest.mark.parametrize("word", ["", *RESULTS])
@pytest.mark.parametrize(
    ("kept", "screen"),
    [
        (State.INVOICING, "paying"),
        (State.HELD, "success"),
        (State.PAID, "success"),
        (State.EXPIRED, "fail"),
        (State.CANCELLED, "fail"),
        (State.UNDELIVERABLE, "fail"),
    ],
)
def test_no_word_of_the_host_outweighs_what_we_know(client, ordered, kept, screen, word):
    token = link("manage", ordered(kept))

    page = client.get(f"/orders/{token}", query_string={"result": word}).text

    assert shown(page)[0] == screen


@pytest.mark.parametrize("how", ["success", "fail", "return"])
def test_paid_order_is_a_success_whatever_way_the_buyer_comes_back(client, ordered, how):
    token = link("return", ordered(State.PAID))

    page = client.get(f"/back/{token}/{how}").text

    assert shown(page) == PAID
    assert "/v/" in page


def test_order_in_the_hosts_invoice_has_no_payment_of_its_own(client, ordered):
    token = link("manage", ordered(container_id="c-1"))

    page = client.get(f"/orders/{token}?id=pg-51&result=canceled").text

    assert shown(page) == ("paying", "Добавлено в ваш заказ")
    assert 'data-host="done"' in page
    assert "data-pay" not in page
    assert 'id="result"' not in page
    assert "hx-trigger" not in page


def test_host_is_told_of_an_order_without_an_address_that_nothing_is_to_be_opened(client, ordered):
    token = link("manage", ordered(container_id="c-1", payment_url=None))

    page = client.get(f"/orders/{token}?id=pg-51").text

    assert 'data-host="done" data-value=""' in page
    assert "None" not in page


def test_host_is_asked_once_to_begin_the_payment(client, ordered):
    token = link("manage", ordered())

    first = client.get(f"/orders/{token}?id=pg-51").text
    refused = client.get(f"/orders/{token}?id=pg-51&result=canceled").text

    assert 'data-host="checkout" data-value="https://pay.invoicebox.example/' in first
    assert 'data-host="' not in refused
    for page in (first, refused):
        assert re.search(r'href="https://pay\.invoicebox\.example/[^"]+"[^>]* data-pay', page)
        assert 'id="result"' in page


def test_page_without_a_host_links_to_the_payment(client, ordered):
    page = client.get(f"/orders/{link('manage', ordered())}").text

    assert re.search(r'<a class="main" href="https://pay\.invoicebox\.example/[^"]+" target', page)
    assert "data-host=" not in page
    assert "data-pay" not in page


def question(page: str) -> str | None:
    """The address that a page asks next."""
    found = re.search(r'<i id="question" hidden(?: hx-get="([^"]+)")?', page)
    assert found
    return found[1] and found[1].replace("&amp;", "&")


def asked(client, address: str):
    return client.get(address, headers={"HX-Request": "true"})


@pytest.mark.parametrize("word", ["", "completed", "hold", "canceled", "expired"])
def test_question_without_news_leaves_the_screen_alone(client, ordered, word):
    page = client.get(f"/orders/{link('manage', ordered())}?id=pg-51&result={word}").text

    answer = asked(client, question(page))

    assert answer.headers["HX-Retarget"] == "#question"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<main" not in answer.text
    assert question(answer.text) != question(page)


@pytest.mark.parametrize("path", ["/orders/{manage}?result=pending", "/back/{back}/success"])
def test_question_with_news_brings_the_screen(app, client, ordered, path):
    waiting, paid = ordered(), ordered(State.PAID, number="LNG-2", provider_id="p-2")
    links = {
        number: path.format(manage=link("manage", number), back=link("return", number))
        for number in (waiting, paid)
    }
    next_question = question(client.get(links[waiting]).text)
    assert next_question

    answer = asked(
        client,
        next_question.replace(links[waiting].partition("?")[0], links[paid].partition("?")[0]),
    )

    assert "HX-Retarget" not in answer.headers
    assert shown(answer.text) == PAID


def test_questions_get_rarer_tell_that_it_is_late_and_end(client, ordered):
    address = f"/back/{link('return', ordered())}/success"
    page = client.get(address).text
    pauses, told = [], []
    while address := question(page):
        pauses.append(int(re.findall(r'hx-trigger="every (\d+)s"', page)[0]))
        page = asked(client, address).text
        if 'id="meanwhile" hx-swap-oob' in page:
            told.append(sum(pauses))
            assert "help@briz-lounge.example" in page

    assert pauses == sorted(pauses)
    assert pauses[0] == 2
    assert told == [30]
    assert 600 < sum(pauses) < 1200


def test_page_without_script_asks_by_itself_until_it_is_told_the_end(client, ordered):
    address = f"/back/{link('return', ordered())}/success"
    loads = 0
    while found := re.search(
        r'http-equiv="refresh" content="(\d+);url=([^"]+)"', client.get(address).text
    ):
        assert int(found[1]) >= 5
        address = found[2].replace("&amp;", "&")
        loads += 1

    assert 20 < loads < 100
    last = client.get(address).text
    assert shown(last) == WAITING
    assert "help@briz-lounge.example" in last


def test_page_that_is_read_is_not_loaded_anew(client, ordered):
    token = link("manage", ordered())
    for word in ("", "canceled", "expired"):
        assert 'http-equiv="refresh"' not in client.get(f"/orders/{token}?result={word}").text


@pytest.mark.parametrize("waited", ["-1", "1e9", "x", "\u0661", "9" * 500, "99"])
def test_count_that_nobody_could_have_reached_does_no_harm(client, ordered, waited):
    token = link("return", ordered())

    answer = client.get(f"/back/{token}/success", query_string={"waited": waited})

    assert answer.status_code == 200
    assert shown(answer.text) == WAITING


def test_who_was_refused_finds_the_choice_again_without_anybodys_name(client, ordered):
    page = client.get(f"/back/{link('return', ordered())}/fail").text
    [again] = re.findall(r'<a class="[^"]*plain"\s+href="([^"]+)"', page)

    form = client.get(again.replace("&amp;", "&")).text

    assert "zarechnaya" not in again
    for name, value in {"adults": "1", "children": "1", "visit_time": r"\d\d:\d\d"}.items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', form), name
    assert "Вера" not in form


def test_refused_buyer_may_choose_again_by_giving_the_order_up(client, ordered):
    token = link("manage", ordered())

    page = client.get(f"/orders/{token}?result=canceled").text

    assert f'<form method="post" action="/orders/{token}/change' in page


def test_order_is_being_given_up_until_the_provider_has_agreed(app, client, ordered):
    number = ordered()
    token = link("manage", number)

    answer = client.post(f"/orders/{token}/change", follow_redirects=True)

    assert shown(answer.text) == ("paying", "Отменяем заказ")
    assert question(answer.text)
    assert state(app, number) is State.AWAITING_PAYMENT


@pytest.mark.parametrize("kept", [State.INVOICING, State.HELD, State.PAID])
def test_order_that_no_longer_waits_for_money_is_not_given_up(app, client, ordered, kept):
    number = ordered(kept)
    token = link("manage", number)

    answer = client.post(f"/orders/{token}/change")

    assert answer.status_code == 303
    assert state(app, number) is kept


def test_way_back_gives_no_order_up(client, ordered):
    assert client.post(f"/orders/{link('return', ordered())}/change").status_code == 404
