"""Logs: one line for each thing that happened, and nothing that is anybody's secret.

structlog writes, and the logging of the libraries goes the same way, to the standard error.
No line holds a body, a query string, a name or an address. Whatever a text came from, a
capability link or an e-mail address inside it is blotted out before the line is written: an
error that quotes what it stumbled over must not open an order to a reader of logs.
"""

import logging
import re
import secrets
import sys
import time
from typing import Literal
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor, WrappedLogger

log = structlog.get_logger()

# The shape of a capability link (base.tokens), anywhere in a text, and of an e-mail address.
_SECRETS = re.compile(
    r"[A-Za-z0-9-]{1,40}\.[A-Za-z0-9_-]{27}|[^\s<>()\"',;:@/=]+@[\w-]+(?:\.[\w-]+)+"
)
_BLOT = "…"
_LONGEST_PATH = 200
_READABLE = "/:@~!$&'()*+,;="


def configure(style: Literal["console", "json"]) -> None:
    """Write all logs of this process in a style; may be called again."""
    beginning: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    ending: list[Processor] = [
        # Before the renderer does it: its tracebacks show the values of variables.
        structlog.processors.format_exc_info,
        blot,
        _renderer(style),
    ]
    # Our own lines go straight to the stream: the way through logging costs twice as much.
    structlog.configure(
        processors=[*beginning, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
            foreign_pre_chain=beginning,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # It announces itself at every look at the schema.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def blot(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Blot links and addresses out of the texts of a line."""
    return {
        name: blotted(value) if isinstance(value, str) else value for name, value in line.items()
    }


def blotted(text: str) -> str:
    """A text with every capability link and every e-mail address replaced by an ellipsis."""
    return _SECRETS.sub(_BLOT, text)


def install(app: Flask) -> None:
    """Write a line for each request of ``app`` and answer its number as ``X-Request-Id``.

    Install it before anything else that wraps a request, so that it measures all of it.
    """
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    # The number is ours: one that a client chose could be made to look like another's.
    g.request_id, g.began = secrets.token_hex(8), time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    log.info(
        "request",
        method=request.method,
        path=safe_path(request.path),
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1),
    )
    return response


def safe_path(path: str) -> str:
    """A path as it may stand in a log: without links, in printable ASCII, not too long."""
    readable = (quote(part, safe=_READABLE) for part in blotted(path).split(_BLOT))
    return _BLOT.join(readable)[:_LONGEST_PATH]


def _renderer(style: Literal["console", "json"]) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
