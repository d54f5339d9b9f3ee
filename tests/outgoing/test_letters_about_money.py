"""What the buyer reads when money goes back."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from miniapp.base.db import reading, transaction
from miniapp.base.outbox import DeliveryAttempt
from miniapp.base.tokens import Signer
from miniapp.catalogue.models import Lounge, RefundStep
from miniapp.orders import queries, refunding, returning
from miniapp.orders.lifecycle import Actor, Goes
from miniapp.orders.models import RefundReason, State
from miniapp.orders.returning import Way
from miniapp.outgoing.worker import Deliveries
from tests.builders import NUMBER, make_order, owe
from tests.outgoing.conftest import MailServer

# 14 December 2026, 15:30 in Samara.
STARTS_IN = timedelta(days=13, hours=5, minutes=30)
PAGE = f"https://lounge.example/orders/{Signer('k' * 32).token(purpose='manage', subject=NUMBER)}"
RU, EN = "ru", "en"
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def letter(deliveries: Deliveries, mail_server: MailServer, now: datetime):
    """The letter of a refund that was planned and settled."""

    def letter(
        locale: str,
        *,
        reason: RefundReason = RefundReason.BUYER,
        percent: int = 100,
        way: Way = Way.REFUNDED,
        is_all: bool = True,
    ) -> str:
        make_order(now, state=State.PAID, starts_in=STARTS_IN, locale=locale)
        with transaction() as session:
            ladder = [RefundStep(hours=0, percent=percent)]
            session.execute(sa.update(Lounge).values(refund_ladder=ladder))
        visit = queries.by_number(NUMBER).visits[0]
        number = refunding.withdraw(
            number=NUMBER,
            visit_id=visit.id,
            reason=reason,
            actor=Actor.BUYER,
            now=now,
            guests=[] if is_all else [visit.guests[1].id],
        )
        assert number is not None
        returning.settle(number=number, way=way, now=now)
        # Its money is settled, so the delivery of it finds nothing to do.
        while deliveries.next():
            pass
        [sent] = mail_server.letters
        assert "\n" not in sent["Subject"]
        return f"{sent['Subject']}\n\n{sent.get_content()}".replace("\r\n", "\n").replace(
            NO_BREAK, " "
        )

    return letter


def test_the_letter_names_what_comes_back_what_stays_and_when(letter):
    assert (
        letter(RU, percent=50)
        == f"""\
Возврат 3 375,25 ₽, заказ {NUMBER}

Здравствуйте, Вера Заречная!

Вы отказались от посещения бизнес-зала «Бриз» 14 декабря, понедельник:

– Вера Заречная: 4 500 ₽
– Ребёнок: 2 250,50 ₽

Удержано по условиям возврата: 3 375,25 ₽
Вернётся вам: 3 375,25 ₽
Деньги вернутся тем же способом, которым вы платили, обычно в течение двух рабочих дней.

Ваш заказ: {PAGE}
Вопросы? Мы поможем: +7 846 000-00-00, help@briz-lounge.example
Заказ {NUMBER}
Бриз Лаунж
"""
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_letter_of_a_part_in_english_lets_the_others_come(letter):
    text = letter(EN, is_all=False, way=Way.UNBLOCKED)

    assert "– Child: RUB 2,250.50\n\nComes back to you: RUB 2,250.50\n" in text
    assert "– Вера" not in text
    assert "set aside and has not been charged" in text
    assert "The voucher stays valid for the other guests." in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_nothing_comes_back_no_money_is_promised(letter):
    text = letter(EN, percent=0)

    assert text.startswith(f"Visit cancelled, order {NUMBER}")
    assert "Withheld by the refund terms: RUB 6,750.50\nComes back to you: RUB 0\n" in text
    assert "working days" not in text


@pytest.mark.parametrize(
    ("reason", "beginning"),
    [
        (RefundReason.REFUSED_ENTRY, "Бизнес-зал «Бриз» не смог принять вас"),
        (RefundReason.TRIP_CANCELLED, "Ваша поездка отменена"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_letter_says_why(letter, reason: RefundReason, beginning: str):
    assert f"\n\n{beginning}" in letter(RU, reason=reason)


@pytest.mark.parametrize(
    ("locale", "subject", "sentence"),
    [
        (RU, "Оплата пришла слишком поздно", "понедельник, 15:30) уже нельзя было подтвердить"),
        (EN, "Your payment came too late", "on Monday, 14 December at 15:30 could not be booked"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_late_money_gets_an_apology_and_a_way_to_choose_again(
    deliveries: Deliveries,
    mail_server: MailServer,
    now: datetime,
    locale: str,
    subject: str,
    sentence: str,
):
    make_order(now, state=State.UNDELIVERABLE, starts_in=STARTS_IN, locale=locale)
    owe(goes=Goes.SORRY_LETTER, now=now)

    deliveries.next()

    [sent] = mail_server.letters
    assert sent["Subject"].startswith(subject)
    assert sentence in sent.get_content()
    assert PAGE in sent.get_content()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_left_no_address_gets_no_letter(
    deliveries: Deliveries, mail_server: MailServer, now: datetime
):
    make_order(now, state=State.UNDELIVERABLE, contact_email="")
    owe(goes=Goes.SORRY_LETTER, now=now)

    assert deliveries.next()

    assert mail_server.letters == []
    assert reading().scalars(sa.select(DeliveryAttempt.detail)).all() == ["no address"]
