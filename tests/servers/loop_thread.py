"""An asyncio server on a thread of its own, and the ways in which a connection of it can end."""
import asyncio
import socket
import struct
import threading

CHUNK = 1 << 16


class LoopThread:
    """A kind of it has `async begin()` that gives the asyncio.Server; `port` is the server's."""

    def start(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name=type(self).__name__, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(self.begin(), self.loop).result()
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    def stop(self):
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def end(self):
        self.server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def reset(writer):
    """Ends a connection so that the other side gets a reset, not an end."""
    raw = writer.get_extra_info('socket')
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.transport.abort()


async def pass_on(reader, writer):
    """Bytes until one side ends, which ends the other in the same way."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        reset(writer)
    finally:
        writer.close()
