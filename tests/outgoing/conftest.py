"""A mail server that can refuse, a provider that answers as told, and a worker between them."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from miniapp.base import assets, i18n
from miniapp.base.tokens import Signer
from miniapp.invoicebox.client import Merchant
from miniapp.outgoing.mailer import Mailer
from miniapp.outgoing.worker import Deliveries
from miniapp.outgoing.world import World
from tests.builders import make_catalogue
from tests.invoicebox.scripted_provider import ScriptedProvider


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class MailServer:
    """A real SMTP server: keeps letters, and answers with the refusals it was told, in order."""

    def __init__(self, **options: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.recipient_answers: list[str] = []
        self.letter_answers: list[str] = []
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, loop=asyncio.new_event_loop(), **options
        )
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.letter_answers:
            return self.letter_answers.pop(0)
        self.letters.append(
            message_from_bytes(envelope.original_content, _class=EmailMessage, policy=modern)
        )
        return "250 Taken"

    def close(self) -> None:
        self._controller.stop()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    server = ScriptedProvider()
    yield server
    server.close()


@dataclass
class Time:
    """A clock that stands until it is moved."""

    now: datetime
    started: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def time(now: datetime) -> Time:
    return Time(now)


def letter_templates() -> Environment:
    """The templates as the worker has them."""
    templates = Environment(
        loader=FileSystemLoader(assets.templates_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=select_autoescape(),
    )
    i18n.install(templates)
    return templates


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(mail_server: MailServer, provider: ScriptedProvider) -> Iterator[MakeWorld]:
    templates = letter_templates()
    merchant = Merchant(
        api_url=provider.url,
        version="v3",
        token="t" * 32,
        merchant_id="0192c0de-0000-7000-8000-0000000000ff",
        user_agent="LoungeMiniApp/0.1 (Flask 3.1)",
        connect_timeout=0.5,
        read_timeout=1.0,
        write_timeout=1.0,
        sleep=lambda _seconds: None,
    )

    def make(smtp_url: str | None = None) -> World:
        return World(
            mailer=Mailer(
                url=smtp_url or mail_server.url,
                sender="Бриз Лаунж (демо) <voucher@briz-lounge.example>",
                timeout=1.0,
            ),
            merchant=merchant,
            signer=Signer("k" * 32),
            public_url="https://lounge.example",
            templates=templates,
        )

    yield make
    merchant.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


@pytest.fixture
def deliveries(world: World, time: Time, database: str) -> Deliveries:
    """The worker's deliveries at a time of the test's, with a catalogue in the database."""
    make_catalogue()
    return Deliveries(world, now=time)
