"""A town in an empty database of either kind, its provider and its post office."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.lives.provider import Provider, serving
from tests.lives.town import Town, found_town
from tests.outgoing.conftest import MailServer, Time
from tests.sandbox.conftest import listening


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with listening() as webhook, serving(webhook) as provider:
        yield provider


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def town(database: str, provider: Provider, mail: MailServer, now: datetime) -> Iterator[Town]:
    """A lounge of ten seats, ``briz-kuf``, and nobody in it."""
    mail.letters.clear()
    town = Town(provider, mail, Time(now))
    found_town(town)
    yield town
    town.close()
