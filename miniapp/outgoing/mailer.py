"""One letter to one mail server.

The Message-ID comes from the key of the delivery, so a letter that had to be sent twice is the
same letter to the reader's mail program. TLS is used whenever the server offers it, always with
a checked certificate, and a password never travels without it.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from miniapp.outgoing.errors import NeverDelivered, ServiceDown, TryLater

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Letter:
    """A plain letter; ``key`` names it over all attempts."""

    key: str
    to: str
    reply_to: str
    subject: str
    text: str
    locale: str


class Mailer:
    """Sends letters through the server at ``smtp://`` or ``smtps://[user:password@]host[:port]``.

    ``timeout`` is in seconds, for each step of the talk with the server.
    """

    def __init__(self, *, url: str, sender: str, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        self._tls_first = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._login = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._timeout = timeout
        self._sender = _address(*parseaddr(sender))

    def send(self, letter: Letter, *, now: datetime) -> None:
        """Hand the letter to the server; raises TryLater, ServiceDown or NeverDelivered."""
        message = self._message(letter, now)
        try:
            with self._connection() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _refused(max(code for code, _ in refusal.recipients.values())) from None
        except smtplib.SMTPDataError as refusal:
            raise _refused(refusal.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise NeverDelivered("the mail server cannot write this address") from None
        except smtplib.SMTPResponseException as refusal:
            # The sender, the password, the greeting: the same for every letter.
            raise ServiceDown(f"the mail server refuses us: {refusal.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as failure:
            raise ServiceDown(f"no mail server: {type(failure).__name__}") from None

    def _message(self, letter: Letter, now: datetime) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["To"] = _address("", letter.to)
            message["Reply-To"] = _address("", letter.reply_to)
        except ValueError:
            raise NeverDelivered("the address cannot be written in a letter") from None
        message["From"] = self._sender
        # A line break in a subject would begin a header of somebody else's making.
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = self._message_id(letter.key)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message["Content-Language"] = letter.locale
        return message

    def _message_id(self, key: str) -> str:
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        return f"<{digest}@{self._sender.domain}>"

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._connect()
        try:
            yield server
        finally:
            # A letter that was taken stays taken, however the server says goodbye.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        # Our own name in the greeting: asking the resolver for it may take half a minute.
        name = self._sender.domain
        if self._tls_first:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo_or_helo_if_needed()
        secret = self._tls_first
        if not secret and server.has_extn("starttls"):
            server.starttls(context=context)
            secret = True
        if not any(self._login):
            return
        if not secret:
            raise ServiceDown("the mail server offers no TLS, and a password needs it")
        server.login(*self._login)


def _address(name: str, address: str) -> Address:
    """An address for a header; raises ValueError when it is none."""
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isprintable()):
        raise ValueError("not an address")
    return Address(display_name=name, username=local, domain=domain.encode("idna").decode())


def _refused(code: int) -> TryLater | NeverDelivered:
    """What a refusal of this letter means: 4xx is for now, 5xx for good (RFC 5321, 4.2.1)."""
    sentence = f"the mail server refuses the letter: {code}"
    return TryLater(sentence) if code < 500 else NeverDelivered(sentence)
