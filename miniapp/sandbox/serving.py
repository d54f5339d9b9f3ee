"""Runs the sandbox: a web server and a mail server, both stopped cleanly by a signal."""

import signal
import threading
from types import FrameType

from waitress.server import create_server

from miniapp.sandbox.app import create_sandbox
from miniapp.sandbox.mail_server import start_mail_server
from miniapp.sandbox.room import EXTENSION, Room
from miniapp.sandbox.settings import SandboxSettings

THREADS = 16


def serve(settings: SandboxSettings, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; OSError when a port is taken."""
    app = create_sandbox(settings)
    room: Room = app.extensions[EXTENSION]
    server = create_server(app, host=host, port=port, threads=THREADS)
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


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
