"""Sizes at which a program that holds everything in memory, or works file by file in the wrong order, falls over.
Reduced for every day: 200,000 files in one commit, 3,000 files copied in one cut, a vector on each of 10,000 files,
one file of half a GiB, paths of 900 bytes. Memory is what the operating system says the process held at most."""
import json
import subprocess
import sys

import pytest
from delta_tables import DeltaRs, orders, version, write
from lab import TABLE, log_file, of_kind
from lakeferry import BINARY, Regions, Run

MIB = 1 << 20


# What a process held before it became another program counts as well, so that a small one has to start it.
MEASURE = """import os, sys
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))"""


def peak_bytes(words):
    """Runs a command to its end; its output and the most memory it held."""
    done = subprocess.run([sys.executable, '-S', '-c', MEASURE, *map(str, words)], capture_output=True)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout, int(done.stderr.split()[-1]) * 1024


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    return Regions(tmp_path, [TABLE], mode=request.param, group='huge')


def template(table):
    """A table of one file, the file's bytes, and its add."""
    write(table, orders(0, 3))
    (add,) = of_kind(table, 'add', 0)
    return add, (table / add['path']).read_bytes()


def commit(table, adds):
    with log_file(table, version(table) + 1).open('w') as log:
        log.write('{"commitInfo":{"timestamp":1,"operation":"WRITE"}}\n')
        for add in adds:
            log.write(json.dumps({'add': add}, separators=(',', ':')) + '\n')


def test_two_hundred_thousand_files_in_one_commit_are_read(tmp_path, record_property):
    table = tmp_path / 'table'
    add, _ = template(table)
    commit(table, (add | {'path': f'part-{number:05}-00000000-0000-4000-8000-{number:012}-c000.snappy.parquet'}
                   for number in range(200_000)))
    output, peak = peak_bytes([BINARY, 'log', table.as_uri(), '--json'])
    assert json.loads(output)['num_files'] == 200_001
    record_property('peak_mib', peak // MIB)
    assert peak < 600 * MIB, f'{peak // MIB} MiB'
    output, listing_peak = peak_bytes([BINARY, 'log', table.as_uri(), '--json', '--files'])
    assert len(json.loads(output)['files']) == 200_001
    record_property('listing_peak_mib', listing_peak // MIB)
    assert listing_peak < peak + 200_001 * 200, f'{(listing_peak - peak) // 200_001} bytes a file'


@pytest.mark.parametrize('together', [True, False], ids=['in-one-commit', 'in-commits'])
def test_many_lines_of_the_greatest_length_are_read_one_at_a_time(tmp_path, record_property, together):
    table = tmp_path / 'table'
    add, _ = template(table)
    tags = {f'{number:06}': 'x' for number in range(250_000)}
    adds = [add | {'path': f'part-{number}.parquet', 'tags': tags, 'stats': 'x' * (11 * MIB)} for number in range(12)]
    for adds_of_one in [adds] if together else [[each] for each in adds]:
        commit(table, adds_of_one)
    output, peak = peak_bytes([BINARY, 'log', table.as_uri(), '--json'])
    assert json.loads(output)['num_files'] == 13
    record_property('peak_mib', peak // MIB)
    assert peak < 256 * MIB, f'{peak // MIB} MiB'


@pytest.mark.parametrize('entries', [75_000, 18_750], ids=['one-line', 'four-lines'])
def test_many_commits_of_almost_a_mebibyte_are_read_side_by_side(tmp_path, record_property, entries):
    table = tmp_path / 'table'
    add, _ = template(table)
    tags = {f'{number:06}': 'x' for number in range(entries)}
    lines = 75_000 // entries
    for number in range(24):
        commit(table, [add | {'path': f'part-{number}-{line}.parquet', 'tags': tags} for line in range(lines)])
    assert MIB * 3 // 4 < log_file(table, 1).stat().st_size < MIB
    output, peak = peak_bytes([BINARY, 'log', table.as_uri(), '--json'])
    assert json.loads(output)['num_files'] == 1 + 24 * lines
    record_property('peak_mib', peak // MIB)
    assert peak < 128 * MIB, f'{peak // MIB} MiB'


def test_three_thousand_files_in_one_cut(regions, record_property):
    source = regions.source(TABLE)
    with Run(regions, 'run-1'):
        add, content = template(source)
        names = [f'files/part-{number:05}.parquet' for number in range(3_000)]
        (source / 'files').mkdir()
        for name in names:
            (source / name).write_bytes(content)
        commit(source, (add | {'path': name} for name in names))
    peaks = [peak_bytes([BINARY, role, '-c', regions.config(role), '--once'])[1] for role in ('sender', 'receiver')]
    record_property('peaks_mib', [peak // MIB for peak in peaks])
    assert max(peaks) < 200 * MIB
    assert sum(DeltaRs(regions.target(TABLE)).rows().values()) == 3 * 3_001


def test_ten_thousand_vectors_in_one_commit(tmp_path, record_property):
    table = tmp_path / 'table'
    add, _ = template(table)
    adds = [add | {'path': f'part-{number:05}.parquet', 'deletionVector': {
        'storageType': 'u', 'pathOrInlineDv': 'vBn[lx{q8@P<9BNH/isA', 'offset': 1 + number * 42, 'sizeInBytes': 34,
        'cardinality': 1}} for number in range(10_000)]
    commit(table, adds)
    commit(table, [])
    output, peak = peak_bytes([BINARY, 'log', table.as_uri(), '--json', '--files'])
    document = json.loads(output)
    record_property('peak_mib', peak // MIB)
    assert document['num_files'] == 10_001
    offsets = {file['deletion_vector']['offset'] for file in document['files'] if file['deletion_vector']}
    assert len(offsets) == 10_000
    assert peak < 200 * MIB


def test_a_file_of_half_a_gibibyte_goes_through_in_pieces(regions, record_property):
    source = regions.source(TABLE)
    with Run(regions, 'run-1'):
        add, _ = template(source)
        with (source / 'large.parquet').open('wb') as large:
            large.truncate(1 << 29)
            large.seek(1 << 28)
            large.write(b'in the middle')
        commit(source, [add | {'path': 'large.parquet', 'size': 1 << 29}])
    peaks = [peak_bytes([BINARY, role, '-c', regions.config(role), '--once'])[1] for role in ('sender', 'receiver')]
    record_property('peaks_mib', [peak // MIB for peak in peaks])
    assert max(peaks) < 200 * MIB
    copy = regions.target(TABLE) / 'large.parquet'
    assert copy.stat().st_size == 1 << 29
    with copy.open('rb') as large:
        large.seek(1 << 28)
        assert large.read(13) == b'in the middle'


def test_paths_of_nine_hundred_bytes(regions):
    source = regions.source(TABLE)
    folder = '/'.join(['é' * 100] * 4 + ['x' * 90])
    with Run(regions, 'run-1'):
        add, content = template(source)
        (source / folder).mkdir(parents=True)
        (source / folder / 'a.parquet').write_bytes(content)
        encoded = f'{folder}/a.parquet'.replace('é', '%C3%A9')
        assert len(f'{folder}/a.parquet'.encode()) > 900
        commit(source, [add | {'path': encoded}])
    regions.sync()
    assert (regions.target(TABLE) / folder / 'a.parquet').read_bytes() == content
    assert sum(DeltaRs(regions.target(TABLE)).rows().values()) == 6
