"""The lounge's form: faults at their fields, everything typed given back, nothing believed."""

import html
import re
from datetime import timedelta

import pytest

from miniapp.orders.models import State
from tests.web.conftest import link, visit

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FORM = "/l/briz-kuf"


def inputs(page: str) -> dict[str, dict[str, str]]:
    """The attributes of the form's fields, by name; of several the first."""
    found: dict[str, dict[str, str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = {
            name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)
        }
        if "name" in attributes:
            found.setdefault(attributes["name"], attributes | {"checked": str(" checked" in tag)})
    return found


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("visit_date", "32.12.2026"),
        ("visit_time", "25:00"),
        ("adults", "много"),
        ("guest_name", "  "),
        ("contact_email", "vera at zarechnaya"),
        ("contact_phone", "позвоните мне"),
    ],
)
def test_fault_stands_at_its_field_and_what_was_typed_is_given_back(client, today, field, typed):
    filled = visit(today, extras="shower") | {field: typed}

    answer = client.post(FORM, data=filled)

    assert answer.status_code == 422
    given = inputs(answer.text)
    wrong = {name for name, one in given.items() if one.get("aria-invalid") == "true"}
    assert wrong == {field}
    note = given[field]["aria-describedby"]
    assert re.search(rf'<p id="{note}" class="error">[^<]+</p>', answer.text)
    assert f'for="{field}"' in answer.text or field == "guest_name"
    for name in ("visit_date", "visit_time", "adults", "guest_name", "flight_number"):
        assert given[name]["value"] == filled[name]
    for name in ("contact_name", "contact_email", "contact_phone"):
        assert given[name]["value"] == filled[name]
    assert given["extras"]["checked"] == "True"


def test_fault_in_the_contacts_hides_no_price(client, today):
    answer = client.post(FORM, data=visit(today, contact_email="nobody"))

    assert re.search(r'class="total".*4\s500', answer.text)


def test_good_form_leads_to_its_confirmation(client, today):
    answer = client.post(FORM, data=visit(today, children="1"), query_string={"id": "pg-51"})

    assert answer.status_code == 303
    assert answer.location.startswith("/orders/LNG-")
    assert answer.location.endswith("?id=pg-51")
    page = client.get(answer.location).text
    assert 'data-screen="confirm"' in page
    assert "vera@zarechnaya.example" in page


HOSTILE_COUNTS = ["٣", "1e9", "-1", "10000", "0020000", "1.5", "0x1", "²", "9" * 400, "\x00", "+1"]


@pytest.mark.parametrize("field", ["adults", "children", "infants"])
@pytest.mark.parametrize("typed", HOSTILE_COUNTS)
def test_count_that_is_no_count_is_a_fault_of_its_field(client, today, field, typed):
    answer = client.post(FORM, data=visit(today) | {field: typed})

    assert answer.status_code == 422
    assert inputs(answer.text)[field]["aria-invalid"] == "true"
    assert client.post(f"{FORM}/price", data=visit(today) | {field: typed}).status_code == 200


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("0000-00-00", "12:00"),
        ("0001-01-01", "00:00"),
        ("9999-12-31", "23:59"),
        ("31.12.9999", "23:59"),
        ("2026-02-30", "12:00"),
        ("2026-W50-1", "١٢:٠٠"),
        ("today", "noon"),
        ("", ""),
        ("\x00", "\x00"),
        ("2026-12-14T00:00", "12:00:00"),
    ],
)
def test_day_and_hour_of_no_calendar_are_faults(client, today, day, hour):
    filled = visit(today, visit_date=day, visit_time=hour)

    answer = client.post(FORM, data=filled)

    assert answer.status_code == 422
    assert inputs(answer.text)["visit_date"]["value"] == day
    assert client.post(f"{FORM}/price", data=filled).status_code == 200


@pytest.mark.parametrize("days", [-1, -400])
def test_day_that_is_past_is_refused_in_words(client, today, days):
    day = (today + timedelta(days=days)).date().isoformat()

    answer = client.post(FORM, data=visit(today, visit_date=day))

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert inputs(answer.text)["visit_date"]["value"] == day


def test_party_larger_than_the_lounge_takes_is_refused_in_words(client, today):
    answer = client.post(FORM, data=visit(today, adults="20"))

    assert answer.status_code == 422
    assert "Слишком много гостей" in answer.text
    assert inputs(answer.text)["adults"]["value"] == "20"


EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_markup_in_any_field_comes_back_as_text(client, today):
    fields = [*visit(today), "container", "shop", "extras", "number", "terminal", "zone", "at"]
    for field in fields:
        for path in (FORM, f"{FORM}/price"):
            page = client.post(path, data=visit(today, contact_email="x") | {field: EVIL}).text
            assert "<script>alert" not in page, field
            assert "<img" not in page, field
    assert (
        inputs(client.post(FORM, data=visit(today, contact_name=EVIL, adults="x")).text)[
            "contact_name"
        ]["value"]
        == EVIL
    )


def test_markup_in_an_address_comes_back_as_text(client):
    for path in ("/", "/places", "/places/found", "/places/KUF", FORM):
        for name in ("id", "lang", "q", "number", "terminal", "direction", "at", "since", "adults"):
            page = client.get(path, query_string={name: EVIL}).text
            assert "<script>alert" not in page, (path, name)
            assert "<img" not in page, (path, name)


@pytest.mark.parametrize("text", ["\x00\x01", "\ud800", "я" * 20_000, "\u202e\u2066", "💺" * 300])
def test_no_text_is_too_strange_for_a_field(client, today, text):
    sent = text.encode("utf-8", "surrogatepass")
    for field in [*visit(today), "container", "shop", "extras", "at", "since"]:
        answer = client.post(FORM, data={**visit(today), field: sent})
        assert answer.status_code in {303, 409, 422}, field
        if answer.status_code == 303:
            assert client.get(answer.location).status_code == 200, field
    for path in ("/places", "/places/found"):
        assert client.get(path, query_string={"q": sent[:2000]}).status_code == 200


def test_host_is_believed_only_what_can_be_an_id(client, today):
    sent = visit(today, container="c0ffee/../x", shop="4821; drop", contact_email="x")

    given = inputs(client.post(FORM, data=sent).text)

    assert given["container"]["value"] == "c0ffee/../x"
    answer = client.post(FORM, data=sent | {"contact_email": "vera@zarechnaya.example"})
    assert "Перейти к оплате" in client.get(answer.location).text


def test_price_is_the_servers_whatever_the_form_says(client, today):
    answer = client.post(FORM, data=visit(today, price="1", amount="1", total="1"))

    assert re.search(r"4\s500", client.get(answer.location).text)


def test_consents_are_asked_for_and_stay_given(client, ordered):
    token = link("manage", ordered(State.DRAFT))

    answer = client.post(f"/orders/{token}/confirm", data={"consent_offer": "yes"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    given = inputs(answer.text)
    assert given["consent_offer"]["checked"] == "True"
    assert given["consent_personal_data"]["checked"] == "False"


def test_silent_provider_is_told_on_the_confirmation_and_nothing_is_lost(client, ordered):
    token = link("manage", ordered(State.DRAFT))
    agreed = {"consent_offer": "yes", "consent_personal_data": "yes"}

    for _ in range(2):
        answer = client.post(f"/orders/{token}/confirm", data=agreed)
        assert answer.status_code == 409
        assert "Деньги не списаны" in answer.text
        assert inputs(answer.text)["consent_offer"]["checked"] == "True"


def test_money_back_is_promised_only_until_moments_to_come(client, ordered):
    soon = link("manage", ordered(State.DRAFT, starts_in=timedelta(hours=5)))

    page = client.get(f"/orders/{soon}").text

    ladder = page.partition('class="ladder"')[2].partition("</ul>")[0]
    assert ladder.count("<li>") == 2
