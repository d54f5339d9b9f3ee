"""A catalogue in the database, a provider that answers as told, and a crowd of threads."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.globals import app_ctx

from miniapp.invoicebox.client import Merchant
from miniapp.orders.errors import Refusal
from miniapp.orders.lifecycle import MoveRefused
from tests.builders import make_catalogue
from tests.invoicebox.scripted_provider import ScriptedProvider

SHOP = "0192c0de-0000-7000-8000-0000000000ff"


@pytest.fixture
def catalogue(database: str) -> None:
    """An operator, an airport and a lounge of ten seats, ``briz-kuf``."""
    make_catalogue()


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    server = ScriptedProvider()
    yield server
    server.close()


def shop_at(url: str) -> Merchant:
    return Merchant(
        api_url=url,
        version="v3",
        token="t" * 32,
        merchant_id=SHOP,
        user_agent="LoungeMiniApp/0.1 (Flask 3.1)",
        connect_timeout=0.5,
        read_timeout=1.0,
        write_timeout=1.0,
        sleep=lambda _seconds: None,
    )


@pytest.fixture
def merchant(provider: ScriptedProvider) -> Iterator[Merchant]:
    shop = shop_at(provider.url)
    yield shop
    shop.close()


AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]


@pytest.fixture
def at_once(database: str) -> AtOnce:
    """Do all of it at the same moment, each in a thread and a session of its own.

    Gives what each act gave, or the class of its refusal.
    """
    app = app_ctx.app

    def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
        start = threading.Barrier(len(acts), timeout=20)

        def run(act: Callable[[], Any]) -> Any:
            with app.app_context():
                start.wait()
                try:
                    return act()
                except (Refusal, MoveRefused) as refusal:
                    return type(refusal)

        with ThreadPoolExecutor(len(acts)) as crowd:
            return list(crowd.map(run, acts))

    return at_once
