#!/usr/bin/env python3
"""A long way to a server: bytes take their time, no more of them go over in a second than the way takes, and some
connections break.

    bench/slow_link.py --behind PORT --rate BYTES --delay-ms N [--reset P --reset-bytes B] [--seed N]

Listens on a free port of loopback, which it prints, and passes on to the other. `--delay-ms` is there and
back, half of it each way; `--rate` that of all connections together, each way. Of every `--reset-bytes` that
come back a connection is reset with the probability `--reset`. A new connection waits for one way there and
back, as its handshake would.
"""
import argparse
import asyncio
import random
import socket
import struct

LOOPBACK = '127.0.0.1'
CHUNK = 1 << 16
QUEUED = 256  # chunks of one direction of one connection that are under way
AHEAD = 0.02  # seconds of the link that a reader may take before they have come


class Lane:
    """One direction of the link, whoever sends: when what goes now has gone."""

    def __init__(self, loop, rate):
        self.loop, self.rate, self.free_at = loop, rate, 0.0

    async def take(self, size):
        self.free_at = max(self.loop.time(), self.free_at) + size / self.rate
        gone = self.free_at
        if gone - self.loop.time() > AHEAD:
            await asyncio.sleep(gone - self.loop.time() - AHEAD)
        return gone


class Link:
    def __init__(self, arguments):
        self.arguments, self.draw = arguments, random.Random(arguments.seed)
        self.way = arguments.delay_ms / 2000
        self.resets = 0

    async def begin(self):
        loop = asyncio.get_running_loop()
        self.there, self.back = Lane(loop, self.arguments.rate), Lane(loop, self.arguments.rate)
        self.server = await asyncio.start_server(self.serve, LOOPBACK, 0, limit=CHUNK, backlog=1024)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        await asyncio.sleep(2 * self.way)
        behind_reader, behind_writer = await asyncio.open_connection(LOOPBACK, self.arguments.behind, limit=CHUNK)
        try:
            await asyncio.gather(self.carry(reader, behind_writer, self.there, 0),
                                 self.carry(behind_reader, writer, self.back, self.arguments.reset))
        except OSError:
            pass
        finally:
            for end in (writer, behind_writer):
                end.close()

    async def carry(self, reader, writer, lane, chance):
        """Bytes until one side ends, which ends the other in the same way."""
        under_way = asyncio.Queue(QUEUED)
        arriving = asyncio.create_task(self.arrive(under_way, writer))
        try:
            while data := await reader.read(CHUNK):
                if self.draw.random() < chance * len(data) / self.arguments.reset_bytes:
                    raise ConnectionResetError
                gone = await lane.take(len(data))
                if arriving.done():
                    break
                await under_way.put((gone + self.way, data))
            await under_way.put((0, b''))
            await arriving
        except OSError:
            arriving.cancel()
            reset(writer)
            raise

    async def arrive(self, under_way, writer):
        while True:
            due, data = await under_way.get()
            if not data:
                writer.write_eof()
                return
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            writer.write(data)
            await writer.drain()


def reset(writer):
    """So that the other side gets a reset, not an end."""
    raw = writer.get_extra_info('socket')
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.transport.abort()


async def run(arguments):
    link = Link(arguments)
    print(await link.begin(), flush=True)
    async with link.server:
        await link.server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--behind', type=int, required=True)
    parser.add_argument('--rate', type=float, required=True)
    parser.add_argument('--delay-ms', type=float, default=0)
    parser.add_argument('--reset', type=float, default=0)
    parser.add_argument('--reset-bytes', type=float, default=8 << 20)
    parser.add_argument('--seed', type=int, default=1)
    arguments = parser.parse_args()
    try:
        asyncio.run(run(arguments))
    except KeyboardInterrupt:
        pass


if __name__ == '__main__':
    main()
