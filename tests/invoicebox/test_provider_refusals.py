"""The provider said no: every shape in which it says so (section 2.2)."""

import pytest

from miniapp.invoicebox.errors import (
    BadToken,
    Duplicate,
    FieldFault,
    Refused,
    WrongStatus,
)
from tests.invoicebox.scripted_provider import (
    reply,
)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthorized", BadToken),
        (403, "forbidden", BadToken),
        (422, "merchant_order_id_duplicate", Duplicate),
        (422, "wrong_order_status", WrongStatus),
        (422, "wrong_expiration_date", Refused),
        (400, "something_new", Refused),
    ],
)
@pytest.mark.parametrize("nested", [True, False])
def test_refusal_is_read_in_error_and_at_the_top(
    shop, provider, new_order, status, code, kind, nested
):
    body = {"code": code, "message": "Заречная, vera@zarechnaya.example"}
    provider.will(reply(status, {"error": body} if nested else body, X_Request_Id="req-7"))
    with pytest.raises(Refused) as refusal:
        shop.create_order(new_order)
    assert type(refusal.value) is kind
    assert (refusal.value.code, refusal.value.request_id) == (code, "req-7")
    assert refusal.value.message == "Заречная, vera@zarechnaya.example"
    assert "vera" not in str(refusal.value) + repr(refusal.value)
    assert len(provider.heard) == 1


def test_refused_fields_are_named(shop, provider, new_order, sample):
    provider.will(reply(422, sample("error.json")))
    with pytest.raises(Refused) as refusal:
        shop.create_order(new_order)
    assert refusal.value.code == "wrong_total_amount"
    assert refusal.value.fields == (FieldFault("amount", "wrong_value", "Expected 6750.50"),)


@pytest.mark.parametrize(
    "body",
    [{}, {"error": "no"}, {"error": {"code": 7, "fields": {"a": 1}}}, {"error": {"fields": [1]}}],
    ids=str,
)
def test_refusal_of_an_odd_shape_is_a_refusal_all_the_same(shop, provider, new_order, body):
    provider.will(reply(422, body))
    with pytest.raises(Refused) as refusal:
        shop.create_order(new_order)
    assert (refusal.value.code, refusal.value.fields) == ("http_422", ())


def test_words_of_the_provider_cannot_forge_a_line_of_a_log(shop, provider, new_order):
    field = {"name": "a\rb", "code": "c\x1b[2J", "message": "d\n" + "e" * 600}
    body = {"code": "x\nforged" + "y" * 100, "message": "m" * 600, "fields": [field] * 101}
    provider.will(reply(422, {"error": body}))
    with pytest.raises(Refused) as refusal:
        shop.create_order(new_order)
    assert refusal.value.code == "x forged" + "y" * 56
    assert refusal.value.message == "m" * 500
    assert refusal.value.fields == (FieldFault("a b", "c [2J", "d " + "e" * 498),) * 100
