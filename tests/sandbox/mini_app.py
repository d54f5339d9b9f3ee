"""A mini-app of somebody else's: strict headers, one page, and a memory of what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POLICY = (
    "default-src 'none'; script-src 'self'; form-action 'self'; "
    "frame-ancestors 'self' https://*.invoicebox.ru"
)
SCRIPT = """
const id = new URLSearchParams(location.search).get("id");
const heard = [];
const seen = [document.visibilityState];
const hear = (place) => (event) =>
  heard.push({ place, data: event.data, origin: event.origin, own: event.source === window });
window.addEventListener("message", hear("window"));
document.addEventListener("message", hear("document"));
document.addEventListener("visibilitychange", () => seen.push(document.visibilityState));
const say = (action, data, more) =>
  window.ReactNativeWebView.postMessage(JSON.stringify({ id, action, data, ...more }));
"""


@dataclass
class MiniApp:
    """Where it stands, and the requests it got: method, path, headers in lower case, body."""

    url: str = ""
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)


@contextmanager
def standing() -> Iterator[MiniApp]:
    app = MiniApp()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            app.asked.append((self.command, self.path, headers, body))
            kind, content, more = answers(self.path.partition("?")[0])
            self.send_response(303 if "Location" in more else 200)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    def answers(path: str) -> tuple[str, bytes, dict[str, str]]:
        page = f"""<!doctype html><html><head><title>Приложение</title>
            <script src="/app.js"></script></head><body>
            <a href="{app.url}/next">дальше</a> {app.url}</body></html>"""
        if path == "/app.js":
            return "text/javascript", SCRIPT.encode(), {}
        if path == "/fragment":
            return "text/html; charset=utf-8", f'<header href="{app.url}/x">'.encode(), {}
        if path == "/data":
            return "application/json", json.dumps({"url": f"{app.url}/x"}).encode(), {}
        if path == "/away":
            return "text/plain", b"", {"Location": f"{app.url}/there?a=1"}
        headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "DENY"}
        return "text/html; charset=utf-8", page.encode(), headers

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield app
        server.shutdown()
        thread.join()
