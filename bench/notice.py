"""Part of bench/run: how long it takes from a run's end until both services know that its epoch is applied."""
import random
import time

from lakeferry import Regions, Run, wait_until
from tables import write_commit, write_table

TABLES, FILES, FILE_BYTES = 3, 10, 1_000
APPLIED = 'the receiver has applied an epoch'


def lines_with(log, words):
    return sum(words in line for line in log.read_text().splitlines())


def notice(figures, folder, rounds, smoke):
    """Both services run with the poll interval they have by default. What the work itself takes is what the history of
    either role says."""
    regions = Regions(folder / 'notice', [f't{number}' for number in range(TABLES)])
    whole, beyond, dice = [], [], random.Random(17)
    with Run(regions, 'run-0'):
        for name in regions.tables:
            write_table(regions.source(name), FILES, FILE_BYTES)
    with regions.start('sender') as sender, regions.start('receiver') as receiver:
        for number in range(rounds + 1):
            wait_until(lambda: lines_with(sender.log, APPLIED) == number + 1, f'epoch {number + 1} applied')
            noticed = time.time()
            if number > 0:  # the first came while the services started
                work = sum(regions.history(role)[0]['seconds'] for role in ('sender', 'receiver'))
                whole.append(noticed - ended)
                beyond.append(noticed - ended - work)
            # Longer than sync_interval, so that no cut has to wait for it; and at any moment between two polls.
            time.sleep(1.5 + dice.random())
            with Run(regions, f'run-{number + 1}'):
                for name in regions.tables:
                    write_commit(regions.source(name), number + 1, FILES, FILE_BYTES)
                time.sleep(0.01)
                ended = time.time()
        assert sender.stop() == 0 and receiver.stop() == 0
    figures.add('from a run\'s end to applied on both sides', 's', whole,
                f'{TABLES} tables of {FILES} files; `runs add` by hand included')
    figures.add('the same, beyond the work itself', 's', beyond, 'poll_interval 500 ms on either side')
