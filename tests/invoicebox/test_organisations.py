"""Organisations are found by their INN, and only the one that was asked for (section 11)."""

import pytest

from miniapp.invoicebox.errors import OutcomeUnknown
from miniapp.invoicebox.wire import Organisation
from tests.invoicebox.scripted_provider import data


def page(*rows):
    return data(list(rows))


FIRM = {
    "vatNumber": "9900000017",
    "taxRegistrationReasonCode": "990101001",
    "name": "ООО «Вымышленный Бриз»",
    "nameFull": "Общество с ограниченной\nответственностью «Вымышленный Бриз»",
    "registrationNumber": "1179900000015",
    "registrationAddress": "990001, г. Вымышленный, ул. Аэродромная, д. 1",
    "postAddress": "990001, а/я 7",
    "postAddressZip": "990001",
}


def test_organisation_is_found_by_its_inn(shop, provider):
    provider.will(page(FIRM, FIRM | {"taxRegistrationReasonCode": "990102002"}))
    assert shop.organisation("9900000017") == Organisation(
        inn="9900000017",
        kpp="990101001",
        ogrn="1179900000015",
        name="ООО «Вымышленный Бриз»",
        full_name="Общество с ограниченной ответственностью «Вымышленный Бриз»",
        address="990001, г. Вымышленный, ул. Аэродромная, д. 1",
        post_address="990001, а/я 7",
        post_code="990001",
    )
    (heard,) = provider.heard
    assert heard.path == "/v3/filter/api/counterparty-detail"
    assert heard.query == {"vatNumber": ["9900000017"]}


@pytest.mark.parametrize(
    ("inn", "kpp", "taken"),
    [
        ("9900000017", "990101001", "990101001"),
        ("9900000017", "9901AB001", "9901AB001"),
        ("9900000017", "99010100", None),
        ("9900000017", "", None),
        ("9900000017", None, None),
        ("990000001246", "990101001", None),
    ],
)
def test_only_a_company_has_a_kpp(shop, provider, inn, kpp, taken):
    provider.will(page({"vatNumber": inn, "taxRegistrationReasonCode": kpp, "name": " "}))
    found = shop.organisation(inn)
    assert (found.inn, found.kpp, found.name) == (inn, taken, None)


def test_long_names_of_a_register_are_cut(shop, provider):
    provider.will(page(FIRM | {"name": "x" * 301, "postAddress": 7}))
    found = shop.organisation("9900000017")
    assert found.name == "x" * 300
    assert found.post_address is None


def test_inn_nobody_has_is_none_and_a_foreign_one_is_not_taken(shop, provider):
    provider.will(page(), page(FIRM | {"vatNumber": "9900000024"}))
    assert shop.organisation("9900000017") is None
    with pytest.raises(OutcomeUnknown):
        shop.organisation("9900000017")


@pytest.mark.parametrize("inn", ["", "990000001", "99000000170", "9900000017x", "٩٩٠٠٠٠٠٠١٧"])
def test_what_is_no_inn_is_never_asked_for(shop, provider, inn):
    with pytest.raises(ValueError, match="INN"):
        shop.organisation(inn)
    assert provider.heard == []
