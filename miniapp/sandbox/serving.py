"""Runs the sandbox: a web server and a mail server, both stopped cleanly by a signal."""

import signal
import threading
from types import FrameType
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from miniapp.sandbox.app import create_sandbox
from miniapp.sandbox.faulty_answers import CONNECTION
from miniapp.sandbox.mail_server import start_mail_server
from miniapp.sandbox.room import EXTENSION, Room
from miniapp.sandbox.settings import SandboxSettings

THREADS = 16


def serve(settings: SandboxSettings, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; OSError when a port is taken."""
    app = create_sandbox(settings)
    room: Room = app.extensions[EXTENSION]
    server = web_server(app, host, port)
    mail = start_mail_server(room.state, settings.smtp_port)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _leave)
    try:
        # waitress ends its loop and its threads on SystemExit and KeyboardInterrupt.
        server.run()
    finally:
        room.notifier.stop()
        mail.stop()
        server.close()


def web_server(app: Flask, host: str, port: int) -> Any:
    """The web server, listening; a fault can cut its connections."""
    server = create_server(app, host=host, port=port, threads=THREADS)
    server.channel_class = _Channel
    return server


class _Task(WSGITask):  # type: ignore[misc]
    """A request that knows its connection, so that a fault can end it."""

    def get_environment(self) -> dict[str, Any]:
        """What waitress tells the application, and the connection."""
        return {**super().get_environment(), CONNECTION: self.channel.socket}


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
