"""Part of bench/run: memory of a whole table that goes over, both modes, both sides, the first time and again."""
import json
import shutil

from figures import make, measure, say
from lakeferry import BINARY, Regions, Run
from tables import give_another_vector

BASE_BYTES = 100_000_000  # what a process may take whatever the table holds
COMMITS = 10
OBJECTS = 1_000


def note(figures, name, files, cost):
    figures.add(f'{name}: beyond 100 MB', 'B a file', [(cost.peak_bytes - BASE_BYTES) / files], 'aim 64')
    figures.add(f'{name}: peak', 'MB', [cost.peak_bytes / 1e6])
    figures.add(f'{name}: CPU', 's', [cost.cpu_seconds])
    figures.add(f'{name}: wall', 's', [cost.seconds])


def planned(figures, folder, mode, files):
    """What a sender needs to know of so many files with names of their own: all but the copying."""
    regions = Regions(folder / f'planned-{mode}', ['t'], mode=mode)
    with Run(regions, 'run-1'):
        make('log', regions.source('t'), files, COMMITS)
    cost = measure([BINARY, 'plan', '-c', regions.config('sender'), regions.group, '--json'], keep_output=True)
    (group,) = json.loads(cost.stdout)['groups']
    assert group['tables'][0]['files'] == files, group
    note(figures, f'{mode}, {files:,} files, plan of a first epoch', files, cost)
    shutil.rmtree(regions.folder)


def lose_a_file(regions, files):
    """The next epoch builds upon a file that the target has lost: the receiver asks for the whole table."""
    with Run(regions, 'run-2'):
        path = give_another_vector(regions.source('t'), COMMITS, files)
    (regions.target('t') / path).unlink()
    regions.pass_once('sender')
    refused = regions.pass_once('receiver', code=None)
    assert refused.code != 0, f'the receiver did not miss {path}:\n{refused}'


def passed(figures, folder, mode, files):
    """Passes of both roles. The files share a few objects, so that no pass is one of an hour: objects go over a few
    hundred at a time, and what is measured is what is known of files."""
    regions = Regions(folder / f'whole-{mode}', ['t'], mode=mode)
    with Run(regions, 'run-1'):
        make('shared', regions.source('t'), files, OBJECTS, COMMITS)
    for epoch, what in ((1, 'first epoch'), (3, 'restage whole')):
        if epoch > 1:
            lose_a_file(regions, files)
        for role in ('sender', 'receiver'):
            say(f'whole, {mode}, {what}: {role}')
            cost = measure([BINARY, role, '-c', regions.config(role), '--once'])
            note(figures, f'{mode}, {files:,} files, {what}, {role}', files, cost)
        assert regions.status('receiver')['epoch'] == epoch, regions.status('receiver')
    listed = json.loads(measure([BINARY, 'log', regions.target('t').as_uri(), '--json'], keep_output=True).stdout)
    assert listed['num_files'] == files, listed
    shutil.rmtree(regions.folder)


def whole(figures, folder, rounds, smoke):
    """Peak memory a file of a whole table of ten million, beyond 100 MB. One round: passes take minutes."""
    files = 5_000 if smoke else 10_000_000
    for mode in ('clone', 'mirror'):
        planned(figures, folder, mode, files)
        passed(figures, folder, mode, files)
