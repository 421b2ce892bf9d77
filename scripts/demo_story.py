"""Tells the story of lakeferry with the real binary and a foreign Delta engine (delta-rs), and checks every claim it
makes: where one does not hold it says so and fails. Started by scripts/demo."""
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / 'scripts' / 'regions'))
import delta_tables  # noqa: E402
from delta_tables import orders, write  # noqa: E402
from lakeferry import BINARY, Regions, Run  # noqa: E402

TABLES = ['bronze', 'silver', 'gold']
COLOUR = sys.stdout.isatty() and not os.environ.get('NO_COLOR')
KILL_TRIES = 25


class Untrue(Exception):
    """Something the story says did not happen."""


def paint(code, text):
    return f'\033[{code}m{text}\033[0m' if COLOUR else text


def chapter(title):
    print('\n' + paint('1;36', title))


def tell(text):
    for line in textwrap.wrap(text, 96):
        print('  ' + line)


def command(words):
    print(paint('2', f'  $ lakeferry {words}'))


def claim(true, text):
    print(('  ' + paint('32', '✓ ') if true else '  ' + paint('1;31', '✗ ')) + text)
    if not true:
        raise Untrue(text)


def table(headings, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headings, *rows)]
    print('    ' + paint('2', '  '.join(cell.ljust(width) for cell, width in zip(headings, widths)).rstrip()))
    for row in rows:
        print('    ' + '  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def count(path, at=None):
    return sum(delta_tables.rows_of(path, at).values())


def cut_of(regions):
    return {name: delta_tables.version(regions.source(name)) for name in TABLES}


def show_replica(regions, cut):
    """Versions, counts and content side by side, each read by delta-rs; the claim is that all are equal."""
    rows, equal = [], True
    applied = regions.versions()
    for name in TABLES:
        source, target = regions.source(name), regions.target(name)
        same = delta_tables.rows_of(source, cut[name]) == delta_tables.rows_of(target)
        equal = equal and same and applied[name]['applied_version'] == cut[name]
        rows.append([name, f'v{delta_tables.version(source)}', count(source), f'v{cut[name]}',
                     f'v{applied[name]["applied_version"]}', count(target), 'equal' if same else 'DIFFERENT'])
    table(['table', 'source now', 'rows now', 'cut', 'replica holds', 'rows', 'content'], rows)
    return equal


def run_one(regions):
    chapter('1  A nightly run writes three tables in region west')
    tell('bronze, silver and gold are Delta tables, written by delta-rs. lakeferry learns of the run from its ledger; '
         'an Airflow or Databricks job would be asked instead.')
    with Run(regions, 'run-1'):
        write(regions.source('bronze'), orders(0, 50_000), run_id='run-1')
        write(regions.source('silver'), orders(0, 30_000), run_id='run-1', partition_by=['region'])
        write(regions.source('silver'), orders(30_000, 15_000, 'east'), run_id='run-1')
        write(regions.source('gold'), orders(0, 500), run_id='run-1')
    cut = cut_of(regions)
    command('runs add nightly --run-id run-1 --start … --end … --state success')
    command('sender --once      (west: cut, copy, manifest)')
    regions.pass_once('sender')
    command('receiver --once    (east: verify, commit, receipt)')
    regions.pass_once('receiver')
    claim(show_replica(regions, cut), 'the replica in region east equals run 1, table by table, row by row')
    return cut


def run_two_half_way(regions, cut):
    chapter('2  Run 2 has rewritten silver, but not gold, when lakeferry looks')
    run = Run(regions, 'run-2').begin()
    write(regions.source('bronze'), orders(50_000, 10_000), run_id='run-2')
    write(regions.source('silver'), orders(0, 52_000), mode='overwrite', run_id='run-2')
    regions.sync()
    (group,) = regions.run('sender', 'plan').document['groups']
    command('plan')
    tell(f'“{group["reason"]}”')
    claim(group['cut'] is None, 'nothing of a run that is not finished is sent')
    claim(show_replica(regions, cut), 'the replica still stands at run 1, in all three tables')
    return run


def run_two_ends(regions, run):
    chapter('3  Run 2 ends')
    write(regions.source('gold'), orders(500, 100), run_id='run-2')
    run.finish()
    cut = cut_of(regions)
    regions.sync()
    claim(show_replica(regions, cut), 'the replica has followed, again as one whole')
    return cut


def kill_in_the_middle(regions, cut):
    chapter('4  kill -9 in the middle of applying')
    tell('Run after run is applied, and the receiver is killed at another moment each time, until it has been caught '
         'with some of the three tables already committed and others not.')
    caught = 0
    for number in range(3, 3 + KILL_TRIES):
        run_id = f'run-{number}'
        with Run(regions, run_id):
            for name in TABLES:
                write(regions.source(name), orders(100_000 + number * 1_000, 400), run_id=run_id)
        before, cut = cut, cut_of(regions)
        regions.pass_once('sender')
        moved = kill_while_applying(regions)
        regions.pass_once('receiver')
        whole = all(delta_tables.rows_of(regions.source(name), cut[name]) == delta_tables.rows_of(regions.target(name))
                    for name in TABLES)
        if not whole:
            claim(False, f'after the kill in {run_id} and a restart the group is whole (was at {before})')
        if 0 < len(moved) < len(TABLES):
            caught += 1
            tell(f'{run_id}: killed with {" and ".join(moved)} committed and the rest not. Restart.')
            break
    claim(caught > 0, 'a kill landed between two tables of the group')
    claim(show_replica(regions, cut), 'after the restart the group is whole: rolled forward, nothing lost')
    return cut


def kill_while_applying(regions):
    """Kills a receiver's pass as soon as its first table has a new version; the tables that had one by then."""
    logs = {name: regions.target(name) / '_delta_log' for name in TABLES}
    at = {name: len(list(log.glob('*.json'))) for name, log in logs.items()}
    process = subprocess.Popen([BINARY, 'receiver', '-c', regions.config('receiver'), '--once'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def moved():
        return [name for name, log in logs.items() if len(list(log.glob('*.json'))) > at[name]]

    while process.poll() is None and not moved():
        pass
    process.kill()
    process.wait()
    return moved()


def epilogue(regions):
    chapter('5  What the operator sees')
    command('verify --deep')
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    claim(group['ok'], f'{group["files_checked"]} files, {group["bytes_checked"]:,} bytes compared with the manifests')
    command('history orders')
    rows = [[epoch['epoch'], ', '.join(epoch['run_ids']), epoch['state'], epoch['files'], f'{epoch["bytes"]:,}',
             f'{epoch["seconds"]:.2f}'] for epoch in regions.history('receiver')[:6]]
    table(['epoch', 'runs', 'state', 'files', 'bytes', 'seconds'], rows)


def main():
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix='lakeferry-demo-'))
    print(paint('1', 'lakeferry') + ': groups of Delta tables in a second region, each group always at a finished run.')
    try:
        regions = Regions(folder, TABLES)
        cut = run_one(regions)
        run = run_two_half_way(regions, cut)
        cut = run_two_ends(regions, run)
        kill_in_the_middle(regions, cut)
        epilogue(regions)
    except (Untrue, AssertionError, subprocess.SubprocessError) as error:
        print('\n' + paint('1;31', f'Not as told: {error}'), file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f'\n{paint("1;32", "All of it as told")}, in {time.monotonic() - began:.0f} seconds; read by delta-rs '
          'and not by lakeferry itself.')
    return 0


if __name__ == '__main__':
    sys.exit(main())
