"""Plain requests to an S3 server, signed by botocore: nothing is hidden, tried again or repaired on the way."""
import base64
import contextlib
import hashlib
import http.client
import re
import ssl
import struct
import urllib.parse
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = 'us-east-1'
SECONDS_MAX = 30


@dataclass
class Answer:
    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b''

    def text(self, tag):
        """The content of the first element of that name in the XML of the body; None where there is none."""
        found = re.search(rf'<{tag}>([^<]*)</{tag}>', self.body.decode(errors='replace'))
        return found.group(1) if found else None

    def texts(self, tag):
        return re.findall(rf'<{tag}>([^<]*)</{tag}>', self.body.decode(errors='replace'))

    def said(self):
        """Status and S3's error code, as a table shows them."""
        code = self.text('Code')
        return f'{self.status} {code}' if code else str(self.status)


def plain_request(endpoint, method, target, headers=(), body=b'', context=None, timeout=SECONDS_MAX):
    """One request over a connection of its own. `endpoint`: http://host:port or https://host:port."""
    where = urllib.parse.urlsplit(endpoint)
    if where.scheme == 'https':
        connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=timeout,
                                                 context=context or ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        reply = connection.getresponse()
        return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        connection.close()


class AsSaid(auth.S3SigV4Auth):
    """Signs what the caller says of the payload, be it wrong."""

    def __init__(self, credentials, region, said_of_payload):
        super().__init__(credentials, 's3', region)
        self.said_of_payload = said_of_payload

    def payload(self, request):
        return self.said_of_payload


@contextlib.contextmanager
def clock_wrong_by(minutes):
    def wrong(*arguments, **named):
        return right(*arguments, **named) + timedelta(minutes=minutes)

    right = auth.get_current_datetime
    with mock.patch.object(auth, 'get_current_datetime', wrong):
        yield


class S3Client:
    """`context`: of TLS. `minutes_wrong`: how far the clock of this client is from the right time."""

    def __init__(self, endpoint, key, secret, token=None, region=REGION, context=None, minutes_wrong=0):
        self.endpoint, self.region, self.context = endpoint, region, context
        self.credentials, self.minutes_wrong = Credentials(key, secret, token), minutes_wrong

    def request(self, method, path, query=None, headers=None, body=b''):
        """`path`: /bucket/key, not yet escaped. `query`: names and values, not yet escaped."""
        target = urllib.parse.quote(path, safe='/-._~')
        if query:
            target += '?' + '&'.join(f'{urllib.parse.quote(name, safe="-._~")}={urllib.parse.quote(value, safe="-._~")}'
                                     for name, value in sorted(query.items()))
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        digest = headers.pop('x-amz-content-sha256', None) or hashlib.sha256(body).hexdigest()
        request = AWSRequest(method, self.endpoint + target, data=body, headers=headers)
        self.sign(AsSaid(self.credentials, self.region, digest), request)
        return plain_request(self.endpoint, method, target, request.headers.items(), body, self.context)

    def request_of_host(self, host, method, path):
        """The same without a body, to a host of another name at the same address and port: virtual-host style."""
        host = f'{host}:{urllib.parse.urlsplit(self.endpoint).port}'
        target = urllib.parse.quote(path, safe='/-._~')
        request = AWSRequest(method, f'http://{host}{target}')
        self.sign(auth.S3SigV4Auth(self.credentials, 's3', self.region), request)
        headers = [('Host', host), *request.headers.items()]
        return plain_request(self.endpoint, method, target, headers, b'', self.context)

    def presigned(self, method, path, seconds):
        """The target, path and query, of a request that needs no header."""
        request = AWSRequest(method, self.endpoint + urllib.parse.quote(path, safe='/-._~'))
        self.sign(auth.S3SigV4QueryAuth(self.credentials, 's3', self.region, seconds), request)
        return request.url.removeprefix(self.endpoint)

    def sign(self, signer, request):
        with clock_wrong_by(self.minutes_wrong) if self.minutes_wrong else contextlib.nullcontext():
            signer.add_auth(request)

    def put(self, path, body=b'', **headers):
        return self.request('PUT', path, headers=named(headers), body=body)

    def get(self, path, query=None, **headers):
        return self.request('GET', path, query, named(headers))

    def head(self, path, **headers):
        return self.request('HEAD', path, headers=named(headers))

    def list(self, bucket, **query):
        query = {name.replace('_', '-'): value for name, value in query.items()}
        return self.request('GET', f'/{bucket}', {'list-type': '2', **query})


def named(headers):
    """if_none_match='*' as If-None-Match: *."""
    return {name.replace('_', '-'): value for name, value in headers.items()}


CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5  # NVME, reflected


def crc64_table():
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (CRC64_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


CRC64_TABLE = crc64_table()


def crc64nvme(data):
    """As S3 writes it: eight bytes, most significant first, in base64."""
    value = 0xffffffffffffffff
    for byte in data:
        value = CRC64_TABLE[(value ^ byte) & 0xff] ^ value >> 8
    return base64.b64encode(struct.pack('>Q', value ^ 0xffffffffffffffff)).decode()


def crc32(data):
    return base64.b64encode(struct.pack('>I', zlib.crc32(data))).decode()
