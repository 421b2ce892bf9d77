"""Part of bench/run: services that look after very many tables and have nothing to do."""
import os
import re
import time
from pathlib import Path

from figures import ROOT, say
from lakeferry import Regions, Run, wait_until
from passes import memory_mb
from tables import write_commit, write_table

TICKS = os.sysconf('SC_CLK_TCK')
INTERVAL = 5  # seconds between two polls
WITH_WORK = 'late'
DONE_WITH_IT = {'sender': 'epoch staged', 'receiver': 'epoch applied'}


class Groups(Regions):
    """Tables in groups of so many each."""

    def __init__(self, folder, groups, tables_each):
        self.tables_each = tables_each
        super().__init__(folder, [f't{number}' for number in range(groups * tables_each)], workspace={
            'sync_interval': f'{INTERVAL}s', 'poll_interval': f'{INTERVAL}s'})

    def configuration(self, role):
        document = super().configuration(role)
        groups = [self.group_entry(f'group{first}', self.tables[first:first + self.tables_each])
                  for first in range(0, len(self.tables), self.tables_each)]
        # The last of all, whose work is what a service comes to first when it starts.
        groups[-1]['workflow'] = WITH_WORK
        document['workspaces'][0]['sync_groups'] = groups
        return document

    def make_work(self, run_id):
        """A finished run of the last group, with a commit."""
        with Run(self, run_id, WITH_WORK):
            write_commit(self.source(self.tables[-1]), 1, 1, 100)


def environment_of(role):
    """What the unit of the package sets."""
    unit = (ROOT / 'systemd' / f'lakeferry-{role}.service').read_text()
    return dict(re.findall('^Environment=([^=]+)=(.*)$', unit, re.M))


def cpu_of(pid):
    fields = Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def first_work(service, role, already):
    """Seconds from the start until the one group that has work has done it."""
    began = time.monotonic()
    wait_until(lambda: DONE_WITH_IT[role] in service.log.read_text()[already:], 'the first useful work', 300)
    return time.monotonic() - began


def until_quiet(pid):
    """Until it has nothing to do but look: a start reads what there is."""
    def quiet():
        before = cpu_of(pid)
        time.sleep(1)
        return cpu_of(pid) - before < 0.2
    wait_until(quiet, 'the service has nothing to do', 300)


def many(figures, folder, rounds, smoke):
    """CPU of a poll of all tables, and memory, of services that have nothing to do."""
    groups, tables_each, polls = (3, 2, 1) if smoke else (500, 20, 4)
    regions = Groups(folder / 'many', groups, tables_each)
    say(f'  {len(regions.tables):,} tables in {groups} groups')
    with Run(regions, 'run-1'), Run(regions, 'run-1', WITH_WORK):
        for name in regions.tables:
            write_table(regions.source(name), 1, 100)
    regions.sync()
    regions.sync()
    regions.make_work('run-2')
    title = f'{len(regions.tables):,} tables in {groups} groups'
    for role in ('sender', 'receiver'):
        log = regions.folder / f'{role}.log'
        already = len(log.read_text()) if log.exists() else 0
        with regions.start(role, env=environment_of(role)) as service:
            pid = service.process.pid
            worked = first_work(service, role, already)
            assert 'jemalloc' in Path(f'/proc/{pid}/maps').read_text(), 'the unit has an allocator: scripts/install'
            time.sleep(INTERVAL)
            until_quiet(pid)
            begun = cpu_of(pid)
            polled = []
            for _ in range(min(rounds, 3)):
                before = cpu_of(pid)
                time.sleep(polls * INTERVAL)
                polled.append((cpu_of(pid) - before) / polls)
            resident, own = memory_mb(pid)
        figures.add(f'{title}: {role}, from its start to the first useful work', 's', [worked])
        figures.add(f'{title}: {role}, until it only looks', 'CPU s', [begun])
        figures.add(f'{title}: {role}, a poll of all', 'CPU s', polled, f'every {INTERVAL} s')
        figures.add(f'{title}: {role}, resident', 'MB', [resident], f'{own:.0f} MB of its own')
