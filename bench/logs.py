"""Parts of bench/run: reading Delta logs, in one process and as a whole beside the peers."""
import json
import statistics
import subprocess

from figures import BUILD, PYTHON, ROOT, make, measure, say

KERNEL = ROOT / 'build' / 'tools' / 'peers' / 'kernel_log'
BASE_BYTES = 60_000_000  # what a process may take before its first live file


def replay(figures, folder, rounds, smoke):
    """Actions a second in one process, from memory."""
    wanted = 'ReplayOneCommit/1000$|ReplayManyCommits/10$' if smoke else 'ReplayOneCommit/.*0000|ReplayManyCommits/2000'
    done = subprocess.run([BUILD / 'bench' / 'replay_bench', f'--benchmark_filter={wanted}', '--benchmark_format=json',
                           f'--benchmark_repetitions={rounds}', '--benchmark_min_time=' + ('0.01' if smoke else '0.5')],
                          check=True, capture_output=True, text=True)
    names = {}
    for run in json.loads(done.stdout)['benchmarks']:
        if run['run_type'] == 'iteration':
            names.setdefault(run['run_name'], []).append(run['items_per_second'])
    for name, values in names.items():
        figures.add(f'replay {name}', 'actions/s', values)


def tools(table):
    """Who lists the live files of a table, and how: whole processes; the peers say besides how long it took within."""
    commands = {'lakeferry': [BUILD / 'lakeferry', 'log', table.as_uri(), '--files', '--json'],
                'delta-rs': [PYTHON, ROOT / 'bench' / 'peers' / 'delta_rs_log.py', table]}
    if KERNEL.exists():
        commands['delta-kernel'] = [KERNEL, table]
    return commands


def checked(table, files):
    """The command lines, after one run of each that warms the cache and shows that all see the same files."""
    commands = tools(table)
    ours = measure([BUILD / 'lakeferry', 'log', table.as_uri(), '--json'], keep_output=True)
    assert json.loads(ours.stdout)['num_files'] == files, ours.stdout[:1000]
    for name in set(commands) - {'lakeferry'}:
        seen = json.loads(measure(commands[name], keep_output=True).stdout)['files']
        assert seen == files, f'{name} sees {seen:,} files of {files:,}'
    return commands


def compare(figures, title, table, files, rounds):
    """All tools take turns, each going first in some rounds."""
    say(title)
    commands = checked(table, files)
    names = list(commands)
    costs, inside = {name: [] for name in names}, {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            peer = name != 'lakeferry'
            cost = measure(commands[name], keep_output=peer)  # ours prints every file: to nowhere
            costs[name].append(cost)
            if peer:
                inside[name].append(json.loads(cost.stdout)['seconds'])
    for name in names:
        report(figures, f'{title}: {name}', files, costs[name], inside[name])
    for name in names[1:]:
        for what, unit in (('seconds', 'time'), ('cpu_seconds', 'CPU'), ('peak_bytes', 'peak memory')):
            ratio = median(costs['lakeferry'], what) / median(costs[name], what)
            figures.add(f'{title}: {unit}, lakeferry to {name}', '×', [ratio], 'of the medians; below 1 is less')


def median(costs, what):
    return statistics.median(getattr(cost, what) for cost in costs)


def report(figures, name, files, costs, inside):
    seconds = [cost.seconds for cost in costs]
    figures.add(f'{name}, process', 's', seconds, f'{files / statistics.median(seconds):,.0f} files/s')
    if inside:
        figures.add(f'{name}, within it', 's', inside, f'{files / statistics.median(inside):,.0f} files/s')
    figures.add(f'{name}, CPU', 's', [cost.cpu_seconds for cost in costs])
    beyond = (median(costs, 'peak_bytes') - BASE_BYTES) / files
    figures.add(f'{name}, peak', 'MB', [cost.peak_bytes / 1e6 for cost in costs],
                f'{beyond:,.0f} bytes a live file beyond {BASE_BYTES / 1e6:.0f} MB' if beyond > 0 else '')


def logs(figures, folder, rounds, smoke):
    """Listing the live files of tables that have commits only: the peers beside us on the same data."""
    sizes = [(2_000, 20), (2_000, 1)] if smoke else [(300_000, 300), (300_000, 1), (1_000_000, 1)]
    for adds, commits in sizes:
        table = folder / f'log-{adds}-{commits}'
        make('log', table, adds, commits)
        compare(figures, f'{adds:,} adds in {commits:,} commit{"s" * (commits > 1)}', table, adds, rounds)


def checkpoint(figures, folder, rounds, smoke):
    """The same for a table whose files stand in a checkpoint."""
    files = 5_000 if smoke else 10_000_000
    table = folder / f'checkpoint-{files}'
    say(f'making a checkpoint of {files:,} files')
    make('log', table, 0, 1)
    make('checkpoint', files, table)
    compare(figures, f'checkpoint of {files:,} files', table, files, rounds)
