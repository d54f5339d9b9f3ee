"""The provider as the webhook hears it: what it writes, how it signs, and to whom."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from miniapp import config
from miniapp.app import create_app
from miniapp.base.db import db
from miniapp.invoicebox.signature import sign
from tests.builders import NUMBER, PROVIDER_ID, make_catalogue, make_order

SHOP = "0192C0DE-0000-7000-8000-0000000000FF"
KEY, OLD_KEY = "lounge-demo-key", "lounge-old-key"
DATA_KEY = "d" * 32
PROBE = {"id": "ffffffff-ffff-ffff-ffff-ffffffffffff", "merchantOrderId": None}


@contextmanager
def listening(database_url: str) -> Iterator[FlaskClient]:
    """The application, with an order that awaits payment."""
    app = create_app(
        config.load(
            secret_key="k" * 32,
            data_key=DATA_KEY,
            voucher_signing_key="v" * 32,
            public_url="https://lounge.example",
            database_url=database_url,
            invoicebox_token="t" * 32,
            invoicebox_merchant_id=SHOP,
            invoicebox_notification_key=f"{KEY},{OLD_KEY}",
            smtp_url="smtp://mail.example:25",
            mail_from="voucher@briz-lounge.example",
        )
    )
    with app.app_context():
        make_catalogue()
        make_order(datetime.now(UTC))
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def body(**changes: Any) -> bytes:
    """A notification as the provider writes it, with slashes escaped."""
    order = {
        "id": PROVIDER_ID,
        "status": "completed",
        "merchantId": SHOP.lower(),
        "merchantOrderId": NUMBER,
        "amount": 6750.50,
        "currencyId": "RUB",
        "paymentUrl": "https://pay.invoicebox.example/order/1",
        "description": "Бизнес-зал",
    }
    return json.dumps(order | changes, ensure_ascii=False).replace("/", r"\/").encode()


def post(door: FlaskClient, raw: bytes, signature: str | None) -> Any:
    """Say it with this signature; gives the answer."""
    headers = {} if signature is None else {"X-Signature": signature}
    answer = door.post(
        "/invoicebox/notification", data=raw, headers=headers, content_type="application/json"
    )
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return answer.json


def say(door: FlaskClient, raw: bytes) -> str:
    """Say it with a right signature; gives the answer in a word."""
    answer = post(door, raw, sign(raw, KEY, "sha1"))
    return str(answer.get("code", answer["status"]))
