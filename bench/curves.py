"""Part of bench/run: how fast objects of every size are copied by any number of streams. bench/draw_curves makes a
picture of it."""
from far_store import BUCKET, FarStore
from figures import say

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
SIZES = [KIB, 16 * KIB, 256 * KIB, 4 * MIB, 64 * MIB, GIB]
STREAMS = [1 << power for power in range(10)]
COUNT_MAX = 8_000
POINT_BYTES = 2 * GIB  # of one measurement, but that each stream has an object
POINT_BYTES_MAX = 8 * GIB


def size_name(size):
    for unit, name in ((GIB, 'GiB'), (MIB, 'MiB'), (KIB, 'KiB')):
        if size >= unit:
            return f'{size // unit} {name}'
    return f'{size} B'


def points_of(smoke):
    """(size, streams, objects): no point with more streams than can have an object each."""
    if smoke:
        return [(KIB, 1, 20), (KIB, 8, 20), (MIB, 4, 4)]
    points = []
    for size in SIZES:
        for streams in STREAMS:
            count = max(streams, min(COUNT_MAX, POINT_BYTES // size))
            if count * size <= POINT_BYTES_MAX:
                points.append((size, streams, count))
    return points


def far_curves(figures, folder, rounds, smoke):
    """Bytes a second from store to store, by size of objects and number of streams; one core of the client."""
    with FarStore(folder) as store:
        for size, streams, count in points_of(smoke):
            say(f'  {streams} streams of {size_name(size)}')
            store.add(f'curve{size}/o', count, size)
            speeds = []
            for number in range(min(rounds, 3)):
                cost = store.ours('copy', f's3://{BUCKET}/curve{size}',
                                  f's3://{BUCKET}/drop/v{size}-{streams}-{number}', 'o', count, size, streams)
                speeds.append(count * size / cost.seconds / 1e6)
            figures.add(f'{streams} streams of {size_name(size)}', 'MB/s', speeds, f'{count:,} objects',
                        point={'size': size, 'streams': streams})
