"""Parts of bench/run: whole passes of the binary: copying, and having nothing to do."""
import resource
import subprocess
import sys
import time
from pathlib import Path

from lakeferry import Regions, Run
from tables import write_table


def replicated_region(folder, tables, files, file_bytes):
    regions = Regions(folder, [f't{number}' for number in range(tables)])
    with Run(regions, 'run-1'):
        for name in regions.tables:
            write_table(regions.source(name), files, file_bytes)
    return regions


def cpu_seconds(call):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds(call):
    began = time.monotonic()
    call()
    return time.monotonic() - began


def copy(figures, folder, rounds, smoke):
    """GB/s of a sender's pass over new files (read, checksum, write, sync to disk) beside cp and sync of the same."""
    ours, theirs, received = copied(folder, rounds, *((4, 100_000) if smoke else (16, 64 << 20)))
    figures.add('copy by a sender pass', 'GB/s', ours, '16 files of 64 MiB, CRC-64, fsync each')
    figures.add('copy by cp -r and sync', 'GB/s', theirs, 'no checksum')
    figures.add('copy, sender over cp', '', [a / b for a, b in zip(ours, theirs)], 'round by round')
    figures.add('verify and place by a receiver pass', 'GB/s', received, 'hard links, so no bytes written')


def small(figures, folder, rounds, smoke):
    """The same of many small files, in files a second."""
    files, file_bytes = (50, 1 << 10) if smoke else (20_000, 16 << 10)
    paces = [[pace * 1e9 / file_bytes for pace in paces] for paces in copied(folder, rounds, files, file_bytes)]
    ours, theirs, received = paces
    figures.add('small files by a sender pass', 'files/s', ours, '20,000 files of 16 KiB')
    figures.add('small files by cp -r and sync', 'files/s', theirs, 'no checksum')
    figures.add('small files, sender over cp', '', [a / b for a, b in zip(ours, theirs)], 'round by round')
    figures.add('small files placed by a receiver pass', 'files/s', received, 'bytes in batches')


def warm(gigabytes):
    """Takes that much memory and gives it back: what a virtual machine has to fetch from its host is fetched then. In
    a process of its own: what children measure of their peaks counts from this one's size."""
    size = int(gigabytes * 1e9) + (256 << 20)
    take = 'import mmap, sys\nwith mmap.mmap(-1, int(sys.argv[1])) as memory:\n' \
           '    for page in range(0, len(memory), mmap.PAGESIZE): memory[page] = 1\n'
    subprocess.run([sys.executable, '-c', take, str(size)], check=True)


def copied(folder, rounds, files, file_bytes):
    """GB/s of a sender's pass, of cp and sync, and of a receiver's pass, a value each round."""
    ours, received, theirs = [], [], []
    for number in range(rounds):
        regions = replicated_region(folder / f'copy-{number}', 1, files, file_bytes)
        source, gigabytes = regions.source('t0'), files * file_bytes / 1e9

        def peer():
            subprocess.run(['cp', '-r', source, regions.folder / 'peer'], check=True)
            subprocess.run(['sync', '-f', regions.folder / 'peer'], check=True)

        def sender():
            regions.pass_once('sender')

        # Take turns in going first, and start from the same: sources read once, nothing waiting to be written, memory
        # at hand. Nothing is deleted meanwhile: ext4 passes over inodes that were freed just now, one by one.
        subprocess.run(['sync', '-f', folder], check=True)
        for act, values in ((peer, theirs), (sender, ours))[::1 if number % 2 else -1]:
            warm(gigabytes)
            values.append(gigabytes / seconds(act))
            subprocess.run(['sync', '-f', folder], check=True)
        received.append(gigabytes / seconds(lambda: regions.pass_once('receiver')))
    return ours, theirs, received


def memory_mb(pid):
    text = Path(f'/proc/{pid}/smaps_rollup').read_text()
    fields = {line.split(':')[0]: int(line.split()[1]) for line in text.splitlines()[1:]}
    return fields['Rss'] / 1024, fields['Pss_Anon'] / 1024


def idle(figures, folder, rounds, smoke):
    """A thousand tables and no news: CPU of one pass, and memory of a daemon that has nothing to do."""
    tables = 10 if smoke else 1_000
    regions = replicated_region(folder / 'idle', tables, 1, 100)
    regions.sync()
    regions.sync()
    for role in ('sender', 'receiver'):
        figures.add(f'idle pass of {tables:,} tables, {role}', 'CPU s',
                    [cpu_seconds(lambda: regions.pass_once(role)) for _ in range(rounds)], 'process start included')
    for role in ('sender', 'receiver'):
        resident, anonymous = [], []
        for _ in range(min(rounds, 3)):
            with regions.start(role) as daemon:
                time.sleep(1 if smoke else 5)
                both = memory_mb(daemon.process.pid)
            resident.append(both[0])
            anonymous.append(both[1])
        figures.add(f'idle {role}, {tables:,} tables: resident', 'MB', resident)
        figures.add(f'idle {role}, {tables:,} tables: of its own', 'MB', anonymous, 'anonymous memory, no shared code')
