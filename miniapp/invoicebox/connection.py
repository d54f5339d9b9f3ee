"""The session beneath all calls to one shop's API: headers, pool, what it must never do.

One ``requests.Session`` serves all threads. Nothing in it changes after it is made, it keeps no
cookies, it ignores the environment (proxies, netrc), and the pool of connections beneath it is
made for threads.
"""

import re
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError, SSLError

CONNECTIONS = 32  # kept open; more threads than that open their own


def check_address(base_url: str) -> None:
    """Refuse with ValueError what cannot be the address of an API."""
    if not re.fullmatch(r"https?://[^/?#@\s]+(/[\w./~-]*)?", base_url):
        raise ValueError("the API address must be http(s)://host without user or query")
    parts = urlsplit(base_url)
    if parts.port == 0 or not (parts.hostname or "").encode("idna"):  # may raise ValueError, too
        raise ValueError("the API address has no usable host or port")


def open_session(token: str, user_agent: str) -> requests.Session:
    """A session that sends what section 2 of the Invoicebox API reference demands.

    Raises ValueError for a token or a User-Agent that cannot stand in a header.
    """
    # Checked here because the library's own complaint about a header quotes it.
    if not re.fullmatch("[!-~]+", token):
        raise ValueError("the API token must be printable ASCII without spaces")
    if not re.fullmatch("[!-~][ -~]*", user_agent):
        raise ValueError("the User-Agent must be printable ASCII")
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update(
        {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "User-Agent": user_agent,
        }
    )
    adapter = _Adapter(pool_maxsize=CONNECTIONS)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Connection(HTTPSConnection):
    """Tells a failed TLS handshake, before which nothing was sent, from a later failure."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, ValueError, SSLError) as failure:
            raise NewConnectionError(self, "the TLS handshake failed") from failure


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": _Pool}
