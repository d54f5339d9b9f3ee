"""The production server: gunicorn, threads in a few processes, started in this very process.

Its own access log stays off, ours says the same without secrets; what it has to say about
itself goes into our log too. It believes no forwarded header: how many proxies stand in front
is a setting of the mini-app, which reads them itself.
"""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from miniapp.app import create_app
from miniapp.base import logs
from miniapp.config import Settings

THREADS = 8


class _Log(Logger):  # type: ignore[misc]
    """Hands gunicorn's own sentences to the log of the whole process."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self._settings)


def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished. Ends the process."""
    logs.configure(settings.log_format)
    _Server(
        settings,
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",
            "logger_class": _Log,
        },
    ).run()
