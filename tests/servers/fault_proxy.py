#!/usr/bin/env python3
"""Stands in front of an HTTP server, passes requests on, counts them by what they ask, and does mischief by rules.

    tests/servers/fault_proxy.py --behind HOST:PORT [--port N] [--control N] [--rules FILE] [--dialect s3|azure|gcs]

A rule, as JSON or as arguments of Rule:
    {"fault": "status", "with": {"status": 503, "retry_after": 1}, "operation": "PutObject", "path": "_delta_log",
     "nth": [1, 3], "times": 2, "probability": 0.5}
`fault` names one of faults.py, `with` are its words. A request has to fit all the rest that is said: `method`,
`operation` (operations.py), `path` (a regular expression, searched in path and query), `nth` (a number or several,
counted from 1 over what else fits), `times` (no more often), `probability` (drawn with the seed of the proxy). The
first rule that fits counts.

From another process, at the control port: PUT /rules (a list in place of those there are), POST /rules (one more),
DELETE /rules, GET /counts, GET /log, DELETE /counts (both).
"""
import argparse
import asyncio
import collections
import json
import random
import re
import sys
import threading
import urllib.parse
from pathlib import Path

import loop_thread
from faults import FAULTS
from http_message import Reply, Request, raw_body, read_head, reply_head, whole_body
from operations import DIALECTS, operation
from process import LOOPBACK

STREAM_LIMIT = 1 << 20
LISTS_KEPT = 8
# What changes from one signing of the same request to the next.
SIGNED = re.compile(r'[?&]X-Amz-(Signature|Date|Credential|Expires|SignedHeaders|Algorithm)=[^&]*', re.IGNORECASE)


class Rule:
    def __init__(self, fault, method=None, operation=None, path=None, nth=None, times=None, probability=None, **words):
        if fault not in FAULTS:
            raise ValueError(f'no fault {fault}; there are: {", ".join(sorted(FAULTS))}')
        self.fault, self.method, self.operation, self.times = fault, method, operation, times
        self.probability, self.words = probability, words
        self.path = re.compile(path) if path else None
        self.nth = {nth} if isinstance(nth, int) else set(nth or ())
        self.seen = self.done = 0

    @staticmethod
    def of_json(said):
        said = dict(said)
        return Rule(**said.pop('with', {}), **said)

    def takes(self, request, asked, draw):
        if self.method not in (None, request.method) or self.operation not in (None, asked):
            return False
        if self.path is not None and not self.path.search(urllib.parse.unquote(request.target)):
            return False
        self.seen += 1
        if self.nth and self.seen not in self.nth:
            return False
        if self.times is not None and self.done >= self.times:
            return False
        if self.probability is not None and draw.random() >= self.probability:
            return False
        self.done += 1
        return True


class Exchange:
    """One request and its reply, between the client and the server behind."""

    def __init__(self, proxy, request, reader, writer, entry):
        self.proxy, self.request, self.reader, self.writer = proxy, request, reader, writer
        self.behind_reader = self.behind_writer = self.reply = self.body_of_reply = None
        self.entry = entry
        self.taken = False  # the request's body was read

    async def request_body(self):
        if self.taken or not self.request.has_body:
            return
        self.taken = True
        if self.request.get('expect', '').lower() == '100-continue':
            await self.send(b'HTTP/1.1 100 Continue\r\n\r\n')
        async for piece in raw_body(self.reader, self.request):
            yield piece

    async def drain_request(self):
        async for _ in self.request_body():
            pass

    async def connect(self):
        self.behind_reader, self.behind_writer = await asyncio.open_connection(*self.proxy.behind, limit=STREAM_LIMIT)
        self.behind_writer.write(self.request.without('expect').to_bytes())

    async def forward(self):
        """Passes the request on and reads the head of the reply."""
        await self.connect()
        async for piece in self.request_body():
            self.behind_writer.write(piece)
            await self.behind_writer.drain()
        self.reply = await read_head(self.behind_reader, Reply)
        while self.reply is not None and self.reply.status < 200:
            self.reply = await read_head(self.behind_reader, Reply)
        if self.reply is None:
            raise ConnectionResetError('no reply from behind')

    async def forward_part(self, limit):
        """The head and the first bytes of the body, then a reset."""
        await self.connect()
        left = limit
        if left:
            async for piece in self.request_body():
                self.behind_writer.write(piece[:left])
                left -= len(piece[:left])
                if not left:
                    break
        await self.behind_writer.drain()
        loop_thread.reset(self.behind_writer)

    async def reply_body(self):
        """The whole body of the reply, without frames."""
        if self.body_of_reply is None:
            has_body = self.reply.has_body(self.request)
            self.body_of_reply = await whole_body(self.behind_reader, self.reply) if has_body else b''
        return self.body_of_reply

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def send_head(self, reply):
        self.entry['status'] = reply.status  # before anybody has read it
        await self.send(reply.to_bytes())

    async def send_body(self, limit=None):
        """The body as it comes from behind; `limit`: no more of it."""
        if not self.reply.has_body(self.request):
            return
        left = limit
        async for piece in raw_body(self.behind_reader, self.reply, until_end=True):
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            await self.send(piece)
            if left == 0:
                return

    async def answer(self, status, headers, body=b''):
        """An answer of the proxy itself."""
        await self.send_head(reply_head(status, {**dict(headers), 'Content-Length': len(body)}))
        if self.request.method != 'HEAD':
            await self.send(body)

    async def pass_through(self):
        await self.forward()
        if self.proxy.is_list(self.request) and self.reply.status == 200:
            body = await self.reply_body()
            self.proxy.keep_list(self.request, body)
            head = self.reply.without('transfer-encoding').with_header('Content-Length', str(len(body)))
            await self.send_head(head)
            await self.send(body)
        else:
            await self.send_head(self.reply)
            await self.send_body()
        has_end = self.reply.is_chunked or self.reply.length is not None or not self.reply.has_body(self.request)
        return has_end and self.reply.get('connection', '').lower() != 'close'

    def reset(self):
        loop_thread.reset(self.writer)

    def close(self):
        if self.behind_writer is not None:
            self.behind_writer.close()


class FaultProxy(loop_thread.LoopThread):
    """`behind`: (host, port). Set `rules`, read `counts` and `log` from any thread."""

    def __init__(self, behind, rules=(), seed=0, dialect='s3', port=0, control=None):
        self.behind, self.dialect, self.wanted_port, self.wanted_control = behind, dialect, port, control
        self.lock, self.draw = threading.Lock(), random.Random(seed)
        self.rules, self.counts, self.log = list(rules), collections.Counter(), []
        self.lists, self.pages, self.control_port = {}, 0, None

    @property
    def endpoint(self):
        return f'http://{LOOPBACK}:{self.port}'

    def add(self, fault, **said):
        rule = Rule(fault, **said)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        """No rules, nothing counted, nothing remembered."""
        with self.lock:
            self.rules = []
            self.counts.clear()
            self.log.clear()
            self.lists.clear()

    async def begin(self):
        if self.wanted_control is not None:
            self.control = await asyncio.start_server(self.serve_control, LOOPBACK, self.wanted_control)
            self.control_port = self.control.sockets[0].getsockname()[1]
        return await asyncio.start_server(self.serve, LOOPBACK, self.wanted_port, limit=STREAM_LIMIT)

    async def serve(self, reader, writer):
        try:
            while (request := await read_head(reader, Request)) is not None:
                if not await self.serve_one(request, reader, writer):
                    return
        except (OSError, ValueError):
            pass
        finally:
            writer.close()

    async def serve_one(self, request, reader, writer):
        asked = operation(self.dialect, request)
        with self.lock:
            rule = next((rule for rule in self.rules if rule.takes(request, asked, self.draw)), None)
            self.counts[asked] += 1
            entry = {'operation': asked, 'method': request.method, 'target': request.target,
                     'fault': rule.fault if rule else None, 'status': None}
            self.log.append(entry)
        exchange = Exchange(self, request, reader, writer, entry)
        try:
            goes_on = await (FAULTS[rule.fault](exchange, **rule.words) if rule else exchange.pass_through())
            return goes_on and request.get('connection', '').lower() != 'close'
        except ConnectionRefusedError:
            await exchange.answer(502, {}, b'fault proxy: nobody answers behind')
            return False
        finally:
            exchange.close()

    def is_list(self, request):
        return 'list' in operation(self.dialect, request).lower()

    def key_of_list(self, request):
        return SIGNED.sub('', request.target)

    def keep_list(self, request, body):
        with self.lock:
            kept = self.lists.setdefault(self.key_of_list(request), collections.deque(maxlen=LISTS_KEPT))
            kept.append(body)

    def earlier_lists(self, request):
        with self.lock:
            return list(self.lists.get(self.key_of_list(request), ()))

    async def serve_control(self, reader, writer):
        try:
            while (request := await read_head(reader, Request)) is not None:
                body = b''.join([piece async for piece in raw_body(reader, request)])
                status, said = self.controlled(request.method, request.target, body)
                text = json.dumps(said).encode()
                head = reply_head(status, {'Content-Type': 'application/json', 'Content-Length': len(text)})
                writer.write(head.to_bytes() + text)
                await writer.drain()
        except (OSError, ValueError):
            pass
        finally:
            writer.close()

    def controlled(self, method, target, body):
        try:
            if (method, target) == ('PUT', '/rules'):
                rules = [Rule.of_json(said) for said in json.loads(body)]
                with self.lock:
                    self.rules = rules
            elif (method, target) == ('POST', '/rules'):
                rule = Rule.of_json(json.loads(body))
                with self.lock:
                    self.rules.append(rule)
            elif (method, target) == ('DELETE', '/rules'):
                with self.lock:
                    self.rules = []
            elif (method, target) == ('DELETE', '/counts'):
                with self.lock:
                    self.counts.clear()
                    self.log.clear()
            elif (method, target) == ('GET', '/counts'):
                return 200, dict(self.counts)
            elif (method, target) == ('GET', '/log'):
                return 200, list(self.log)
            else:
                return 404, {'error': 'rules, counts or log'}
        except (ValueError, TypeError, re.error) as error:
            return 400, {'error': str(error)}
        return 200, {}


def address(text):
    host, _, port = text.rpartition(':')
    return host or LOOPBACK, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--behind', type=address, required=True, metavar='HOST:PORT')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--control', type=int, default=0)
    parser.add_argument('--rules', type=Path)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--dialect', choices=sorted(DIALECTS), default='s3')
    arguments = parser.parse_args()
    rules = [Rule.of_json(said) for said in json.loads(arguments.rules.read_text())] if arguments.rules else []
    with FaultProxy(arguments.behind, rules, arguments.seed, arguments.dialect, arguments.port,
                    arguments.control) as proxy:
        control = f'http://{LOOPBACK}:{proxy.control_port}'
        print(json.dumps({'endpoint': proxy.endpoint, 'control': control}), flush=True)
        try:
            proxy.thread.join()
        except KeyboardInterrupt:
            sys.exit(130)


if __name__ == '__main__':
    main()
