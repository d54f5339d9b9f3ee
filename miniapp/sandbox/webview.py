"""The WebView of the Invoicebox app: the mini-app's own pages with a native bridge in them.

A page of another site cannot be given a ``window.ReactNativeWebView`` from outside, so requests
to ``app….localhost`` are handed on to the mini-app whole, and its pages come back with one script
more. Paths, forms and fragments work as they are; to the mini-app it looks like a browser with
nothing around it: no referrer, no frame. As in life its ``frame-ancestors`` does not matter here,
and the bridge runs whatever its policy says.
"""

import hashlib
import re
from collections.abc import Iterable
from threading import Lock
from urllib.parse import quote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import requests
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from miniapp.base import assets

PREFIX = "app"
BRIDGE_PATH = "/.sandbox/webview.js"
BRIDGE_FILE = "sandbox/webview.js"
LARGEST_REQUEST = 1_000_000
SECONDS_TO_ANSWER = 60
PATH_SIGNS = "/~:@!$&'()*+,;="
# Where a page begins; a fragment has neither, and gets no script.
BEGINNINGS = tuple(
    re.compile(pattern, re.IGNORECASE) for pattern in (r"<head(\s[^>]*)?>", r"<!doctype[^>]*>")
)
# What belongs to one connection, is made anew for each of the two, or means nothing in a WebView.
ONLY_HERE = {
    "x-frame-options",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "content-encoding",
    "accept-encoding",
    "date",
    "server",
}


class Webviews:
    """The mini-apps that are shown in a WebView, each under a host name of its own."""

    def __init__(self, *, public_url: str, miniapp_origin: str) -> None:
        parts = urlsplit(public_url)
        self._scheme = parts.scheme
        # Browsers know every name under localhost as this machine; an address has none under it.
        domain = parts.hostname if not _is_address(parts.hostname or "") else "localhost"
        self._domain = f"{domain}:{parts.port}" if parts.port else f"{domain}"
        self._lock = Lock()
        self._origins = {PREFIX: miniapp_origin}

    def open(self, origin: str) -> str:
        """The origin under which the pages of a mini-app's origin are shown."""
        with self._lock:
            known = next((name for name, one in self._origins.items() if one == origin), None)
            name = known or f"{PREFIX}-{hashlib.sha256(origin.encode()).hexdigest()[:12]}"
            self._origins[name] = origin
        return f"{self._scheme}://{name}.{self._domain}"

    def origin_of(self, host: str) -> str | None:
        """The mini-app's origin behind a ``Host``; None for a host that is no WebView's."""
        name, _, domain = host.partition(".")
        with self._lock:
            return self._origins.get(name) if domain == self._domain else None


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


class WebviewProxy:
    """Answers the requests to WebViews and leaves the others to ``app``."""

    def __init__(self, app: WSGIApplication, webviews: Webviews, *, public_url: str) -> None:
        self._app = app
        self._webviews = webviews
        self._public_url = public_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on, or let the sandbox answer it."""
        request = Request(environ)
        upstream = self._webviews.origin_of(request.host)
        if upstream is None:
            return self._app(environ, start_response)
        if request.path == BRIDGE_PATH:
            return _bridge()(environ, start_response)
        request.max_content_length = LARGEST_REQUEST
        try:
            response = self._forward(request, upstream)
        except HTTPException as refusal:
            return refusal(environ, start_response)
        except requests.RequestException as error:
            said = f"{upstream} does not answer: {type(error).__name__}\n"
            return Response(said, status=502)(environ, start_response)
        return response(environ, start_response)

    def _forward(self, request: Request, upstream: str) -> Response:
        own = request.host_url.rstrip("/")
        with requests.Session() as session:
            # A proxy from the environment would not reach an app on this machine.
            session.trust_env = False
            answer = session.request(
                request.method,
                upstream + _address(request),
                headers=_request_headers(request, own=own, upstream=upstream),
                data=request.get_data(),
                timeout=SECONDS_TO_ANSWER,
                allow_redirects=False,
            )
        response = Response(answer.content, status=answer.status_code)
        response.headers.clear()
        for name, value in answer.raw.headers.items():
            if name.lower() not in ONLY_HERE:
                response.headers.add(name, self._header(name, value, own=own, upstream=upstream))
        if response.mimetype == "text/html":
            response.set_data(_with_bridge(answer.content, own=own, upstream=upstream))
        return response

    def _header(self, name: str, value: str, *, own: str, upstream: str) -> str:
        value = value.replace(upstream, own)
        if name.lower() == "content-security-policy":
            return _policy(value, bridge=f"{own}{BRIDGE_PATH}", ancestor=self._public_url)
        return value


def _address(request: Request) -> str:
    """The path and the query as the browser has sent them."""
    path = quote(request.environ["PATH_INFO"].encode("latin-1"), safe=PATH_SIGNS)
    query = request.environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _bridge() -> Response:
    response = Response(assets.text(BRIDGE_FILE), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _request_headers(request: Request, *, own: str, upstream: str) -> dict[str, str]:
    """The headers of a browser in which the page stands alone, under its own address."""
    headers = {
        name: value.replace(own, upstream)
        for name, value in request.headers.items()
        if name.lower() not in ONLY_HERE
    }
    headers["Accept-Encoding"] = "identity"
    if headers.get("Sec-Fetch-Dest") == "iframe":
        headers["Sec-Fetch-Dest"] = "document"
        if headers.get("Sec-Fetch-Site") == "cross-site":
            headers["Sec-Fetch-Site"] = "none"
    return headers


def _policy(policy: str, *, bridge: str, ancestor: str) -> str:
    """A Content-Security-Policy under which the phone may show the page, and the bridge runs."""
    directives = [directive.split() for directive in policy.split(";") if directive.strip()]
    kept = [words for words in directives if words[0].lower() != "frame-ancestors"]
    for words in kept:
        if words[0].lower() in {"script-src", "script-src-elem"}:
            words[1:] = [word for word in words[1:] if word != "'none'"] + [bridge]
    kept.append(["frame-ancestors", ancestor])
    return "; ".join(" ".join(words) for words in kept)


def _with_bridge(content: bytes, *, own: str, upstream: str) -> bytes:
    """The page with the bridge before all its own scripts, and with its own links staying here."""
    # What is put in is ASCII, and no other byte changes, whatever the page is written in.
    page = content.decode("latin-1")
    page = re.sub(rf"""(?<=["']){re.escape(upstream)}(?=["'/?#])""", own, page)
    begins = (pattern.search(page) for pattern in BEGINNINGS)
    at = next((found.end() for found in begins if found), None)
    if at is not None:
        page = f'{page[:at]}<script src="{BRIDGE_PATH}"></script>{page[at:]}'
    return page.encode("latin-1")
