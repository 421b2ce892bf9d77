"""What a test run draws at random where it cannot try everything: something else for every commit."""
import subprocess
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seed():
    """The same for the same commit; the day's where there is none."""
    head = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=ROOT, capture_output=True, text=True)
    return zlib.crc32((head.stdout or time.strftime('%Y-%m-%d')).encode()) % 1_000_000


def takes_second(drawn, name):
    """Which of two ways of one thing a run with the seed `drawn` tries: for half of all names the second."""
    return zlib.crc32(f'{drawn} {name}'.encode()) % 2 == 1


def takes_one_of(count, drawn, name):
    """Whether a run with the seed `drawn` tries this one: one in `count` of all names."""
    return zlib.crc32(f'{drawn} {name}'.encode()) % count == 0
