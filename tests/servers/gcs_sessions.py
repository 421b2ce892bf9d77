"""Resumable uploads as the description of Google's JSON API has them, in front of fake-gcs-server, which keeps nothing
of one: what came of a session stays, whoever asks for it, until it ends with the object, on its condition and with its
checksum. All else is passed on."""
import json
import re
import secrets
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

from service_double import OnLoopback

STEP = 256 << 10
OF_CONNECTION = {'host', 'connection', 'content-length', 'expect', 'transfer-encoding'}
RANGE = re.compile(r'bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)')


class Upload:
    def __init__(self, bucket, query):
        self.bucket, self.name = bucket, query['name']
        self.if_absent = query.get('ifGenerationMatch') == '0'
        self.bytes, self.lock = bytearray(), threading.Lock()

    def held(self):
        return {'Range': f'bytes=0-{len(self.bytes) - 1}'} if self.bytes else {}


class GcsSessions(OnLoopback):
    """`with GcsSessions(fake_gcs) as sessions:`. `uploads`: the open ones, by id; `begun`: the names of all."""

    def __init__(self, server):
        self.client, self.uploads, self.begun = server.client(), {}, []

    def begin(self, bucket, query, headers):
        there = self.client.request('GET', self.client.object_path(bucket, query['name']))
        if query.get('ifGenerationMatch') == '0' and there.status == 200:
            return 412, {}, b''
        key = secrets.token_urlsafe(48)
        self.uploads[key] = Upload(bucket, query)
        self.begun.append(query['name'])
        words = urllib.parse.urlencode({'uploadType': 'resumable', 'name': query['name'], 'upload_id': key})
        return 200, {'Location': f'http://{headers["host"]}/upload/storage/v1/b/{bucket}/o?{words}'}, b''

    def take(self, key, headers, read, length):
        """A chunk, a question or the end."""
        upload = self.uploads.get(key)
        if upload is None:
            return 404, {}, b''
        with upload.lock:
            begin, end, total = RANGE.fullmatch(headers['content-range']).groups()
            if begin is not None and int(begin) != len(upload.bytes):
                return 503, {}, b''
            came = read(length)
            if len(came) < length:  # of what broke off whole steps stay
                whole = len(upload.bytes) + len(came)
                upload.bytes += came[:max(whole - whole % STEP - len(upload.bytes), 0)]
                return None
            upload.bytes += came
            if total == '*' or len(upload.bytes) < int(total):
                del upload.bytes[len(upload.bytes) - len(upload.bytes) % STEP:]
                return 308, upload.held(), b''
            return self.finish(key, upload, headers.get('x-goog-hash'))

    def finish(self, key, upload, said):
        query = {'ifGenerationMatch': '0'} if upload.if_absent else {}
        made = self.client.upload(upload.bucket, upload.name, bytes(upload.bytes), **query)
        if made.status == 412:
            del self.uploads[key]
            return 412, {}, b''
        found = f'crc32c={json.loads(made.body)["crc32c"]}'
        if said is not None and said != found:
            self.client.request('DELETE', self.client.object_path(upload.bucket, upload.name))
            message = f"Provided {said} doesn't match calculated {found}"
            return 400, {}, json.dumps({'error': {'code': 400, 'message': message}}).encode()
        del self.uploads[key]
        return made.status, {'Content-Type': 'application/json'}, made.body

    def answer(self, method, target, headers, read, length):
        """Status, headers and body; None where the connection has ended."""
        parts = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if 'upload_id' in query:
            if method == 'DELETE':
                return (499 if self.uploads.pop(query['upload_id'], None) else 404), {}, b''
            return self.take(query['upload_id'], headers, read, length)
        if query.get('uploadType') == 'resumable':
            read(length)
            return self.begin(parts.path.split('/')[5], query, headers)
        kept = {name: value for name, value in headers.items() if name not in OF_CONNECTION}
        reply = self.client.request(method, parts.path, query, kept, read(length))
        return reply.status, {name: value for name, value in reply.headers.items() if name not in OF_CONNECTION}, \
            reply.body

    def handler(self):
        sessions = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def serve(self):
                headers = {name.lower(): value for name, value in self.headers.items()}
                length = int(headers.get('content-length') or 0)
                answer = sessions.answer(self.command, self.path, headers, self.rfile.read, length)
                if answer is None:
                    self.close_connection = True
                    return
                status, sent, content = answer
                self.send_response_only(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(content)))
                self.end_headers()
                if self.command != 'HEAD':
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = serve

        return Handler
