"""What the buyer reads in the letter with the voucher."""

from datetime import datetime, timedelta

import pytest

from miniapp.base.db import reading
from miniapp.base.tokens import Signer
from miniapp.orders import queries
from miniapp.orders.lifecycle import Goes
from miniapp.orders.models import State
from miniapp.orders.vouchers import spaced
from miniapp.outgoing.worker import Deliveries
from tests.builders import make_order, owe
from tests.outgoing.conftest import MailServer

# 14 December 2026, 15:30 in Samara.
STARTS_IN = timedelta(days=13, hours=5, minutes=30)


@pytest.fixture
def send(deliveries: Deliveries, mail_server: MailServer, now: datetime):
    def send(**changes):
        number = make_order(now, starts_in=STARTS_IN, **{"state": State.PAID, **changes})
        owe(goes=Goes.VOUCHER_LETTER, now=now)
        assert deliveries.next()
        return queries.by_number(number), mail_server.letters

    return send


def test_the_letter_says_all_that_opens_the_door(send):
    order, [letter] = send()

    voucher = order.visits[0].voucher
    token = Signer("k" * 32).token(purpose="voucher", subject=voucher.code)
    manage = Signer("k" * 32).token(purpose="manage", subject=order.number)
    assert letter["Subject"] == "Ваучер: бизнес-зал «Бриз», 14 декабря, понедельник"
    assert (
        letter.get_content().replace("\r\n", "\n")
        == f"""\
Здравствуйте, Вера Заречная!

Ваше посещение бизнес-зала подтверждено.
Покажите код на входе — на экране или на бумаге.

Бизнес-зал «Бриз»
Курумоч, Самара, терминал 1, 2-й этаж, внутр. рейсы, после досмотра

День: 14 декабря, понедельник
Вход с 15:30, выйти до 17:30 (местное время, Самара, UTC+4)
Рейс: XX 417
Гости:
– Вера Заречная, взрослый
– ребёнок

Код ваучера: {spaced(voucher.code)}
Ваучер с QR-кодом:
https://lounge.example/v/{token}

Как пройти
1. Пройдите досмотр.
2. Поверните налево к выходу 7.
Ориентир: синяя дверь у кофейни

Возьмите с собой
– Посадочный талон

Посмотреть, изменить или отменить заказ: https://lounge.example/orders/{manage}
Вопросы? Мы поможем: +7 846 000-00-00, help@briz-lounge.example
Заказ {order.number}
Бриз Лаунж
"""
    )


def test_an_order_made_in_english_gets_an_english_letter(send):
    _, [letter] = send(locale="en")

    assert letter["Subject"] == "Voucher: business lounge “Briz”, Monday, 14 December"
    assert letter["Content-Language"] == "en"
    text = letter.get_content()
    assert "Entry from 15:30, leave by 17:30 (local time, Samara, UTC+4)" in text
    assert not any(
        "а" <= character.lower() <= "я" for character in text.replace("Вера Заречная", "")
    )


def test_the_letter_is_addressed_and_marked_as_sent_by_a_program(send, now: datetime):
    _, [letter] = send()

    assert letter["To"].addresses[0].addr_spec == "vera@zarechnaya.example"
    sender = letter["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (
        "Бриз Лаунж (демо)",
        "voucher@briz-lounge.example",
    )
    assert letter["Reply-To"] == "help@briz-lounge.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == now


def test_money_only_blocked_gets_the_letter_too(send):
    _, letters = send(state=State.HELD)

    assert len(letters) == 1


@pytest.mark.parametrize("state", [State.CANCELLED, State.UNDELIVERABLE])
def test_an_order_that_ended_meanwhile_gets_no_letter(send, state: State):
    _, letters = send(state=state)

    assert letters == []
    assert reading().connection().exec_driver_sql(
        "SELECT outcome, detail FROM delivery_attempt"
    ).all() == [("settled", "not needed")]


def test_an_address_with_a_line_break_adds_no_header(send):
    _, letters = send(contact_email="vera@zarechnaya.example\r\nBcc: all@list.example")

    assert letters == []
