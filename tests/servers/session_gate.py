"""Session keys as a security token service hands them out, and a gate in front of an S3 server that takes no others:
each is good for what lies below one place, to read or to write, for a time, and proves itself by its signature."""
import hashlib
import hmac
import itertools
import re
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

from service_double import OnLoopback

# What belongs to one connection, or to the signature that the gate replaces by its own.
OF_CONNECTION = {'host', 'connection', 'content-length', 'expect', 'transfer-encoding', 'authorization', 'x-amz-date',
                 'x-amz-security-token', 'accept-encoding'}
READING = ('GET', 'HEAD')


class Session:
    def __init__(self, number, place, write, seconds):
        self.key, self.secret, self.token = f'ASIASESSION{number:05}', f'secret/of-session-{number:05}', \
            f'token-of-session-{number:05}+/='
        self.place, self.write, self.ends = place.rstrip('/') + '/', write, time.time() + seconds

    def document(self):
        """As a Unity Catalog hands it out."""
        return {'aws_temp_credentials': {'access_key_id': self.key, 'secret_access_key': self.secret,
                                         'session_token': self.token}, 'expiration_time': round(self.ends * 1000)}


class Denied(Exception):
    def __init__(self, status, code, message):
        super().__init__(f'{status} {code} {message}')
        self.status, self.code, self.message = status, code, message


def signature_of(secret, method, target, headers, signed, scope, when):
    """Signature Version 4 of S3, whose paths are encoded once."""
    path, _, query = target.partition('?')
    pairs = sorted(pair if '=' in pair else f'{pair}=' for pair in query.split('&') if pair)
    lines = [f'{name}:{" ".join((headers.get(name) or "").split())}' for name in signed]
    canonical = '\n'.join([method, path, '&'.join(pairs), *lines, '', ';'.join(signed),
                           headers['x-amz-content-sha256']])
    text = '\n'.join(['AWS4-HMAC-SHA256', when, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f'AWS4{secret}'.encode()
    for part in scope.split('/'):
        key = hmac.digest(key, part.encode(), 'sha256')
    return hmac.digest(key, text.encode(), 'sha256').hex()


class SessionGate(OnLoopback):
    """`with SessionGate(server) as gate:`. `asked`: for each request its key, method, path and what became of it: the
    status of the server behind, or the error of the gate."""

    def __init__(self, server, seconds=3600):
        self.client, self.seconds = server.client(), seconds
        self.sessions, self.numbers, self.asked = {}, itertools.count(1), []

    def issue(self, uri, write):
        """Keys for what lies below s3://bucket/folder."""
        session = Session(next(self.numbers), '/' + uri.partition('://')[2], write, self.seconds)
        self.sessions[session.key] = session
        return session.document() | {'url': uri}

    def denied(self):
        """The gate's errors, but for those that a probe of the store asks for."""
        return {told for *_, path, told in self.asked if isinstance(told, str) and '_lakeferry_probe' not in path}

    def session_of(self, headers, method, target):
        words = dict(word.strip().split('=', 1) for word in
                     headers.get('authorization', '').removeprefix('AWS4-HMAC-SHA256 ').split(',') if '=' in word)
        key, _, scope = words.get('Credential', '').partition('/')
        session = self.sessions.get(key)
        if session is None or headers.get('x-amz-security-token') != session.token:
            raise Denied(403, 'InvalidAccessKeyId', 'nobody here has this key')
        signed = words['SignedHeaders'].split(';')
        if not {'host', 'x-amz-security-token'} <= set(signed) or words['Signature'] != signature_of(
                session.secret, method, target, headers, signed, scope, headers['x-amz-date']):
            raise Denied(403, 'SignatureDoesNotMatch', 'the signature is another')
        if time.time() >= session.ends:
            raise Denied(400, 'ExpiredToken', 'the session has ended')
        return session

    def check_places(self, session, method, path, query, headers, body):
        """Of the object, of what a list begins with, of all that one request deletes, and of what is copied."""
        below = [query['prefix']] if 'prefix' in query else \
            re.findall('<Key>([^<]*)</Key>', body.decode()) if 'delete' in query else None
        places = [path] if below is None else [f'{path.rstrip("/")}/{name}' for name in below]
        if headers.get('x-amz-copy-source'):
            places.append('/' + urllib.parse.unquote(headers['x-amz-copy-source']).lstrip('/'))
        if not all(place.startswith(session.place) for place in places):
            raise Denied(403, 'AccessDenied', f'the session is good below {session.place} alone')
        if method not in READING and not session.write:
            raise Denied(403, 'AccessDenied', 'the session is good to read')

    def answer(self, method, target, headers, body):
        session = self.session_of(headers, method, target)
        parts = urllib.parse.urlsplit(target)
        path, query = urllib.parse.unquote(parts.path), dict(urllib.parse.parse_qsl(parts.query, True))
        self.check_places(session, method, path, query, headers, body)
        kept = {name: value for name, value in headers.items() if name not in OF_CONNECTION}
        return self.client.request(method, path, query, kept, body)

    def handler(self):
        return handler_of(self)


def handler_of(gate):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def log_message(self, *_):
            pass

        def serve(self):
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get('content-length') or 0))
            key = headers.get('authorization', '').partition('Credential=')[2].partition('/')[0]
            try:
                answer = gate.answer(self.command, self.path, headers, body)
                told = status = answer.status
                sent, content = answer.headers, answer.body
            except Denied as denied:
                told, status, sent = denied.code, denied.status, {'content-type': 'application/xml'}
                content = f'<Error><Code>{denied.code}</Code><Message>{denied.message}</Message></Error>'.encode()
            gate.asked.append((key, self.command, self.path, told))
            self.send_response_only(status)
            for name, value in sent.items():
                if name not in ('connection', 'content-length', 'transfer-encoding'):
                    self.send_header(name, value)
            of_head = self.command == 'HEAD' and 'content-length' in sent
            self.send_header('Content-Length', sent['content-length'] if of_head else str(len(content)))
            self.end_headers()
            if self.command != 'HEAD':
                self.wfile.write(content)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    return Handler
