"""What the host's ticket is answered with: its points, the search, or that nothing is there."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miniapp.base.db import transaction
from miniapp.catalogue.models import Lounge

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ticket(origin: str, destination: str, departs: datetime, **changes: Any) -> str:
    trip = {
        "@type": "Flight",
        "flightNumber": "417",
        "departureAirport": {"iataCode": origin},
        "departureTime": departs.isoformat(),
        "arrivalAirport": {"iataCode": destination},
        "arrivalTime": (departs + timedelta(hours=2)).isoformat(),
    }
    return json.dumps([{"@type": "FlightReservation", "reservationFor": trip | changes}])


@pytest.fixture
def soon(today: datetime) -> datetime:
    return today + timedelta(days=5)


def test_served_point_of_the_ticket_is_suggested(client, soon):
    answer = client.post("/suggestion?id=pg-51", data={"ticket": ticket("KUF", "LED", soon)})

    assert answer.status_code == 200
    assert 'data-screen="where"' in answer.text
    assert "/l/briz-kuf?" in answer.text
    assert "id=pg-51" in answer.text


def test_ticket_with_nothing_served_is_unavailable(client, soon):
    answer = client.post("/suggestion?id=pg-51", data={"ticket": ticket("AAA", "BBB", soon)})

    assert 'data-screen="unavailable"' in answer.text
    assert 'data-host="unavailable"' in answer.text


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "7", '"KUF"', "{", "[" * 5000, '[{"reservationFor": 7}]', "\x00"]
)
def test_ticket_that_is_not_understood_leaves_the_search(client, text):
    answer = client.post("/suggestion?id=pg-51", data={"ticket": text, "locale": "ru"})

    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("locale", "status"), [("ru", 204), ("de", 204), ("", 204), ("en", 200), ("EN-us", 200)]
)
def test_search_is_spoken_in_the_language_of_the_host(client, locale, status):
    answer = client.post("/suggestion?id=pg-51", data={"ticket": "[]", "locale": locale})

    assert answer.status_code == status
    if status == 200:
        assert 'data-screen="where" lang="en"' in answer.text
        assert "Where do you need a business lounge?" in answer.text
        assert "lang=en" in answer.text


@pytest.mark.parametrize("path", ["/l/briz-kuf", "/places/KUF"])
@pytest.mark.parametrize(("locale", "status"), [("en", 200), ("ru", 204), ("de", 204), ("", 204)])
def test_page_opened_by_its_own_link_is_asked_for_in_the_hosts_language(
    client, path, locale, status
):
    page = client.get(f"{path}?id=pg-51")
    [address] = re.findall(r'<form id="ticket" hx-get="([^"]+)"', page.text)

    answer = client.get(
        f"{address.replace('&amp;', '&')}&locale={locale}", headers={"HX-Request": "true"}
    )

    assert answer.status_code == status
    if status == 200:
        assert 'lang="en"' in answer.text
        assert "lang=en" in answer.text
        assert 'id="ticket"' not in answer.text


@pytest.mark.parametrize("path", ["/l/briz-kuf", "/places/KUF"])
def test_page_that_nobody_asks_anew_is_never_empty(client, path):
    assert client.get(f"{path}?locale=ru").status_code == 200
    assert 'id="ticket"' not in client.get(path).text


@pytest.fixture
def shop(app) -> str:
    """The number of the lounge's point of sale in the marketplace."""
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Lounge).values(shop_id=4821))
    return "4821"


def test_host_at_the_point_of_sale_of_a_lounge_gets_that_lounge(client, shop):
    answer = client.post(
        "/suggestion?id=pg-51",
        data={"ticket": "[]", "locale": "en", "shop": shop},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert '<main id="screen" data-screen="lounge" lang="en">' in answer.text
    assert 'action="/l/briz-kuf?id=pg-51&amp;lang=en"' in answer.text


def test_ticket_decides_before_the_point_of_sale(client, shop, soon):
    answer = client.post(
        "/suggestion?id=pg-51", data={"ticket": ticket("KUF", "LED", soon), "shop": shop}
    )

    assert 'data-screen="where"' in answer.text


@pytest.mark.parametrize(
    "told", ["", "4822", "-1", "4821.0", "\u0664\u0668", "9" * 400, "x", "\x00"]
)
def test_shop_that_is_no_lounge_of_ours_leaves_the_search(client, shop, told):
    answer = client.post("/suggestion?id=pg-51", data={"ticket": "[]", "shop": told})

    assert answer.status_code == 204


def test_passengers_get_no_further_than_the_page(client, soon):
    booked = json.loads(ticket("KUF", "LED", soon))
    booked[0]["underName"] = {"name": 'Вера "<b>" Заречная'}

    answer = client.post("/suggestion?id=pg-51", data={"ticket": json.dumps(booked)})

    assert '<b>" ' not in answer.text
    links = answer.text.split('href="')[1:]
    assert links
    assert not any("%D0%92%D0%B5%D1%80%D0%B0" in one.partition('"')[0] for one in links)
    assert answer.headers["Cache-Control"] == "no-store"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "reservationFor", "underName", "name", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
moments = st.datetimes().map(datetime.isoformat) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2199-12-31T23:59:59-12:00", "soon"]
)
flights = st.fixed_dictionaries(
    {
        "@type": st.sampled_from(["Flight", "TrainTrip"]),
        "departureAirport": st.fixed_dictionaries(
            {"iataCode": st.sampled_from(["KUF", "kuf", "SU", "", "\x00", "KUФ"])}
        ),
        "departureTime": moments | anything,
    },
    optional={
        "flightNumber": anything,
        "arrivalAirport": st.fixed_dictionaries({"iataCode": st.just("KUF")}) | anything,
        "arrivalTime": moments | anything,
        "departureTerminal": anything,
    },
)
tickets = anything | st.lists(
    st.builds(lambda trip, who: {"reservationFor": trip, "underName": who}, flights, anything),
    max_size=5,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=tickets, locale=st.text(max_size=5))
def test_no_ticket_is_too_strange(client, found, locale):
    answer = client.post(
        "/suggestion?id=pg-51",
        data={
            "ticket": json.dumps(found),
            "locale": locale.encode("utf-8", "surrogatepass"),
        },
    )

    assert answer.status_code in {200, 204}
