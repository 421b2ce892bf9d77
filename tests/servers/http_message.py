"""HTTP/1.1 as it goes over the wire, piece by piece: enough to stand between a client and a server and do mischief."""
import asyncio
from dataclasses import dataclass, field

HEAD_BYTES_MAX = 1 << 20
PIECE = 1 << 16


@dataclass
class Head:
    """First line and headers, as they came; names are looked up whatever their case."""

    first: str
    headers: list = field(default_factory=list)

    def get(self, name, default=None):
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def without(self, *names):
        dropped = {name.lower() for name in names}
        return type(self)(self.first, [(key, value) for key, value in self.headers if key.lower() not in dropped])

    def with_header(self, name, value):
        return type(self)(self.first, [*self.without(name).headers, (name, value)])

    def to_bytes(self):
        lines = [self.first, *(f'{key}: {value}' for key, value in self.headers)]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1')

    @property
    def length(self):
        """Of the body, where it is said."""
        value = self.get('content-length')
        return None if value is None else int(value)

    @property
    def is_chunked(self):
        return 'chunked' in self.get('transfer-encoding', '').lower()


class Request(Head):
    @property
    def method(self):
        return self.first.split(' ')[0]

    @property
    def target(self):
        return self.first.split(' ')[1]

    @property
    def has_body(self):
        return self.is_chunked or bool(self.length)


class Reply(Head):
    @property
    def status(self):
        return int(self.first.split(' ')[1])

    def has_body(self, request):
        return request.method != 'HEAD' and self.status not in (204, 304) and self.length != 0


async def read_head(reader, kind):
    """None where the other side ended first."""
    lines, size = [], 0
    while True:
        line = await reader.readline()
        size += len(line)
        if not line.endswith(b'\n') or size > HEAD_BYTES_MAX:
            return None
        line = line.rstrip(b'\r\n').decode('latin-1')
        if not line and lines:
            break
        if line:
            lines.append(line)
    pairs = (line.partition(':') for line in lines[1:])
    return kind(lines[0], [(name.strip(), value.strip()) for name, _, value in pairs])


async def raw_body(reader, head, until_end=False):
    """The body as it goes over the wire (with the frames of chunks), in pieces. `until_end`: if no length is said."""
    if head.is_chunked:
        async for piece in raw_chunks(reader):
            yield piece
    elif head.length is not None:
        left = head.length
        while left:
            piece = await reader.read(min(left, PIECE))
            if not piece:
                raise ConnectionResetError('the body ended early')
            left -= len(piece)
            yield piece
    elif until_end:
        while piece := await reader.read(PIECE):
            yield piece


async def raw_chunks(reader):
    while True:
        line = await reader.readline()
        size = int(line.split(b';')[0], 16)
        if size == 0:
            end = line
            while line.strip():
                line = await reader.readline()
                end += line
            yield end
            return
        try:
            yield line + await reader.readexactly(size + 2)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError('the body ended early') from error


async def whole_body(reader, head):
    """The body of a reply without its frames."""
    if not head.is_chunked:
        return b''.join([piece async for piece in raw_body(reader, head, until_end=True)])
    body = b''
    async for piece in raw_chunks(reader):
        size, _, data = piece.partition(b'\r\n')
        body += data[:int(size.split(b';')[0], 16)]
    return body


def reply_head(status, headers=(), reason='Because'):
    return Reply(f'HTTP/1.1 {status} {reason}', [(name, str(value)) for name, value in dict(headers).items()])
