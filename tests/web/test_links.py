"""Who holds a link may do what it is for, and nothing else."""

import pytest

from miniapp.base.db import db
from miniapp.orders import queries
from miniapp.orders.models import State
from tests.web.conftest import link

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AGREED = {"consent_offer": "yes", "consent_personal_data": "yes"}


def turned(token: str) -> str:
    """The token with its last sign but one changed."""
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


@pytest.mark.parametrize(
    "altered",
    [
        turned,
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.replace("23456789A", "23456789C"),
        lambda token: token.lower(),
        lambda token: token.partition(".")[0],
        lambda token: token.partition(".")[0] + "." + "A" * 27,
        lambda token: token + "%00",
        lambda token: token + "\u0661",
    ],
)
def test_altered_link_opens_nothing(client, ordered, altered):
    number = ordered(State.PAID)
    ordered(State.DRAFT, number="LNG-23456789C")

    for purpose, path in (("manage", "/orders/{}"), ("return", "/back/{}/success")):
        assert client.get(path.format(link(purpose, number))).status_code == 200
        assert client.get(path.format(altered(link(purpose, number)))).status_code == 404


@pytest.mark.parametrize("purpose", ["return", "voucher", "nothing"])
def test_link_for_another_purpose_neither_shows_nor_confirms_an_order(
    app, client, ordered, purpose
):
    number = ordered(State.DRAFT)
    token = link(purpose, number)

    assert client.get(f"/orders/{token}").status_code == 404
    assert client.get(f"/orders/{token}/change").status_code == 404
    assert client.post(f"/orders/{token}/confirm", data=AGREED).status_code == 404
    with app.app_context():
        assert queries.by_number(number).confirmed_at is None
        db.session.remove()


def test_return_link_shows_no_way_to_change_and_nobodys_contacts(client, ordered):
    token = link("return", ordered(State.EXPIRED))

    answer = client.get(f"/back/{token}/fail")

    assert 'data-screen="fail"' in answer.text
    assert "/orders/" not in answer.text
    assert "zarechnaya" not in answer.text


def test_voucher_link_opens_the_voucher_alone(client, ordered, voucher_code):
    number = ordered(State.PAID)
    code = voucher_code(number)
    token = link("voucher", code)

    page = client.get(f"/v/{token}")

    assert page.status_code == 200
    assert f'data-code="{code}"' in page.text
    assert "/orders/" not in page.text
    assert "vera@zarechnaya.example" not in page.text
    for path in (f"/orders/{token}", f"/back/{token}/success", f"/v/{turned(token)}"):
        assert client.get(path).status_code == 404
    for purpose in ("manage", "return"):
        assert client.get(f"/v/{link(purpose, code)}").status_code == 404


def test_link_of_an_older_generation_is_void(client, ordered):
    number = ordered(link_generation=1)

    assert client.get(f"/orders/{link('manage', number)}").status_code == 404
    assert client.get(f"/orders/{link('manage', number, 1)}").status_code == 200


@pytest.mark.parametrize("ended", [State.EXPIRED, State.CANCELLED, State.UNDELIVERABLE])
def test_order_that_came_to_nothing_can_be_chosen_again_with_all_that_was_typed(
    client, ordered, ended
):
    token = link("manage", ordered(ended))
    assert f'href="/orders/{token}/change' in client.get(f"/orders/{token}").text

    form = client.get(f"/orders/{token}/change").text

    assert 'value="vera@zarechnaya.example"' in form
    assert 'value="Вера Заречная"' in form


@pytest.mark.parametrize("kept", [State.INVOICING, State.AWAITING_PAYMENT, State.HELD, State.PAID])
def test_order_under_way_is_not_changed_by_its_form(client, ordered, kept):
    token = link("manage", ordered(kept))

    answer = client.get(f"/orders/{token}/change")

    assert answer.status_code == 303
    assert answer.location == f"/orders/{token}?lang=ru"


def test_a_voucher_is_also_a_print_and_a_calendar_entry(client, ordered, voucher_code):
    page = f"/v/{link('voucher', voucher_code(ordered(State.PAID)))}"

    paper, entry = client.get(f"{page}.pdf"), client.get(f"{page}.ics")

    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF-")
    assert (entry.status_code, entry.mimetype) == (200, "text/calendar")
    assert b"METHOD:PUBLISH" in entry.data
    assert {paper.headers["Cache-Control"], entry.headers["Cache-Control"]} == {"no-store"}
    assert client.get(f"{turned(page)}.pdf").status_code == 404
    assert f"{page}.pdf" in client.get(page).text
