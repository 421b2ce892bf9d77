"""Parts of bench/run: reading Delta logs, in one process and as a whole beside the peers."""
import json
import statistics
import subprocess
from pathlib import Path

from figures import BEFORE, BUILD, PYTHON, ROOT, make, measure, say

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


def live_set(figures, folder, rounds, smoke):
    """CPU of a file that a table's live set takes in or gives up, in one process."""
    done = subprocess.run([BUILD / 'bench' / 'live_set_bench', '--benchmark_format=json',
                           f'--benchmark_repetitions={rounds}', '--benchmark_min_time=' + ('0.01' if smoke else '0.5')],
                          check=True, capture_output=True, text=True)
    names = {}
    for run in json.loads(done.stdout)['benchmarks']:
        if run['run_type'] == 'iteration':
            names.setdefault(run['run_name'], []).append(1e6 / run['items_per_second'])  # by CPU time
    for name, values in names.items():
        figures.add(f'live set {name}', 'µs', values)


# The command with its output, log_bench (the snapshot alone), and that of an older build.
OURS = ('lakeferry', 'engine', 'before')


def tools(table, keep):
    """Who lists the live files of a table, and how. All but the command say how many files they see, and how long it
    took from within."""
    commands = {'lakeferry': [BUILD / 'lakeferry', 'log', table.as_uri(), *['--files'] * keep, '--json'],
                'engine': [BUILD / 'bench' / 'log_bench', *['--list'] * keep, table.as_uri()],
                'delta-rs': [PYTHON, ROOT / 'bench' / 'peers' / 'delta_rs_log.py', table]}
    if BEFORE:
        commands['before'] = [Path(BEFORE) / 'bench' / 'log_bench', *['--list'] * keep, table.as_uri()]
    if KERNEL.exists():
        commands['delta-kernel'] = [KERNEL, table]
    return commands


def compare(figures, title, table, files, rounds, keep=True):
    """All tools take turns, each going first in some rounds. `keep`: the engine has the list of files in memory at the
    end, as the peers do; else it hands them on, as to its own steps."""
    say(title)
    commands = tools(table, keep)
    names = list(commands)
    rounds_of = {name: [] for name in names}  # (cost, seconds within it) each
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            cost = measure(commands[name], keep_output=name != 'lakeferry')  # it prints every file: to nowhere
            said = json.loads(cost.stdout) if cost.stdout else {'files': files}
            assert said['files'] == files, f'{name} sees {said["files"]:,} files of {files:,}'
            if number > 0:  # the first time around warms the cache
                rounds_of[name].append((cost, said.get('seconds')))
    for name in names:
        report(figures, title, files, rounds_of, name)


def report(figures, title, files, rounds_of, name):
    """The rows of one tool; those of ours say besides how many times the peers' figures they are."""
    def row(what, unit, of, note=lambda value: ''):
        values = {tool: [of(*one) for one in rounds_of[tool]] for tool in rounds_of}
        if None in values[name]:
            return
        own = statistics.median(values[name])
        peers = [tool for tool in rounds_of if name in OURS and tool not in OURS]
        figures.add(f'{title}: {name}, {what}', unit, values[name], note(own),
                    {peer: own / statistics.median(values[peer]) for peer in peers})

    def pace(seconds):
        return f'{files / seconds:,.0f} files/s'

    def bytes_a_file(megabytes):
        beyond = max(0, megabytes * 1e6 - BASE_BYTES) / files
        return f'{beyond:,.0f} bytes a live file beyond {BASE_BYTES / 1e6:.0f} MB'

    row('process', 's', lambda cost, inside: cost.seconds, pace)
    row('within it', 's', lambda cost, inside: inside, pace)
    row('CPU', 's', lambda cost, inside: cost.cpu_seconds)
    row('peak', 'MB', lambda cost, inside: cost.peak_bytes / 1e6, bytes_a_file)


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
    compare(figures, f'checkpoint of {files:,} files', table, files, rounds, keep=False)
