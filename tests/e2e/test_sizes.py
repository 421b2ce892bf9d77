"""Sizes that somebody else declares: whatever a manifest, a part, a receipt or a commit says of itself, no process
takes more than 256 MiB, the groups beside it go on, and so does its own once the fault is gone."""
import json
import os
import shutil

import pytest
from delta_tables import assert_tables_equal, orders, version, write
from lakeferry import DONE, FAILED, Regions, Run
from measured import pass_measured

PEAK_MIB = 256
MANIFEST_BYTES = 8 << 20
GIB = 1 << 30


def write_run(regions, run_id, tables):
    with Run(regions, run_id):
        for table in tables:
            path = regions.source(table)
            write(path, orders(version(path) * 100 + 100 if path.exists() else 0, 10), run_id=run_id)


def within_memory(regions, role, record_property, code=DONE):
    measured = pass_measured(regions, role)
    record_property(f'{role}_peak_mib', round(measured.peak_mib))
    print(f'{role}: {measured.peak_mib:.0f} MiB, {measured.cpu_s:.1f} s, exit {measured.code}')
    assert measured.code == code, measured.log
    assert measured.peak_mib <= PEAK_MIB, f'{role} took {measured.peak_mib} MiB'
    return measured


@pytest.fixture
def groups(tmp_path):
    """Two groups of a table each, whose second epoch is staged: silver's is to be spoiled."""
    found = Regions(tmp_path, ['bronze', 'silver'], group=None)
    write_run(found, 'run-1', found.tables)
    found.sync()
    write_run(found, 'run-2', found.tables)
    found.pass_once('sender')
    return found


def epoch_folder(groups, epoch=2):
    return groups.staging / 'silver' / 'epochs' / f'{epoch:020d}'


def goes_on(groups):
    """The healthy group has arrived; the other does with the next passes."""
    assert_tables_equal(groups.source('bronze'), 1, groups.target('bronze'))
    for _ in range(2):
        groups.pass_once('sender', code=None)
        groups.pass_once('receiver', code=None)
    groups.sync()
    for table in groups.tables:
        assert_tables_equal(groups.source(table), 1, groups.target(table))


def repeated(before, piece, after, size):
    count = (size - len(before) - len(after)) // len(piece)
    return before + piece * count + after


MANIFESTS = {
    'of_250_mb': repeated('{"format":2,"run_ids":["r"', ',"r"', ']}\n', 250 << 20),
    'sparse_of_40_gb': 40 * GIB,
    'just_below_the_limit': repeated('{"format":2,"x":[0', ',0', ']}\n', MANIFEST_BYTES),
    'just_below_with_runs': repeated('{"format":2,"run_ids":[""', ',""', ']}\n', MANIFEST_BYTES),
    'just_beyond_the_limit': repeated('{"format":2,"x":[0', ',0', ']}\n', MANIFEST_BYTES + 100),
}


def spoil(path, content):
    """Other bytes, or so many of none at all."""
    path.chmod(0o644)
    if isinstance(content, int):
        os.truncate(path, content)
    else:
        path.write_text(content)


@pytest.mark.parametrize('name', MANIFESTS)
def test_manifest(groups, name, record_property):
    spoil(epoch_folder(groups) / 'manifest', MANIFESTS[name])
    measured = within_memory(groups, 'receiver', record_property, code=FAILED)
    assert 'cannot be read' in measured.log
    within_memory(groups, 'sender', record_property)
    goes_on(groups)


def declare(groups, size):
    path = epoch_folder(groups) / 'manifest'
    manifest = json.loads(path.read_text())
    manifest['tables'][0]['parts'][0]['bytes'] = size
    path.write_text(json.dumps(manifest) + '\n')


@pytest.mark.parametrize('name, longer, declared', [
    ('sparse_of_40_gb', 40 * GIB, None), ('as_long_as_is_declared', 40 * GIB, 40 * GIB),
    ('shorter_than_declared', None, 40 * GIB), ('as_long_as_a_part_may_be', 16 << 20, 16 << 20)])
def test_part(groups, name, longer, declared, record_property):
    (part,) = (epoch_folder(groups) / 'parts').iterdir()
    if longer:
        spoil(part, longer)
    if declared:
        declare(groups, declared)
    within_memory(groups, 'receiver', record_property, code=FAILED)
    receipt = json.loads((groups.staging / 'silver' / 'receipts' / f'{2:020d}').read_text())
    assert not receipt['applied'] and 'part' in receipt['reason']
    if declared == 16 << 20:
        # A manifest that reads well and is another than the sender's stops its group, whatever its sizes.
        assert_tables_equal(groups.source('bronze'), 1, groups.target('bronze'))
    else:
        goes_on(groups)


@pytest.mark.parametrize('content', [GIB, 40 * GIB, repeated('{"x":[0', ',0', ']}', MANIFEST_BYTES)],
                         ids=['sparse_of_1_gb', 'sparse_of_40_gb', 'just_below_the_limit'])
def test_receipt(groups, content, record_property):
    receipt = groups.staging / 'silver' / 'receipts' / f'{2:020d}'
    receipt.write_text('')
    spoil(receipt, content)
    measured = within_memory(groups, 'sender', record_property, code=FAILED)
    assert receipt.name in measured.log and 'receipt' in measured.log
    within_memory(groups, 'receiver', record_property, code=FAILED)
    assert_tables_equal(groups.source('bronze'), 1, groups.target('bronze'))
    receipt.unlink()
    goes_on(groups)


# --- commits


def line(action, **fields):
    return json.dumps({action: fields}, separators=(',', ':')) + '\n'


def add(path, size, **fields):
    return line('add', path=path, partitionValues={}, size=size, modificationTime=4_000_000_000_000, dataChange=True,
                **fields)


def write_lines(path, lines):
    number = version(path) + 1
    (path / '_delta_log' / f'{number:020d}.json').write_text(
        line('commitInfo', timestamp=1, operation='WRITE') + ''.join(lines))
    return number


def tagged_files(path, count, tags):
    """Adds of `count` further names of a file that the table has."""
    data = next(path.glob('*.parquet'))
    for number in range(count):
        name = f'more-{number}.parquet'
        shutil.copyfile(data, path / name)
        yield add(name, data.stat().st_size, tags=tags)


def few_long_tags(path):
    write_lines(path, tagged_files(path, 80, {'note': 'x' * 1_000_000}))


def longest_lines(path):
    write_lines(path, tagged_files(path, 5, {'note': 'x' * 16_000_000}))


def many_tags(path):
    write_lines(path, tagged_files(path, 20, {f'k{number:07d}': '' for number in range(250_000)}))


def many_commits(path):
    for line_of in tagged_files(path, 80, {'note': 'x' * 1_000_000}):
        write_lines(path, [line_of])


def many_files(path):
    """80,000 files that come and go."""
    names = [f'gone-{number}.parquet' for number in range(80_000)]
    write_lines(path, (add(name, 10, tags={'note': 'x' * 900}) for name in names))
    write_lines(path, (line('remove', path=name, deletionTimestamp=1, dataChange=True, size=10) for name in names))


def tags_of_removes(path):
    names = [f'gone-{number}.parquet' for number in range(80)]
    write_lines(path, (add(name, 10) for name in names))
    write_lines(path, (line('remove', path=name, deletionTimestamp=1, dataChange=True, size=10,
                            tags={'note': 'x' * 1_000_000}) for name in names))


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
@pytest.mark.parametrize('commit', [few_long_tags, longest_lines, many_tags, many_commits, many_files, tags_of_removes])
def test_commit_of_80_mb(tmp_path, commit, mode, record_property):
    keys = {'history': 'cuts-only'} if mode == 'mirror' else None
    regions = Regions(tmp_path, ['silver'], mode=mode, group_keys=keys)
    write_run(regions, 'run-1', regions.tables)
    regions.sync()
    with Run(regions, 'run-2'):
        commit(regions.source('silver'))
    within_memory(regions, 'sender', record_property)
    within_memory(regions, 'receiver', record_property)
    source = regions.source('silver')
    assert_tables_equal(source, version(source), regions.target('silver'))
    regions.pass_once('sender')
    assert regions.history('sender')[0]['state'] == 'applied'


# So many that one net of them would take more than the bound. Of what 1,000,000 may take, a fifth goes by the number of
# files, and the other part is there whatever a commit names.
MANY_FILES = 300_000
PEAK_OF_MANY_MIB = 110


NAME = '{:020}-part-00000-0f8fad5b-d9cb-469f-a165-70867728950e-0123456789.snappy.parquet'


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_commits_that_name_many_files(tmp_path, mode, record_property):
    """Files that come and go: what they come to has to be found, and none of them to be copied."""
    keys = {'history': 'cuts-only'} if mode == 'mirror' else None
    regions = Regions(tmp_path, ['silver'], mode=mode, group_keys=keys)
    write_run(regions, 'run-1', regions.tables)
    regions.sync()
    source = regions.source('silver')
    names = [NAME.format(number) for number in range(MANY_FILES // 2)]
    with Run(regions, 'run-2'):
        write_lines(source, (add(name, 10) for name in names))
        write_lines(source, (line('remove', path=name, deletionTimestamp=1, dataChange=True, size=10)
                             for name in names))
    for role in ('sender', 'receiver'):
        measured = within_memory(regions, role, record_property)
        assert measured.peak_mib <= PEAK_OF_MANY_MIB and 'too many files' not in measured.log
    assert_tables_equal(source, version(source), regions.target('silver'))


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_line_of_80_mb_is_refused_until_it_is_gone(tmp_path, mode, record_property):
    regions = Regions(tmp_path, ['bronze', 'silver'], mode=mode, group=None)
    write_run(regions, 'run-1', regions.tables)
    regions.sync()
    with Run(regions, 'run-2'):
        write(regions.source('bronze'), orders(100, 10))
        number = write_lines(regions.source('silver'), [add('f', 10, tags={'note': 'x' * 80_000_000})])
    measured = within_memory(regions, 'sender', record_property, code=FAILED)
    assert "field 'tags' of 'add'" in measured.log and 'lake.silver' in measured.log
    within_memory(regions, 'receiver', record_property)
    assert_tables_equal(regions.source('bronze'), 1, regions.target('bronze'))
    (regions.source('silver') / '_delta_log' / f'{number:020d}.json').unlink()
    write_run(regions, 'run-3', ['silver'])
    regions.sync()
    assert_tables_equal(regions.source('silver'), 1, regions.target('silver'))
