"""What happened here: the log of every talk and the caught letters, as pages and as JSON."""

import re
from typing import Any

from flask import Blueprint, Response, render_template

from miniapp.base import i18n
from miniapp.sandbox import tickets, wire
from miniapp.sandbox.room import room
from miniapp.sandbox.state import Letter

journal = Blueprint("journal", __name__)

LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


@journal.get("/")
def index() -> str:
    """Where to begin: the hosts with every prepared ticket."""
    return render_template(
        "sandbox/index.html",
        tickets=tickets.names(),
        settings=room().settings,
        # In Russian the addresses need no language, and the tickets keep their own.
        language=None if i18n.locale() == "ru" else i18n.locale(),
    )


@journal.get("/log")
def show_log() -> str:
    """The log for people, newest first."""
    return render_template("sandbox/log.html", entries=room().state.log())


@journal.get("/log.json")
def log_json() -> Response:
    """The log for programs, newest first."""
    return Response(wire.dumps(room().state.log()), content_type="application/json")


@journal.get("/mail")
def show_mail() -> str:
    """The caught letters, newest first."""
    return render_template("sandbox/mail.html", letters=room().state.letters())


@journal.get("/mail.json")
def mail_json() -> Response:
    """The caught letters for programs, newest first."""
    letters = [_letter_json(letter) for letter in room().state.letters()]
    return Response(wire.dumps(letters), content_type="application/json")


def _letter_json(letter: Letter) -> dict[str, Any]:
    return {
        "at": wire.atom(letter.at),
        "from": letter.sender,
        "to": list(letter.recipients),
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "attachments": list(letter.attachments),
    }


def with_links(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is an address that can be followed."""
    pieces = []
    end = 0
    for match in LINK.finditer(text):
        pieces += [(text[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [piece for piece in (*pieces, (text[end:], False)) if piece[0]]
