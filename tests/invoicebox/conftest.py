"""The shop under test, the server it talks to, and a time that passes only when asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from miniapp.invoicebox.client import Merchant
from miniapp.invoicebox.wire import NewOrder
from tests.invoicebox.scripted_provider import ScriptedProvider
from tests.invoicebox.writes import NEW_ORDER, SHOP

SAMPLES = Path(__file__).parent.parent / "wire_samples"


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    return lambda name: (SAMPLES / name).read_bytes()


@dataclass
class Time:
    """Seconds that pass only by sleeping; the pauses are remembered."""

    now: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    server = ScriptedProvider()
    yield server
    server.close()


MakeShop = Callable[..., Merchant]


@pytest.fixture
def make_shop(provider: ScriptedProvider, time: Time) -> Iterator[MakeShop]:
    made: list[Merchant] = []

    def make(**changes: Any) -> Merchant:
        settings: dict[str, Any] = {
            "api_url": provider.url,
            "version": "v3",
            "token": "0123456789abcdef0123456789abcdef",
            "merchant_id": SHOP,
            "user_agent": "LoungeMiniApp/0.1 (Flask 3.1)",
            "connect_timeout": 5.0,
            "read_timeout": 5.0,
            "write_timeout": 5.0,
            "sleep": time.sleep,
            "clock": time.clock,
        }
        made.append(Merchant(**settings | changes))
        return made[-1]

    yield make
    for shop in made:
        shop.close()


@pytest.fixture
def shop(make_shop: MakeShop) -> Merchant:
    return make_shop()


@pytest.fixture
def answered_order(sample: Callable[[str], bytes]) -> dict[str, Any]:
    """The order of the sample answer, without the envelope."""
    order: dict[str, Any] = json.loads(sample("order_answer.json"))["data"]
    return order


@pytest.fixture
def new_order() -> NewOrder:
    """The order of order_create_request.json as the product says it."""
    return NEW_ORDER
