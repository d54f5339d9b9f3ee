"""The mail server of the sandbox: takes every letter and sends none on."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from miniapp.base import clock
from miniapp.sandbox import wire
from miniapp.sandbox.state import Letter, State

LARGEST_LETTER = 20_000_000


class Catcher:
    """Keeps each letter that arrives, and says so in the log."""

    def __init__(self, state: State) -> None:
        self._state = state

    # The name is the one that aiosmtpd calls.
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the letter; the answer is the SMTP reply."""
        letter = read_letter(
            envelope.original_content or b"",
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            at=clock.now(),
        )
        self._state.keep_letter(letter)
        self._state.record(
            {
                "at": wire.atom(letter.at),
                "kind": "mail",
                "from": letter.sender,
                "to": list(letter.recipients),
                "subject": letter.subject,
            }
        )
        return "250 Kept"


def read_letter(
    content: bytes, *, sender: str, recipients: tuple[str, ...], at: datetime
) -> Letter:
    """Read a letter; a part that is broken is empty rather than an error."""
    message = message_from_bytes(content, _class=EmailMessage, policy=modern)
    return Letter(
        at=at,
        sender=_clean(message.get("From", sender)),
        recipients=tuple(_clean(recipient) for recipient in recipients),
        subject=_clean(message.get("Subject", "")),
        text=_clean(_body(message, "plain")),
        html=_clean(_body(message, "html")),
        attachments=tuple(_clean(part.get_filename() or "") for part in message.iter_attachments()),
    )


def _clean(text: object) -> str:
    """The text without bytes that were no text; they could not be shown."""
    return str(text).encode("utf-8", "replace").decode()


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, KeyError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def start_mail_server(state: State, port: int) -> Controller:
    """Listen on this machine in a thread of its own; call ``stop()`` on what is returned."""
    controller = Controller(
        Catcher(state),
        hostname="127.0.0.1",
        port=port,
        enable_SMTPUTF8=True,
        data_size_limit=LARGEST_LETTER,
    )
    controller.start()
    return controller
