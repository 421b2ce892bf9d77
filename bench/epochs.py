"""Part of bench/run: what an epoch of the same size costs on tables of very different sizes."""
import json
import statistics
import time

from figures import make, measure, say
from lakeferry import BINARY, Regions, Run
from tables import write_commit, write_table

COMMITS, FILES, FILE_BYTES = 10, 10, 1_000


def grown(folder, files):
    """Two regions with a replicated table of `files` files. A small table is replicated, then both its sides get a
    checkpoint that holds as many files more, and lose the commits before: the logs are those of a large table. Data
    files that no epoch sends or removes are never opened, so these files need not exist."""
    regions = Regions(folder, ['t'])
    with Run(regions, 'run-0'):
        write_table(regions.source('t'), FILES, FILE_BYTES)
    regions.sync()
    make('checkpoint', files - FILES, regions.source('t'), regions.target('t'))
    return regions


def cost_of_pass(regions, role):
    return measure([BINARY, role, '-c', regions.config(role), '--once'])


def epochs(figures, folder, rounds, smoke):
    """CPU of one pass of each role over a new epoch of ten commits with ten files each: flat, whatever the table's
    size, is what it should be."""
    sizes = [100, 2_000] if smoke else [1_000, 100_000, 1_000_000, 10_000_000]
    worlds, costs = {}, {}
    for files in sizes:
        say(f'a replicated table of {files:,} files')
        worlds[files] = grown(folder / f'epochs-{files}', files)
    for number in range(rounds + 1):
        for files, regions in worlds.items():
            with Run(regions, f'run-{number + 1}'):
                for commit in range(COMMITS):
                    write_commit(regions.source('t'), 1 + COMMITS * number + commit, FILES, FILE_BYTES)
                # Delta dates a commit at least a millisecond after the one before: all are to be before the run's end.
                time.sleep(COMMITS / 1000)
            passes = {role: cost_of_pass(regions, role) for role in ('sender', 'receiver')}
            assert regions.status('receiver')['epoch'] == number + 2, regions.status('receiver')
            if number > 0:  # the first one warms the cache
                costs.setdefault(files, []).append(passes)
    for files in sizes[:2]:  # the larger ones differ in nothing but their size
        for table in (worlds[files].source('t'), worlds[files].target('t')):
            listed = json.loads(measure([BINARY, 'log', table.as_uri(), '--json'], keep_output=True).stdout)
            assert listed['num_files'] == files + (rounds + 1) * COMMITS * FILES, listed
    for role in ('sender', 'receiver'):
        smallest = statistics.median(cost[role].cpu_seconds for cost in costs[sizes[0]])
        for files in sizes:
            passes = [cost[role] for cost in costs[files]]
            cpu = [cost.cpu_seconds for cost in passes]
            name = f'epoch of {COMMITS * FILES} files on {files:,}, {role}'
            figures.add(f'{name}: CPU', 's', cpu, 'process start included',
                        {f'that of {sizes[0]:,}': statistics.median(cpu) / smallest} if files > sizes[0] else {})
            figures.add(f'{name}: wall', 's', [cost.seconds for cost in passes])
            figures.add(f'{name}: peak', 'MB', [cost.peak_bytes / 1e6 for cost in passes])
