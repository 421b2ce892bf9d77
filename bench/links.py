"""Part of bench/run: copying over a long way, on which connections break."""
import subprocess

from far_store import BUCKET, SERVER_CORE, FarStore
from figures import PYTHON, ROOT, say

MIB = 1 << 20
DELAY_MS = 100
RESETS = 0.001  # of the parts that come back
PART = 8 * MIB
AIM = 0.92


class LongWay:
    """In front of a store, beside it on its core. Use as a context."""

    def __init__(self, store, rate):
        self.store, self.rate = store, rate

    def __enter__(self):
        self.process = subprocess.Popen(
            ['taskset', '-c', SERVER_CORE, PYTHON, ROOT / 'bench' / 'slow_link.py', '--behind', str(self.store.port),
             '--rate', str(self.rate), '--delay-ms', str(DELAY_MS), '--reset', str(RESETS), '--reset-bytes', str(PART)],
            stdout=subprocess.PIPE, text=True)
        self.store.front_port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.store.front_port = None
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def far_link(figures, folder, rounds, smoke):
    """What a copy from store to store makes of a link that it goes over both ways, with a delay of 100 ms and 0.1 % of
    parts whose connection is reset. Of each way as much goes over as the link takes."""
    rate = (40 if smoke else 50) * MIB
    count, size, streams = (2, 9 * MIB, 2) if smoke else (64, 32 * MIB, 16)
    rounds = min(rounds, 3)
    shares = []
    with FarStore(folder) as store:
        store.add('link/o', count, size)
        with LongWay(store, rate):
            for number in range(rounds):
                say(f'  round {number + 1}: {count * size // MIB} MiB at {rate // MIB} MiB/s')
                cost = store.ours('copy', f's3://{BUCKET}/link', f's3://{BUCKET}/drop/k{number}', 'o', count, size,
                                  streams)
                shares.append(count * size / cost.seconds / rate)
    figures.add('share of a link of 100 ms with 0.1 % resets', '', shares,
                f'{count} objects of {size // MIB} MiB at {rate // MIB} MiB/s, aim {AIM}')
