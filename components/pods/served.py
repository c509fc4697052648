"""Metrics over HTTP, in Prometheus's text format."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8080


def serve(metrics: Callable[[], str]) -> None:
    """Answer every request with the metrics, forever."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = metrics().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Log nothing: metrics are scraped often."""

    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
