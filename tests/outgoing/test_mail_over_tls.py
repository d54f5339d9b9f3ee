"""Who reads along between us and the mail server: nobody, as soon as the server can help it."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from miniapp.outgoing.errors import ServiceDown
from miniapp.outgoing.mailer import Letter, Mailer
from tests.outgoing.conftest import MailServer

LETTER = Letter(
    key="voucher letter:LNG-23456789A",
    to="vera@zarechnaya.example",
    reply_to="help@briz-lounge.example",
    subject="Ваучер",
    text="Здравствуйте!\n",
    locale="ru",
)
# A password with every character that an address must write as a per cent sign and a number.
PASSWORD, WRITTEN = "p@ss:w/rd", "p%40ss%3Aw%2Frd"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by nobody but itself."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    options = "-x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=127.0.0.1"
    names = ("-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(file), "-out", str(file.with_suffix(".crt")))
    subprocess.run(
        ["openssl", "req", *options.split(), *names, *files],
        check=True,
        capture_output=True,
    )
    file.write_bytes(file.read_bytes() + file.with_suffix(".crt").read_bytes())
    return file


@pytest.fixture
def accepted() -> list[tuple[bytes, bytes]]:
    """The names and passwords that servers were told."""
    return []


@pytest.fixture
def protected(certificate: Path, accepted: list[tuple[bytes, bytes]]) -> Iterator[MailServer]:
    """A server that offers STARTTLS and then demands a password."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
        assert isinstance(given, LoginPassword)
        accepted.append((given.login, given.password))
        return AuthResult(success=True)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = MailServer(tls_context=context, authenticator=check, auth_required=True)
    yield server
    server.close()


def mailer(server: MailServer, user: str = "") -> Mailer:
    return Mailer(
        url=f"smtp://{user}127.0.0.1:{server.port}", sender="v@briz-lounge.example", timeout=2
    )


def test_a_trusted_server_gets_password_and_letter(
    protected: MailServer,
    accepted: list[tuple[bytes, bytes]],
    certificate: Path,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    mailer(protected, f"shop%40mail:{WRITTEN}@").send(LETTER, now=now)

    assert accepted == [(b"shop@mail", PASSWORD.encode())]
    assert [letter["Subject"] for letter in protected.letters] == ["Ваучер"]


def test_a_server_whose_certificate_nobody_vouches_for_gets_neither(
    protected: MailServer, accepted: list[tuple[bytes, bytes]], now: datetime
):
    with pytest.raises(ServiceDown):
        mailer(protected, f"shop:{WRITTEN}@").send(LETTER, now=now)

    assert (accepted, protected.letters) == ([], [])


def test_a_password_never_travels_in_the_open(mail_server: MailServer, now: datetime):
    with pytest.raises(ServiceDown, match="a password needs it"):
        mailer(mail_server, f"shop:{WRITTEN}@").send(LETTER, now=now)

    assert mail_server.letters == []
