#!/usr/bin/env python3
"""Records what lakeferry says, for docs/: every screen, what it answers to ten mistakes, and the demo.

    scripts/record_screens.py [--check]

Makes two regions on disk with the real binary, does what the pages tell, and writes docs/screens.md and docs/demo.txt.
Fails where a line has more than 80 columns but for a place, or where a command ends otherwise than the page is to show.
With --check nothing is written, and docs/screens.md must say the same but for numbers, times and where lines break.
Needs scripts/build and scripts/install demo.
"""
import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / 'build' / 'tools' / 'python' / 'bin' / 'python'
if Path(sys.prefix).resolve() != PYTHON.parent.parent.resolve():
    os.execv(PYTHON, [str(PYTHON), str(Path(__file__).resolve()), *sys.argv[1:]])
sys.path.insert(0, str(ROOT / 'scripts' / 'regions'))
from delta_tables import orders, write  # noqa: E402
from lakeferry import BINARY, DONE, FAILED, NOT_IN_SYNC, REFUSED, USAGE, Regions, Run, call, wait_until  # noqa: E402

COLUMNS = 80
TABLES = ['bronze', 'silver', 'gold']
SHOWN_AS = '/srv'
# Lines of the log go to a journal, and are as long as they are.
LOG_LINE = re.compile(r'\d{4}-\d\d-\d\dT[\d:.]+Z (debug|info|warning|error) ')


def width(line):
    return sum((unicodedata.east_asian_width(c) in 'WF') + (not unicodedata.combining(c)) for c in line)


def too_wide(line):
    """Places, which are never broken, stand on a line of their own."""
    return width(line) > COLUMNS and not re.fullmatch(r'\s*(where: )?\S+', line)


class Page:
    """A page of screens; paths of the temporary folder are shown as of a lake below /srv."""

    def __init__(self, folder):
        self.folder, self.text = str(folder), ''

    def say(self, text):
        self.text += text + '\n'

    def shown(self, text):
        return text.replace(self.folder, SHOWN_AS)

    def screen(self, regions, role, *words, code=DONE, options=()):
        done = call([BINARY, words[0], '-c', regions.config(role), *words[1:], *options])
        said = [line for line in done.stderr.splitlines(keepends=True) if not LOG_LINE.match(line)]
        output = self.shown(done.stdout + ''.join(said))
        assert done.code == code, f'exit code {code} expected of {words}:\n{done}'
        wide = [line for line in output.splitlines() if too_wide(line)]
        assert not wide, f'{words}: more than {COLUMNS} columns:\n' + '\n'.join(wide)
        self.say(f'```\n$ lakeferry {self.shown(" ".join(words))}\n{output.rstrip()}\n[exit {code}]\n```\n')


def a_run(regions, run_id, first):
    with Run(regions, run_id):
        for table in regions.tables:
            write(regions.source(table), orders(first, 5))


def running_world(folder, **keys):
    regions = Regions(folder, TABLES, **keys)
    a_run(regions, 'scheduled__2026-11-28T00:00:00+00:00', 0)
    regions.sync()
    a_run(regions, 'scheduled__2026-11-29T00:00:00+00:00', 5)
    regions.sync()
    regions.sync()
    return regions


def screens(page, folder):
    regions = running_world(folder)
    page.say('# Screens\n\nMade by `scripts/record_screens.py` with the real binary. Every line has at most 80 '
             'columns, but for places\n(paths and URIs), which are never broken.\n')
    for title, role, *words in (
            ('The receiver, once both epochs are applied', 'receiver', 'status'),
            ('What the replica holds', 'receiver', 'history', 'orders'),
            ('Table by table', 'receiver', 'versions'),
            ('Is it whole?', 'receiver', 'verify', '--deep'),
            ('Do the sources still hold what was sent?', 'sender', 'verify', '--source'),
            ('The run ledger', 'sender', 'runs', 'list', 'nightly'),
            ('The next cut', 'sender', 'plan'),
            ('The sender', 'sender', 'status'),
            ('What is wrong with the configuration', 'receiver', 'check')):
        page.say(f'## {title}\n')
        page.screen(regions, role, *words)
    page.say('## A snapshot of any Delta table\n')
    page.screen(regions, 'receiver', 'log', regions.target('gold').as_uri())
    a_run(regions, 'scheduled__2026-11-30T00:00:00+00:00', 10)
    page.say('## Work that waits\n')
    page.screen(regions, 'sender', 'plan')
    page.screen(regions, 'sender', 'sync')
    page.screen(regions, 'receiver', 'sync')


def relocated(page, folder):
    page.say('## A table gets another place\n')
    regions = running_world(folder)
    old, new = regions.target('gold'), regions.target('gold').with_name('gold_eu')
    edited(regions, 'receiver', f'"{old.as_uri()}"', f'"{new.as_uri()}"')
    page.screen(regions, 'receiver', 'relocate', 'orders', 'lake.gold')
    page.screen(regions, 'receiver', 'relocate', 'orders', 'lake.gold', '--yes')
    old, new = regions.source('gold'), regions.source('gold').with_name('gold_us')
    old.rename(new)
    edited(regions, 'sender', f'"{old.as_uri()}"', f'"{new.as_uri()}"')
    page.screen(regions, 'sender', 'relocate', 'orders', 'lake.gold', '--yes')


def edited(regions, role, old, new):
    path = regions.config(role)
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


def mistakes(page, folder):
    page.say('## Ten mistakes, and the answers\n')
    worlds = iter(range(100))

    def world():
        return running_world(folder / str(next(worlds)))

    page.say('### 1. A key of the configuration is misspelt\n')
    regions = world()
    edited(regions, 'sender', '"sync_interval"', '"sync_intervall"')
    page.screen(regions, 'sender', 'check', code=USAGE)

    page.say('### 2. Source and target are exchanged\n')
    regions = world()
    source, target = regions.source('bronze').as_uri(), regions.target('bronze').as_uri()
    for role in ('sender', 'receiver'):
        edited(regions, role, source, 'file:///here')
        edited(regions, role, target, source)
        edited(regions, role, 'file:///here', target)
    page.screen(regions, 'sender', 'sync', code=REFUSED)
    page.screen(regions, 'receiver', 'sync', code=REFUSED)

    page.say('### 3. The path of a source is misspelt\n')
    regions = world()
    edited(regions, 'sender', regions.source('silver').as_uri(), regions.source('sliver').as_uri())
    page.screen(regions, 'sender', 'sync', code=REFUSED)

    page.say('### 4. The staging location is misspelt at the receiver\n')
    regions = world()
    edited(regions, 'receiver', regions.staging.as_uri(), regions.staging.as_uri() + 'x')
    page.screen(regions, 'receiver', 'check', code=FAILED)

    page.say('### 5. The target is somebody else\'s table\n')
    regions = Regions(folder / 'x', ['bronze'])
    write(regions.target('bronze'), orders(0, 3))
    a_run(regions, 'r1', 0)
    regions.pass_once('sender')
    page.screen(regions, 'receiver', 'sync', code=REFUSED)

    page.say('### 6. Somebody writes to the replica\n')
    regions = world()
    write(regions.target('gold'), orders(90, 1))
    a_run(regions, 'r3', 20)
    regions.pass_once('sender')
    page.screen(regions, 'receiver', 'sync', code=REFUSED)
    page.screen(regions, 'receiver', 'status')

    page.say('### 7. A time without a zone, epoch seconds, an unknown workflow\n')
    regions = world()
    for end in ('2026-11-29T10:00:00', '1795262400'):
        page.screen(regions, 'sender', 'runs', 'add', 'nightly', '--run-id', 'r9', '--end', end, '--state', 'success',
                    code=USAGE)
    page.screen(regions, 'sender', 'runs', 'add', 'nihgtly', '--run-id', 'r9', '--start', 'now', '--state', 'running')

    page.say('### 8. A run fails\n')
    regions = world()
    run = Run(regions, 'scheduled__2026-12-01T00:00:00+00:00').begin()
    write(regions.source('bronze'), orders(30, 1))
    run.finish('failed')
    page.screen(regions, 'sender', 'plan')

    page.say('### 9. The service was killed\n')
    regions = world()
    before = regions.status('receiver')['alive_ms']
    with regions.start('receiver') as daemon:
        wait_until(lambda: regions.run('receiver', 'status').document['process']['runs'], 'the service runs')
        wait_until(lambda: regions.status('receiver')['alive_ms'] != before, 'it has looked')
        daemon.kill()
    page.screen(regions, 'receiver', 'status', '--check', code=NOT_IN_SYNC)

    page.say('### 10. A data file of the replica was deleted\n')
    regions = world()
    next(regions.target('silver').glob('*.parquet')).unlink()
    page.screen(regions, 'receiver', 'verify', code=NOT_IN_SYNC)


def masked(page):
    """A line for each screen and each paragraph, without what differs from one recording to the next."""
    lines = []
    for block in re.split(r'\n(?=```\n\$ |#)', page):
        block = re.sub(r'clocks compared.*?(?=\n\n|\n\[exit|\Z)', 'clocks compared', block, flags=re.DOTALL)
        block = re.sub(r'\[exit (\d)\]', lambda code: f'[exit {"abcde"[int(code[1])]}]', block)
        block = re.sub(r'\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b', '#', block)
        block = re.sub(r'live set [0-9a-f]+', 'live set #', block)
        block = re.sub(r'(?<![\w/])[±]?\d[\w.:±-]*|(?<=\s)-(?=\s)', '#', block)
        lines.append(' '.join(re.sub(r'(# )+#', '#', ' '.join(block.split())).split()))
    return lines


def differences(page, now):
    return [line for line in difflib.unified_diff(masked(page), masked(now), 'docs/screens.md', 'the program', n=0,
                                                  lineterm='')]


def record_demo(folder):
    done = subprocess.run([PYTHON, ROOT / 'scripts' / 'demo_story.py'], capture_output=True, text=True, check=True,
                          env={**os.environ, 'NO_COLOR': '1', 'TMPDIR': str(folder)})
    return done.stdout.replace(str(folder), '/tmp').replace(str(ROOT), '.')


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--check', action='store_true', help='write nothing; fail where the page says something else')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='l') as folder:
        folder = Path(folder)
        page = Page(folder)
        screens(page, folder / 'w')
        relocated(page, folder / 'r')
        mistakes(page, folder / 'm')
        if options.check:
            found = differences((ROOT / 'docs' / 'screens.md').read_text(), page.text)
            print('\n'.join([*found, *(['record_screens: run scripts/record_screens.py'] if found else [])]))
            return 1 if found else 0
        (ROOT / 'docs' / 'screens.md').write_text(page.text)
        (ROOT / 'docs' / 'demo.txt').write_text(record_demo(folder))
    return 0


if __name__ == '__main__':
    sys.exit(main())
