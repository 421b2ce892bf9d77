"""Part of bench/run: how long the page and the API take to answer while a table is copied, and what that costs the
copying."""
import json
import socket
import statistics
import subprocess
import sys

from figures import ROOT, say
from lakeferry import Regions, Run, wait_until
from tables import write_commit, write_table

RATE = 200  # requests a second
GROUPS = 300


def free_port():
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        return found.getsockname()[1]


class Watched(Regions):
    """One group of one table that is copied at a limited rate, and many that have nothing to do."""

    def __init__(self, folder, groups, mb_per_second):
        self.port = free_port()
        top = {'bandwidth': f'{mb_per_second}MB/s', 'http': {'listen': {'sender': f'127.0.0.1:{self.port}'}}}
        super().__init__(folder, ['copied', *(f'idle{number}' for number in range(groups))], group=None, top=top)

    def group_entry(self, name, tables):
        return super().group_entry(name, tables) | {'workflow': 'copying' if name == 'copied' else self.workflow}

    def newest(self):
        (epoch, *_) = self.run('sender', 'history', 'copied', '--limit', '1').document['epochs']
        return epoch


def load(port, seconds):
    paths = ['/', '/v1/status', '/v1/groups/copied', '/v1/history/copied?limit=60', '/v1/versions/copied', '/metrics']
    words = [sys.executable, ROOT / 'bench' / 'page_load.py', port, RATE, seconds, *paths]
    return subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE)


def page(figures, folder, rounds, smoke):
    """A sender copies for some seconds again and again, in every other round with pages open."""
    seconds, mb_per_second, groups = (1, 20, 3) if smoke else (20, 100, GROUPS)
    files = 16
    regions = Watched(folder / 'page', groups, mb_per_second)
    with Run(regions, 'run-0', 'copying'), Run(regions, 'run-0'):
        for name in regions.tables:
            write_table(regions.source(name), 1, 100)
    regions.sync()
    answers, took = [], {'alone': [], 'asked': []}
    with regions.start('sender'):
        for number in range(2 * rounds):
            how = 'asked' if number % 2 else 'alone'
            with Run(regions, f'run-{number + 1}', 'copying'):
                write_commit(regions.source('copied'), number + 1, files, seconds * mb_per_second * 1_000_000 // files)
            asking = load(regions.port, seconds) if how == 'asked' else None
            wait_until(lambda epoch=number + 2: regions.newest()['epoch'] == epoch, f'epoch {number + 2}', 10 * seconds)
            took[how].append(regions.newest()['seconds'])
            if asking:
                said = json.loads(asking.communicate()[0])
                assert not said['failed'], f'{said["failed"]} answers of {len(said["ms"])} failed'
                answers.append(said['ms'])
            say(f'  {how}: {took[how][-1]:.1f} s')
    title = f'page and API, {RATE} requests/s, {groups + 1} groups, one copied at {mb_per_second} MB/s'
    for part in (0.5, 0.99):
        figures.add(f'{title}: p{part * 100:.0f}', 'ms', [ms[int(len(ms) * part)] for ms in answers],
                    'aim 20' if part > 0.9 else '')
    figures.add(f'{title}: an epoch', 's', took['asked'], 'aim 1.02',
                {'that of none asked': statistics.median(took['asked']) / statistics.median(took['alone'])})
