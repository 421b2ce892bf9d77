"""Parts of bench/run: copying between object stores, with the store of bench/store on the other core."""
import mmap
import os
import shutil
import socket

from far_store import (BUCKET, CLIENT_CORE, SERVER_CORE, FarStore, memory_folder, note_missing, peer)
from figures import say

MIB = 1 << 20
BOTH_CORES = f'{CLIENT_CORE},{SERVER_CORE}'


def pinned(core, act):
    """CPU seconds of a process on that core that does this."""
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, {int(core)})
        act()
        os._exit(0)
    _, status, used = os.wait4(pid, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime


def through_sockets(size):
    """CPU seconds of who takes so many bytes from a socket and sends as many into it, and does nothing with them."""
    ours, theirs = socket.socket(), None
    ours.bind(('127.0.0.1', 0))
    ours.listen()
    pid = os.fork()
    if pid == 0:
        os.sched_setaffinity(0, {int(SERVER_CORE)})
        theirs, _ = ours.accept()
        send(theirs, size)
        take(theirs, size)
        theirs.sendall(b'x')
        os._exit(0)

    def act():
        with socket.create_connection(ours.getsockname()) as connection:
            take(connection, size)
            send(connection, size)
            connection.recv(1)
    seconds = pinned(CLIENT_CORE, act)
    os.waitpid(pid, 0)
    ours.close()
    return seconds


def send(connection, size):
    with mmap.mmap(-1, MIB) as block:
        for _ in range(size // MIB):
            connection.sendall(block)


def take(connection, size):
    with mmap.mmap(-1, MIB) as block, memoryview(block) as view:
        while size > 0:
            size -= connection.recv_into(view)


def copied_in_memory(size):
    def act():
        source, target = bytearray(16 * MIB), bytearray(16 * MIB)
        for _ in range(max(size // (16 * MIB), 1)):
            target[:] = source
    return pinned(CLIENT_CORE, act)


def taken_in_turns(rounds, acts):
    """What each costs in each round; they take turns in going first."""
    costs = {name: [] for name in acts}
    for number in range(rounds):
        names = list(acts)
        for name in names[number % len(names):] + names[:number % len(names)]:
            say(f'  round {number + 1}: {name}')
            costs[name].append(acts[name](number))
    return costs


def add_ratios(figures, title, ours, theirs):
    figures.add(title, '', [b / a for a, b in zip(ours, theirs)], 'round by round')


def far_copy(figures, folder, rounds, smoke):
    """CPU of the client for a byte that it takes from one store and brings to another, plain and under TLS 1.3."""
    note_missing()
    count, size = (2, 9 * MIB) if smoke else (16, 256 * MIB)
    total = count * size
    with FarStore(folder) as plain, FarStore(folder, tls=True) as tls, FarStore(folder, threads=2) as wide:
        for store in (plain, tls, wide):
            store.add('big/o', count, size)

        def ours(store, cores=CLIENT_CORE):
            name = 'both' if cores == BOTH_CORES else 'ours'
            return lambda number: store.ours('copy', f's3://{BUCKET}/big', f's3://{BUCKET}/drop/{name}-{number}', 'o',
                                             count, size, 4, cores=cores)
        acts = {'socket': lambda _: through_sockets(total), 'memcpy': lambda _: copied_in_memory(total),
                'plain': ours(plain), 'tls': ours(tls), 'both cores': ours(wide, BOTH_CORES)}
        if peer('rclone'):
            for name, store in (('rclone', plain), ('rclone, tls', tls)):
                acts[name] = lambda number, store=store: store.rclone(f'from:{BUCKET}/big',
                                                                      f'to:{BUCKET}/drop/rclone-{number}', 4)
        costs = taken_in_turns(rounds, acts)
    cpu = {name: [getattr(one, 'cpu_seconds', one) * 1e9 / total for one in values] for name, values in costs.items()}
    figures.add('floor: out of a socket and into one', 'ns/byte', cpu['socket'], 'CPU of the one core; loopback')
    figures.add('floor: memcpy', 'ns/byte', cpu['memcpy'])
    for name, title in (('plain', 'store to store, http'), ('tls', 'store to store, TLS 1.3'),
                        ('rclone', 'rclone, http'), ('rclone, tls', 'rclone, TLS 1.3')):
        if name in cpu:
            figures.add(title, 'ns/byte', cpu[name], f'CPU of the client, {count} objects of {size // MIB} MiB')
    for name in ('plain', 'tls'):
        figures.add(f'peak memory, {name}', 'MB', [one.peak_bytes / 1e6 for one in costs[name]])
    if 'rclone' in cpu:
        add_ratios(figures, 'rclone over ours, http', cpu['plain'], cpu['rclone'])
        add_ratios(figures, 'rclone over ours, TLS 1.3', cpu['tls'], cpu['rclone, tls'])
    speeds = {name: [total / one.seconds / 1e9 for one in costs[name]] for name in ('plain', 'both cores')}
    figures.add('store to store, one core', 'GB/s', speeds['plain'], 'the server has the other')
    figures.add('store to store, both cores', 'GB/s', speeds['both cores'], 'which the server works on too')
    figures.add('work of all threads over the busiest', '', [one.spread for one in costs['both cores']], 'both cores')


def far_files(figures, folder, rounds, smoke):
    """CPU of the client for a byte that it brings from files to a store, and back."""
    note_missing()
    count, size = (2, 9 * MIB) if smoke else (4, 256 * MIB)
    place = memory_folder(folder)
    try:
        with FarStore(folder) as store:
            store.add('big/o', count, size)
            store.ours('copy', f's3://{BUCKET}/big', f'file://{place}/up', 'o', count, size, 4)

            def to_files(act):
                def measured(number):
                    (place / 'down').mkdir()
                    cost = act(number)
                    shutil.rmtree(place / 'down')
                    return cost
                return measured
            acts = {
                'upload': lambda number: store.ours('copy', f'file://{place}/up', f's3://{BUCKET}/drop/u{number}', 'o',
                                                    count, size, 4),
                'download': to_files(lambda _: store.ours('copy', f's3://{BUCKET}/big', f'file://{place}/down', 'o',
                                                          count, size, 4))}
            if peer('s5cmd'):
                acts |= {
                    's5cmd upload': lambda number: store.s5cmd(f'{place}/up/o*', f's3://{BUCKET}/drop/s{number}/', 4),
                    's5cmd download': to_files(lambda _: store.s5cmd(f's3://{BUCKET}/big/*', f'{place}/down/', 4))}
            costs = taken_in_turns(rounds, acts)
    finally:
        if place != folder:
            shutil.rmtree(place)
    cpu = {name: [one.cpu_seconds * 1e9 / (count * size) for one in values] for name, values in costs.items()}
    for name, values in cpu.items():
        figures.add(f'files, {name}', 'ns/byte', values, f'{count} files of {size // MIB} MiB, http')
    for name in ('upload', 'download'):
        if f's5cmd {name}' in cpu:
            add_ratios(figures, f's5cmd over ours, {name}', cpu[name], cpu[f's5cmd {name}'])


def far_small(figures, folder, rounds, smoke):
    """Objects of 4 KiB a second: store to store, from files, and placed by the store itself."""
    note_missing()
    count, streams = (50, 8) if smoke else (100_000, 64)
    place = memory_folder(folder)
    try:
        with FarStore(folder) as store:
            store.add('small/o', count, 4096)
            store.ours('copy', f's3://{BUCKET}/small', f'file://{place}/small', 'o', count, 4096, streams)

            def copied(source, target):
                return lambda number: store.ours('copy', source, f's3://{BUCKET}/drop/{target}{number}', 'o', count,
                                                 4096, streams)
            acts = {'copy': copied(f's3://{BUCKET}/small', 'c'), 'upload': copied(f'file://{place}/small', 'u'),
                    'place': lambda number: store.ours('place', f's3://{BUCKET}/small',
                                                       f's3://{BUCKET}/placed/{number}', 'o', count, streams)}
            if peer('rclone'):
                acts['rclone'] = lambda number: store.rclone(f'from:{BUCKET}/small', f'to:{BUCKET}/drop/r{number}',
                                                             streams)
            if peer('s5cmd'):
                acts['s5cmd'] = lambda number: store.s5cmd(f'{place}/small/o*', f's3://{BUCKET}/drop/s{number}/',
                                                           streams)
            costs = taken_in_turns(rounds, acts)
            served = store.cpu_seconds()
    finally:
        if place != folder:
            shutil.rmtree(place)
    for name, title in (('copy', 'small objects, store to store'), ('rclone', 'small objects, rclone'),
                        ('upload', 'small files'), ('s5cmd', 'small files, s5cmd'),
                        ('place', 'placements by the store')):
        if name not in costs:
            continue
        figures.add(title, 'objects/s', [count / one.seconds for one in costs[name]], f'{count:,} of 4 KiB, one core')
        figures.add(f'{title}, of the client', 'a CPU s', [count / one.cpu_seconds for one in costs[name]])
    for ours, theirs in (('copy', 'rclone'), ('upload', 's5cmd')):
        if theirs in costs:
            for what in ('seconds', 'cpu_seconds'):
                add_ratios(figures, f'small objects, {theirs} over ours, {what}',
                           *([getattr(one, what) for one in costs[name]] for name in (ours, theirs)))
    figures.add('the server, all of it', 'CPU s', [served])


def far_memory(figures, folder, rounds, smoke):
    """Peak of resident memory of 64 streams, of one group and of four, and of one object of 100 GiB, of which a part is
    copied."""
    rounds = min(rounds, 3)
    count, size, streams, large = (4, 9 * MIB, 4, 20 * MIB) if smoke else (128, 48 * MIB, 64, 100 << 30)
    with FarStore(folder) as store:
        store.add('many/o', count, size)
        store.add('large/o', 1, large)
        peaks, of_groups, of_large = [], [], []
        for number in range(rounds):
            for name, groups, found in (('m', 1, peaks), ('g', 4, of_groups)):
                found.append(store.ours('copy', f's3://{BUCKET}/many', f's3://{BUCKET}/drop/{name}{number}', 'o', count,
                                        size, streams, groups).peak_bytes / 1e6)
        of_large.append(store.ours('copy', f's3://{BUCKET}/large', f's3://{BUCKET}/drop/l', 'o', 1, large,
                                   1).peak_bytes / 1e6)
    figures.add(f'peak memory of {streams} streams', 'MB', peaks, f'{count} objects of {size // MIB} MiB')
    figures.add(f'peak memory of {streams} streams of four groups', 'MB', of_groups,
                f'{count} objects of {size // MIB} MiB')
    figures.add('peak memory of one object', 'MB', of_large, f'of {large // MIB:,} MiB')
