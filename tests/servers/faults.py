"""The mischief that a fault proxy can do to one request: a coroutine each, by name in FAULTS.

A fault gets the exchange and the words of its rule. What it does not send, the client does not get; where it returns
without having called `exchange.forward()`, the server behind never saw the request. It returns whether the connection
to the client can go on.
"""
import asyncio
import json
import time
import zlib
from email.utils import formatdate

from http_message import reply_head

FAULTS = {}
XML = {'Content-Type': 'application/xml'}
METADATA = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
MIB = 1 << 20
CODES = {500: 'InternalError', 503: 'SlowDown', 429: 'TooManyRequests', 403: 'AccessDenied'}


def fault(function):
    FAULTS[function.__name__] = function
    return function


def error_body(code, message='of the fault proxy', extra=''):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{extra}'
            '<RequestId>FAULTPROXY</RequestId></Error>').encode()


async def refuse(exchange, status, code, headers=(), extra=''):
    await exchange.drain_request()
    await exchange.answer(status, {**XML, **dict(headers)}, error_body(code, extra=extra))
    return True


@fault
async def status(exchange, status=503, code=None, retry_after=None, early=False):
    """An error of the server, which did nothing. `retry_after`: seconds, or a date as text. `early`: before it has read
    the body of the request, and it ends the connection."""
    code = code or CODES.get(status, 'No')
    headers = {} if retry_after is None else {'Retry-After': retry_after}
    if early:
        await exchange.answer(status, {**XML, **headers, 'Connection': 'close'}, error_body(code))
        return False
    return await refuse(exchange, status, code, headers)


@fault
async def expired(exchange, status=400, code='ExpiredToken'):
    """Credentials that have ended."""
    return await refuse(exchange, status, code)


@fault
async def skewed(exchange, seconds=1200):
    """The clock of the client is said to be wrong, as S3 says it."""
    now = time.time() + seconds
    said = (f'<ServerTime>{time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))}</ServerTime>'
            '<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>')
    return await refuse(exchange, 403, 'RequestTimeTooSkewed', {'Date': formatdate(now, usegmt=True)}, said)


@fault
async def error_in_200(exchange, code='InternalError', done=False):
    """200, and in the body that it failed. `done`: the server did it all the same."""
    if done:
        await exchange.forward()
        await exchange.reply_body()
    else:
        await exchange.drain_request()
    await exchange.answer(200, XML, error_body(code))
    return True


@fault
async def lost_reply(exchange, silent=False):
    """The server did it, the client never hears. `silent`: the connection is ended, not reset."""
    await exchange.forward()
    await exchange.reply_body()
    if not silent:
        exchange.reset()
    return False


@fault
async def reset(exchange):
    """Before anything of the request was passed on."""
    exchange.reset()
    return False


@fault
async def reset_request(exchange, after=0):
    """After so many bytes of the request's body; the server gets these and a reset too."""
    await exchange.forward_part(after)
    exchange.reset()
    return False


@fault
async def reset_reply(exchange, after=0):
    """After the head and so many bytes of the reply's body."""
    await exchange.forward()
    await exchange.send_head(exchange.reply)
    await exchange.send_body(limit=after)
    exchange.reset()
    return False


@fault
async def truncate(exchange, after=0, honest=False):
    """The body ends early. `honest`: Content-Length says what comes; else it says what should have come."""
    await exchange.forward()
    body = (await exchange.reply_body())[:after]
    said = len(body) if honest else max(len(exchange.body_of_reply), after + 1)
    await exchange.send_head(exchange.reply.without('transfer-encoding').with_header('Content-Length', str(said)))
    await exchange.send(body)
    return honest


@fault
async def drip(exchange, bytes_a_second=1, first=0):
    """The reply's body in drops of a byte; `first`: so many bytes at once before."""
    await exchange.forward()
    body = await exchange.reply_body()
    await exchange.send_head(exchange.reply.without('transfer-encoding').with_header('Content-Length', str(len(body))))
    await exchange.send(body[:first])
    for index in range(first, len(body)):
        await exchange.send(body[index:index + 1])
        await asyncio.sleep(1 / bytes_a_second)
    return True


@fault
async def silence(exchange, seconds=3600, done=False):
    """No answer for that long, then the end of the connection."""
    if done:
        await exchange.forward()
    await asyncio.sleep(seconds)
    return False


@fault
async def delay(exchange, seconds=0.1):
    """The right answer, late."""
    await asyncio.sleep(seconds)
    return await exchange.pass_through()


@fault
async def twice(exchange):
    """The right answer, and once more, which nobody asked for."""
    await exchange.forward()
    body = await exchange.reply_body()
    head = exchange.reply.without('transfer-encoding').with_header('Content-Length', str(len(body)))
    for _ in range(2):
        await exchange.send_head(head)
        await exchange.send(body)
    return True


@fault
async def flip(exchange, at=0):
    """One bit of the reply's body is another."""
    await exchange.forward()
    body = bytearray(await exchange.reply_body())
    if body:
        body[at % len(body)] ^= 1
    await exchange.send_head(exchange.reply.without('transfer-encoding').with_header('Content-Length', str(len(body))))
    await exchange.send(bytes(body))
    return True


@fault
async def etag_change(exchange, etag='"11111111111111111111111111111111"'):
    """The object has become another: refused where the request has If-Match, else another ETag and other bytes."""
    if exchange.request.get('if-match'):
        return await refuse(exchange, 412, 'PreconditionFailed')
    await exchange.forward()
    body = bytes(byte ^ 0xff for byte in await exchange.reply_body())
    head = exchange.reply.without('transfer-encoding').with_header('ETag', etag)
    await exchange.send_head(head.with_header('Content-Length', str(len(body))) if body else head)
    await exchange.send(body)
    return True


@fault
async def stale_list(exchange, back=1):
    """What the same list said before; the right answer where nobody had asked. Whoever lists earlier makes it stale."""
    earlier = exchange.proxy.earlier_lists(exchange.request)
    if not earlier:
        return await exchange.pass_through()
    await exchange.drain_request()
    await exchange.answer(200, XML, earlier[max(0, len(earlier) - back)])
    return True


@fault
async def endless_list(exchange, size=1000):
    """A page that is never the last, with names that nobody has seen; S3's form."""
    exchange.proxy.pages += 1
    page = exchange.proxy.pages
    entries = ''.join(f'<Contents><Key>endless/{page:012d}/{index:06d}</Key><LastModified>2024-01-01T00:00:00.000Z'
                      '</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>0</Size>'
                      '<StorageClass>STANDARD</StorageClass></Contents>' for index in range(size))
    await exchange.drain_request()
    await exchange.answer(200, XML, (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>b</Name><IsTruncated>true</IsTruncated>'
        f'<KeyCount>{size}</KeyCount><MaxKeys>{size}</MaxKeys><NextContinuationToken>page-{page}'
        f'</NextContinuationToken>{entries}</ListBucketResult>').encode())
    return True


@fault
async def endless_headers(exchange, most=64 * MIB):
    """Header after header; `most` bytes, so that a client without a limit ends some day."""
    await exchange.drain_request()
    await exchange.send(b'HTTP/1.1 200 OK\r\n')
    lines = b''.join(b'x-endless-%06d: %s\r\n' % (index, b'x' * 80) for index in range(600))
    for _ in range(most // len(lines)):
        await exchange.send(lines)
    return False


@fault
async def endless_body(exchange, status=200, most=256 * MIB):
    """A body without an end and without a length."""
    await exchange.drain_request()
    await exchange.send_head(reply_head(status, {**XML, 'Connection': 'close'}))
    for _ in range(most // MIB):
        await exchange.send(b'<' * MIB)
    return False


@fault
async def bomb(exchange, mib=1024):
    """Content-Encoding: gzip; a MiB of it is about a KiB on the wire."""
    await exchange.drain_request()
    await exchange.answer(200, {**XML, 'Content-Encoding': 'gzip'}, gzip_zeros(mib))
    return True


def gzip_zeros(mib):
    """A gzip file of so many MiB of zeros, made of one block that is said again and again."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = squeeze.compress(bytes(MIB)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(mib):
        check = zlib.crc32(bytes(MIB), check)
    end = squeeze.flush(zlib.Z_FINISH)
    trailer = check.to_bytes(4, 'little') + (mib * MIB % (1 << 32)).to_bytes(4, 'little')
    return b'\x1f\x8b\x08\0\0\0\0\0\0\xff' + block * mib + end + trailer


@fault
async def redirect(exchange, location=METADATA, status=307):
    """To where no client of ours may go."""
    await exchange.drain_request()
    await exchange.answer(status, {**XML, 'Location': location}, error_body('TemporaryRedirect'))
    return True


@fault
async def entities(exchange, status=200, kind='laughs'):
    """XML that grows in the reader's memory (`laughs`) or reads the reader's files (`file`)."""
    if kind == 'file':
        declared = '<!ENTITY e SYSTEM "file:///etc/passwd">'
    else:
        declared = '<!ENTITY e0 "ha">' + ''.join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">'
                                                 for level in range(1, 10)) + '<!ENTITY e "&e9;">'
    root = 'ListBucketResult' if status == 200 else 'Error'
    body = (f'<?xml version="1.0"?>\n<!DOCTYPE {root} [{declared}]>\n<{root}><Name>&e;</Name><Code>&e;</Code>'
            f'<IsTruncated>false</IsTruncated></{root}>')
    await exchange.drain_request()
    await exchange.answer(status, XML, body.encode())
    return True


@fault
async def html(exchange, status=200):
    """A page for people: what stands there is no store."""
    await exchange.drain_request()
    await exchange.answer(status, {'Content-Type': 'text/html'},
                          b'<!doctype html><html><head><title>Welcome</title><body><p>It works!<br></html>')
    return True


@fault
async def answer(exchange, status=200, headers=None, body='', json_body=None):
    """Whatever the rule says."""
    await exchange.drain_request()
    await exchange.answer(status, headers or {}, body.encode() if json_body is None else json.dumps(json_body).encode())
    return True


@fault
async def not_http(exchange, text='220 mail.example ESMTP\r\n'):
    """Another protocol altogether."""
    await exchange.send(text.encode())
    return False
