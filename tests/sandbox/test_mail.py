"""Letters are caught by a real mail server and shown with their links."""

import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from miniapp.sandbox.journal import with_links
from miniapp.sandbox.mail_server import start_mail_server
from miniapp.sandbox.state import Letter, State


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def caught() -> Iterator[tuple[State, int]]:
    state, port = State(), free_port()
    server = start_mail_server(state, port)
    yield state, port
    server.stop()


def send(port: int, message: EmailMessage | bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        if isinstance(message, bytes):
            smtp.sendmail("a@shop.example", ["b@buyer.example"], message)
        else:
            smtp.send_message(message)


def voucher() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Бизнес-зал «Бриз» <lounge@breeze.example>"
    message["To"] = "buh@severny-veter.example"
    message["Subject"] = "Ваучер LNG-000417"
    message.set_content("Ваучер: http://127.0.0.1:8000/v/abc.")
    message.add_alternative("<p>Ваучер</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="ваучер.pdf")
    return message


def test_letter_is_kept_with_its_parts(caught: tuple[State, int]) -> None:
    state, port = caught
    send(port, voucher())
    letter: Letter = state.letters()[0]
    assert letter.sender == "Бизнес-зал «Бриз» <lounge@breeze.example>"
    assert letter.recipients == ("buh@severny-veter.example",)
    assert letter.subject == "Ваучер LNG-000417"
    assert (letter.text.strip(), letter.html.strip()) == (
        "Ваучер: http://127.0.0.1:8000/v/abc.",
        "<p>Ваучер</p>",
    )
    assert letter.attachments == ("ваучер.pdf",)
    assert state.log()[0]["kind"] == "mail"


def test_broken_letter_does_not_stop_the_server(caught: tuple[State, int]) -> None:
    state, port = caught
    send(port, b"Subject: \xff\xfe\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff\xfe")
    send(port, voucher())
    assert len(state.letters()) == 2
    assert "".join(f"{letter.subject}{letter.text}" for letter in state.letters()).encode()


def test_links_are_found_without_the_full_stop() -> None:
    pieces = with_links("Ваучер: https://a.example/v/1?x=2. Или (http://b.example).")
    assert [text for text, link in pieces if link] == [
        "https://a.example/v/1?x=2",
        "http://b.example",
    ]
    assert "".join(text for text, _ in pieces).startswith("Ваучер: https://a.example/v/1?x=2. Или")


def test_served_sandbox_shows_letters_and_stops_on_a_signal() -> None:
    port, smtp_port = free_port(), free_port()
    program = (
        "from miniapp.sandbox import SandboxSettings; from miniapp.sandbox.serving import serve; "
        f"serve(SandboxSettings(smtp_port={smtp_port}), '127.0.0.1', {port})"
    )
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, "-c", program]) as process, requests.Session() as web:
        web.mount("http://", HTTPAdapter(max_retries=Retry(connect=60, backoff_factor=0.02)))
        assert web.get(f"{url}/mail", timeout=10).status_code == 200
        send(smtp_port, voucher())
        page = web.get(f"{url}/mail", timeout=10).text
        letters = web.get(f"{url}/mail.json", timeout=10).json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    assert '<a href="http://127.0.0.1:8000/v/abc"' in page
    assert letters[0]["attachments"] == ["ваучер.pdf"]
