"""kill -9 at a random moment, two hundred times, over real files, judged by a foreign reader.

LAKEFERRY_KILL_SEED repeats a run (as far as the machine does); LAKEFERRY_KILL_ROUNDS changes how many rounds there are.
"""
import os
import random
import time

import delta_tables
import pytest
from delta_tables import assert_same_commits, assert_tables_equal, orders, write
from lakeferry import BINARY, Regions, Run
import subprocess

TABLES = ['bronze', 'silver', 'gold']
ROUNDS = int(os.environ.get('LAKEFERRY_KILL_ROUNDS', 100))
STORIES = 4  # in each mode; what a foreign reader has to read grows with a story's length
SEED = int(os.environ.get('LAKEFERRY_KILL_SEED', time.time_ns() % 1_000_000_000))


class Story:
    """A group that gets a new run every round; remembers the cut of each run, by table."""

    def __init__(self, folder, mode, dice):
        self.regions = Regions(folder, TABLES, mode=mode)
        self.dice = dice
        self.cuts = []
        self.rows = {}  # of a table's version at the source, read once
        self.pass_seconds = {'sender': 0.2, 'receiver': 0.2}

    def next_run(self):
        """A few commits: appends, now and then a rewrite of silver, and a table that stays as it was."""
        number = len(self.cuts)
        run_id = f'run-{number}'
        with Run(self.regions, run_id):
            for table in TABLES:
                for _ in range(1 if number == 0 else self.dice.choice([0, 1, 1, 2])):
                    mode = 'overwrite' if table == 'silver' and self.dice.random() < 0.3 else 'append'
                    write(self.regions.source(table), orders(number * 100, self.dice.randint(1, 20)), mode, run_id)
        self.cuts.append({table: delta_tables.version(self.regions.source(table)) for table in TABLES})

    def kill_during(self, role):
        """One pass of the role, killed after a random part of the time a whole pass takes; true if it was under way."""
        began = time.monotonic()
        process = subprocess.Popen([BINARY, role, '-c', self.regions.config(role), '--once'],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(self.dice.uniform(0, self.pass_seconds[role] * 1.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        # It was faster than the kill: learn how long a pass takes here.
        self.pass_seconds[role] = (self.pass_seconds[role] + time.monotonic() - began) / 2
        return False

    def recover(self):
        """One undisturbed pass of each role; what is there afterwards must be whole."""
        self.regions.sync()

    def source_versions_of_replica(self):
        """What `versions` says is applied, by table."""
        return {table: row['applied_version'] for table, row in self.regions.versions().items()}

    def assert_whole(self):
        """Every replica equals its source at one and the same cut, which is the newest."""
        cut = self.cuts[-1]
        assert self.source_versions_of_replica() == cut
        for table in TABLES:
            assert_tables_equal(self.regions.source(table), cut[table], self.regions.target(table))
            if self.regions.mode == 'mirror':
                assert_same_commits(self.regions.source(table), self.regions.target(table), range(cut[table] + 1))

    def assert_readable(self, before):
        """Right after a kill every replica is readable and each table stands at one of the last two cuts."""
        for table in TABLES:
            if not delta_tables.has_log(self.regions.target(table)):
                assert before is None, f'{table} is gone'
                continue
            rows = delta_tables.rows_of(self.regions.target(table))
            cuts = [cut for cut in (before, self.cuts[-1]) if cut is not None]
            if self.regions.mode == 'mirror':
                at = delta_tables.version(self.regions.target(table))
                assert (before or {}).get(table, 0) <= at <= self.cuts[-1][table]
                assert rows == self.source_rows(table, at)
            else:
                assert rows in [self.source_rows(table, cut[table]) for cut in cuts]

    def source_rows(self, table, version):
        if (table, version) not in self.rows:
            self.rows[table, version] = delta_tables.rows_of(self.regions.source(table), version)
        return self.rows[table, version]


@pytest.mark.parametrize('story_number', range(STORIES))
@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_group_is_whole_after_every_kill(tmp_path, mode, story_number, record_property):
    record_property('seed', SEED)
    print(f'seed {SEED}')
    dice = random.Random(f'{SEED} {mode} {story_number}')
    story = Story(tmp_path, mode, dice)
    under_way = 0
    rounds = ROUNDS // (2 * STORIES)
    for _ in range(rounds):
        before = story.cuts[-1] if story.cuts else None
        story.next_run()
        kills = dice.choice([['sender'], ['receiver'], ['sender', 'receiver'], ['receiver', 'receiver']])
        for role in kills:
            if role == 'receiver':
                story.regions.pass_once('sender')
            under_way += story.kill_during(role)
            story.assert_readable(before)
        story.recover()
        story.assert_whole()
    record_property('kills under way', under_way)
    print(f'{under_way} kills found the process at work')
    assert under_way >= rounds // 2, 'too many kills came too late to say anything'
    epochs = story.regions.history('receiver')
    assert len({epoch['epoch'] for epoch in epochs}) == len(epochs)
