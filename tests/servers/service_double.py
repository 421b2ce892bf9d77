"""A workflow service of ours, on loopback, as its public description has it: what the doubles of Databricks and
Airflow have in common. State is plain Python, changed by the test while it serves."""
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from process import LOOPBACK


class Refusal(Exception):
    """An answer other than 200: status and document, with headers where there are any."""

    def __init__(self, status, document, **headers):
        super().__init__(f'{status} {document}')
        self.status, self.document, self.headers = status, document, headers


class OnLoopback:
    """An HTTP server on a thread of its own. A kind of it has `handler()`, the class that answers."""

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f'http://{LOOPBACK}:{self.port}'

    def __enter__(self):
        self.server = ThreadingHTTPServer((LOOPBACK, 0), self.handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class ServiceDouble(OnLoopback):
    """`with WorkspaceDouble() as double:`. A kind of it has `answer(method, path, query, headers, body)`, which gives a
    document or raises Refusal. `asked` is every path with its query; `mischief` is asked first, with the path: what it
    gives, bytes or a document, is the answer instead."""

    def __init__(self):
        self.asked, self.mischief, self.delay = [], None, 0

    def answer(self, method, path, query, headers, body):
        raise NotImplementedError

    def busy_for(self, requests, retry_after=1):
        """The next requests are one too many."""
        left = iter(range(requests))

        def too_many(_):
            if next(left, None) is None:
                return None
            raise Refusal(429, {'error_code': 'REQUEST_LIMIT_EXCEEDED', 'message': 'too many requests'},
                          **{'Retry-After': str(retry_after)})
        self.mischief = too_many

    def handler(self):
        return handler_of(self)


def handler_of(double):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *_):
            pass

        def send(self, status, body, headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def serve(self):
            parts = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
            body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            double.asked.append(self.path)
            time.sleep(double.delay)
            kind = {'Content-Type': 'application/json'}
            try:
                given = double.mischief(self.path) if double.mischief else None
                if given is None:
                    given = double.answer(self.command, urllib.parse.unquote(parts.path), query, self.headers, body)
                self.send(200, given if isinstance(given, bytes) else json.dumps(given).encode(),
                          {} if isinstance(given, bytes) else kind)
            except Refusal as refusal:
                self.send(refusal.status, json.dumps(refusal.document).encode(), kind | refusal.headers)

        do_GET = do_POST = do_PATCH = serve

    return Handler
