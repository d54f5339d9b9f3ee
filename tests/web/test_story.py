"""The story of an order: every thing that can happen has its words, or none on purpose."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import miniapp.orders
from miniapp.base import i18n
from miniapp.orders import history, models
from miniapp.orders.errors import Refusal
from miniapp.orders.history import Happening
from miniapp.orders.lifecycle import GuestMove, Move
from miniapp.web import errors
from miniapp.web.traveller import story
from tests.builders import make_lounge, make_place

WORDED = {*story.PLAIN, *story.SUMMED, *story.COUNTED, *story.FIGURED}
DETAIL = {
    "guests": [1, 2],
    "returned": 450_000,
    "way": "refunded",
    "deadline": "2026-11-30T12:00:00+00:00",
}


def noted() -> set[str]:
    """Every ``what`` that the rooms of the order write down by a name of their own."""
    found = set()
    for file in Path(miniapp.orders.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "what":
                found |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    return found


def test_everything_that_can_happen_is_worded_or_internal():
    happens = {*Move, *GuestMove, *noted(), history.LETTER_SENT}

    assert happens == WORDED | story.INTERNAL
    assert not WORDED & story.INTERNAL
    assert len(noted()) >= 7


@pytest.fixture
def order() -> models.Order:
    lounge = make_lounge(place=make_place())
    return models.Order(amount=675_050, visits=[models.Visit(lounge=lounge)])


@pytest.mark.parametrize("what", sorted(WORDED))
def test_every_sentence_is_whole_in_both_languages(order: models.Order, what: str):
    happening = Happening(datetime(2026, 11, 24, tzinfo=UTC), what, models.State.PAID, DETAIL)

    told = i18n.in_both(lambda: story.words(happening, order))

    assert told.ru != told.en
    assert "%" not in told.ru + told.en


@pytest.mark.parametrize(
    ("what", "seen", "detail", "sentence"),
    [
        ("cancel", "awaiting_payment", {}, "Заказ отменён, места освобождены"),
        ("cancel", "paid", {}, "Платёж отозван, посещение отменено"),
        ("plan refund", "paid", {"returned": 0}, "Деньги не возвращаются"),
        ("money back", "paid", {"returned": 0, "way": "refunded"}, ""),
        (
            "money back",
            "paid",
            {"returned": 450_000, "way": "refunded"},
            "Деньги отправлены обратно: 4 500 ₽",
        ),
        (
            "money back",
            "paid",
            {"returned": 450_000, "way": "unblocked"},
            "Не списано, банк снимет блокировку: 4 500 ₽",
        ),
        (
            "extend",
            "awaiting_payment",
            {"deadline": "2026-11-30T12:00:00+00:00"},
            "Срок оплаты продлён до 16:00, 30 ноября, понедельник",
        ),
        ("admit", "paid", {"guests": [1]}, "В зал вошёл 1 гость"),
        ("withdraw", "paid", {"guests": [1, 2]}, "Посещение отменено для 2 гостей"),
    ],
)
def test_sentence_follows_what_happened(order, what, seen, detail, sentence):
    happening = Happening(datetime(2026, 11, 24, tzinfo=UTC), what, models.State(seen), detail)

    with i18n.speaking(i18n.product()["ru"]):
        assert story.words(happening, order).replace("\u00a0", " ") == sentence


def refusals(kind: type[Refusal] = Refusal) -> list[type[Refusal]]:
    return [one for sub in kind.__subclasses__() for one in (sub, *refusals(sub))]


@pytest.mark.parametrize("refusal", refusals(), ids=lambda one: one.__name__)
def test_every_refusal_has_a_status_and_a_sentence_in_both_languages(refusal: type[Refusal]):
    told = i18n.in_both(lambda: errors.sentence(refusal.code))

    assert told.ru != told.en
    assert errors.status_of(refusal.code) in {404, 409, 422}
