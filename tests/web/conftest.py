"""The whole application behind a test client, with one lounge in its catalogue."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from miniapp.app import create_app
from miniapp.base.db import db, reading
from miniapp.base.tokens import Signer
from miniapp.config import Settings
from miniapp.orders import queries
from miniapp.orders.models import State
from tests.builders import make_catalogue, make_order
from tests.web.provider import listening

SECRET = "k" * 40
ANCESTORS = "'self' https://*.invoicebox.ru https://pay.stand.example"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The compiled templates: every test makes an application of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def provider_url() -> str:
    """Where nobody answers."""
    return "http://127.0.0.1:9"


@pytest.fixture
def app(
    database_url: str, templates: FileSystemBytecodeCache, provider_url: str
) -> Iterator[Flask]:
    """The mini-app before its provider."""
    app = create_app(
        Settings(
            secret_key=SECRET,
            data_key="d" * 32,
            voucher_signing_key="v" * 32,
            public_url="https://lounge.example",
            database_url=database_url,
            frame_ancestors=ANCESTORS,
            invoicebox_api_url=provider_url,
            invoicebox_token="t",
            invoicebox_merchant_id="0192c0de-0000-7000-8000-0000000000ff",
            invoicebox_notification_key="n",
            smtp_url="smtp://127.0.0.1:9",
            mail_from="voucher@briz-lounge.example",
            _env_file=None,
        )
    )
    app.jinja_env.bytecode_cache = templates
    with app.app_context():
        make_catalogue()
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def door(database_url: str) -> Iterator[FlaskClient]:
    """The provider's way in: an application with an order that awaits payment."""
    with listening(database_url) as door:
        yield door


@pytest.fixture
def today() -> datetime:
    """The doors look at the clock themselves."""
    return datetime.now(UTC)


Ordered = Callable[..., str]


@pytest.fixture
def ordered(app: Flask, today: datetime) -> Ordered:
    """Put an order into the database; gives its number."""

    def ordered(state: State = State.AWAITING_PAYMENT, **changes: object) -> str:
        with app.app_context():
            number = make_order(today, state=state, **changes)
            db.session.remove()
        return number

    return ordered


@pytest.fixture
def voucher_code(app: Flask) -> Callable[[str], str]:
    """The code of an order's voucher."""

    def voucher_code(number: str) -> str:
        with app.app_context():
            voucher = queries.by_number(number).visits[0].voucher
            assert voucher
            code = voucher.code
            reading().close()
        return code

    return voucher_code


def link(purpose: str, subject: str, generation: int = 0) -> str:
    """A link as the mini-app makes it."""
    return Signer(SECRET).token(purpose=purpose, subject=subject, generation=generation)


def visit(day: datetime, **changes: object) -> dict[str, object]:
    """The lounge's form, filled in without a fault."""
    return {
        "rate": "standard",
        "visit_date": (day + timedelta(days=5)).date().isoformat(),
        "visit_time": "12:00",
        "adults": "1",
        "children": "0",
        "infants": "0",
        "guest_name": "Вера Заречная",
        "flight_number": "XX 417",
        "contact_name": "Вера Заречная",
        "contact_email": "vera@zarechnaya.example",
        "contact_phone": "+79001234567",
    } | changes
