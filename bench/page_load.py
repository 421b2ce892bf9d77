#!/usr/bin/env python3
"""Asks a server of this machine at a steady rate, as pages do: what a page asks again it asks with the tag of what it
has. Prints how many milliseconds each answer took, and how many failed, as JSON.

    page_load.py PORT RATE SECONDS PATH…
"""
import http.client
import json
import sys
import threading
import time

CONNECTIONS = 8


class Page(threading.Thread):
    """One connection that asks for the paths in turn, at its moments."""

    def __init__(self, port, paths, begin, step, until):
        super().__init__()
        self.port, self.paths, self.begin, self.step, self.until = port, paths, begin, step, until
        self.times, self.failed, self.tags = [], 0, {}

    def run(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        asked, due = 0, self.begin
        while due < self.until:
            time.sleep(max(0, due - time.monotonic()))
            self.ask(connection, self.paths[asked % len(self.paths)], due)
            asked, due = asked + 1, due + self.step
        connection.close()

    def ask(self, connection, path, due):
        """What was asked too late because an answer was awaited took longer for whoever wanted it."""
        connection.request('GET', path, headers={'If-None-Match': self.tags[path]} if path in self.tags else {})
        reply = connection.getresponse()
        reply.read()
        self.times.append((time.monotonic() - due) * 1000)
        self.failed += reply.status not in (200, 304)
        if tag := reply.headers['ETag']:
            self.tags[path] = tag


def main():
    port, rate, seconds, paths = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    begin, step = time.monotonic() + 0.1, CONNECTIONS / rate
    pages = [Page(port, paths[number % len(paths):] + paths[:number % len(paths)], begin + number / rate, step,
                  begin + seconds) for number in range(CONNECTIONS)]
    for page in pages:
        page.start()
    for page in pages:
        page.join()
    json.dump({'ms': sorted(value for page in pages for value in page.times),
               'failed': sum(page.failed for page in pages)}, sys.stdout)


if __name__ == '__main__':
    main()
