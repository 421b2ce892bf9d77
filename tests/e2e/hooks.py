"""A receiver of webhooks: keeps what is posted, and answers as a test says."""
import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hook:
    """`statuses`: of the requests to come, the last for all further ones."""

    port: int = 0
    statuses: list = field(default_factory=lambda: [200])
    posts: list = field(default_factory=list)
    attempts: int = 0

    def url(self, path='/hook'):
        return f'http://127.0.0.1:{self.port}{path}'

    def documents(self):
        return [json.loads(body) for _, _, body in self.posts]


@contextlib.contextmanager
def receiver():
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers['Content-Length']))
            status = hook.statuses.pop(0) if len(hook.statuses) > 1 else hook.statuses[0]
            hook.attempts += 1
            if status == 200:
                hook.posts.append((self.path, dict(self.headers), body))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header('Location', hook.url('/elsewhere'))
            self.send_header('Content-Length', '0')
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        hook.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()
