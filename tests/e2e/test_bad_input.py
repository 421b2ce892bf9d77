"""What goes wrong in the world: each gets a message that names the thing and the way out, an exit code as designed, and
leaves the replica as it was."""
import json
import os
import shutil

import pyarrow
import pytest
import world_shim
from delta_tables import assert_tables_equal, files_below, orders, version, write
from lakeferry import DONE, FAILED, REFUSED, USAGE, Regions, Run, call, BINARY

TABLES = ['bronze', 'silver', 'gold']


@pytest.fixture
def regions(tmp_path):
    return Regions(tmp_path, TABLES)


@pytest.fixture(scope='session')
def shim(tmp_path_factory):
    return world_shim.built(tmp_path_factory.mktemp('shim'))


def write_run(regions, run_id, rows=10):
    with Run(regions, run_id):
        for table in TABLES:
            path = regions.source(table)
            write(path, orders(version(path) * 100 + 100 if path.exists() else 0, rows), run_id=run_id)
    return {table: version(regions.source(table)) for table in TABLES}


def replicated(regions):
    """A group whose first run has arrived, and a second run that has ended: the state to spoil."""
    cut = write_run(regions, 'run-1')
    regions.sync()
    write_run(regions, 'run-2')
    return cut, files_below(regions.secondary / 'lake')


def log_file(path, number):
    return path / '_delta_log' / f'{number:020d}.json'


def append_actions(path, *actions):
    """A commit by a writer that is not careful."""
    number = version(path) + 1
    info = {'commitInfo': {'timestamp': 1, 'operation': 'WRITE', 'userMetadata': 'run-2'}}
    log_file(path, number).write_text(''.join(json.dumps(action) + '\n' for action in (info, *actions)))


def assert_tells(error, *words):
    """The message, the place and the remedy are there, and together they name every one of `words`."""
    assert error['kind'] and error['message'] and error['remedy'], error
    text = ' '.join(str(error[key]) for key in ('message', 'where', 'remedy'))
    for word in words:
        assert word in text, f'"{word}" is not in: {text}'


def assert_sender_fails(regions, record_property, *words, code=FAILED):
    """The sender refuses, the receiver has nothing new, the replica is byte for byte what it was."""
    before = files_below(regions.secondary / 'lake')
    error = regions.failing_sync('sender', code)
    record_property('message', error)
    assert_tells(error, *words)
    regions.pass_once('receiver')
    assert files_below(regions.secondary / 'lake') == before
    assert regions.status('sender')['last_error'], 'status shows it too'


def test_missing_table(regions, record_property):
    replicated(regions)
    shutil.rmtree(regions.source('silver'))
    assert_sender_fails(regions, record_property, 'lake.silver')


def test_not_a_delta_table(regions, record_property):
    replicated(regions)
    shutil.rmtree(regions.source('silver') / '_delta_log')
    assert_sender_fails(regions, record_property, 'lake.silver', '_delta_log')


def test_empty_log(regions, record_property):
    replicated(regions)
    for file in (regions.source('silver') / '_delta_log').iterdir():
        file.unlink()
    assert_sender_fails(regions, record_property, 'lake.silver')


def test_truncated_json(regions, record_property):
    replicated(regions)
    commit = log_file(regions.source('silver'), 1)
    commit.write_bytes(commit.read_bytes()[:-40])
    assert_sender_fails(regions, record_property, '00000000000000000001.json')


def test_empty_commit(regions, record_property):
    replicated(regions)
    log_file(regions.source('silver'), 1).write_bytes(b'')
    assert_sender_fails(regions, record_property, '00000000000000000001.json')


def test_gap_in_the_log(regions, record_property):
    replicated(regions)
    write_run(regions, 'run-3')
    log_file(regions.source('silver'), 1).unlink()
    assert_sender_fails(regions, record_property, 'lake.silver')


def test_unreadable_checkpoint_without_the_commits_it_stands_for(regions, record_property):
    write_run(regions, 'run-1')
    write_run(regions, 'run-2')
    from deltalake import DeltaTable
    DeltaTable(str(regions.source('silver'))).create_checkpoint()
    log_file(regions.source('silver'), 0).unlink()
    checkpoint = regions.source('silver') / '_delta_log' / f'{1:020d}.checkpoint.parquet'
    checkpoint.write_bytes(checkpoint.read_bytes()[:100])
    assert_sender_fails(regions, record_property, 'checkpoint')


def test_unreadable_checkpoint_does_no_harm_while_the_commits_are_there(regions):
    write_run(regions, 'run-1')
    from deltalake import DeltaTable
    DeltaTable(str(regions.source('silver'))).create_checkpoint()
    checkpoint = regions.source('silver') / '_delta_log' / f'{0:020d}.checkpoint.parquet'
    whole = checkpoint.read_bytes()
    checkpoint.write_bytes(b'PAR1 and then something else')
    regions.sync()
    checkpoint.write_bytes(whole)
    assert_tables_equal(regions.source('silver'), 0, regions.target('silver'))


@pytest.mark.parametrize('kind', ['readerFeatures', 'writerFeatures'])
def test_unknown_feature(regions, record_property, kind):
    replicated(regions)
    protocol = {'minReaderVersion': 3, 'minWriterVersion': 7, 'readerFeatures': [], 'writerFeatures': ['timeMachine']}
    if kind == 'readerFeatures':
        protocol['readerFeatures'] = ['timeMachine']
    with Run(regions, 'run-3'):
        append_actions(regions.source('silver'), {'protocol': protocol})
    if kind == 'readerFeatures':
        assert_sender_fails(regions, record_property, 'lake.silver', 'timeMachine', code=None)
        return
    # Unknown to writers only: readers of the replica lose nothing, but a clone writes. Either way the name is told.
    done = regions.run('sender', 'sync', regions.group, code=None)
    assert done.code == DONE or 'timeMachine' in done.stderr


def test_file_gone_under_the_reader(regions, record_property):
    replicated(regions)
    silver = regions.source('silver')
    (added,) = [json.loads(line)['add'] for line in log_file(silver, 1).read_text().splitlines() if '"add"' in line]
    (silver / added['path']).unlink()
    assert_sender_fails(regions, record_property, added['path'])


@pytest.mark.parametrize('path', [
    '../../outside.parquet', '%2e%2e/%2e%2e/outside.parquet', 'a/../../../outside.parquet'])
def test_path_that_leaves_the_table(regions, record_property, path):
    replicated(regions)
    (regions.folder / 'outside.parquet').write_bytes(b'secret')
    with Run(regions, 'run-3'):
        append_actions(regions.source('silver'), {'add': {
            'path': path, 'partitionValues': {}, 'size': 6, 'modificationTime': 1, 'dataChange': True}})
    assert_sender_fails(regions, record_property, 'outside.parquet', code=None)
    assert not any(b'secret' in content for content in files_below(regions.secondary).values())


def test_symbolic_link_that_leaves_the_table(regions, record_property):
    replicated(regions)
    silver = regions.source('silver')
    (regions.folder / 'outside.parquet').write_bytes(b'secret')
    (silver / 'link.parquet').symlink_to(regions.folder / 'outside.parquet')
    with Run(regions, 'run-3'):
        append_actions(silver, {'add': {'path': 'link.parquet', 'partitionValues': {}, 'size': 6,
                                        'modificationTime': 1, 'dataChange': True}})
    assert_sender_fails(regions, record_property, 'link.parquet', code=None)
    assert not any(b'secret' in content for content in files_below(regions.secondary).values())


@pytest.mark.parametrize('table', [True, False])
def test_target_not_empty_and_not_ours(regions, record_property, table):
    write_run(regions, 'run-1')
    if table:
        write(regions.target('gold'), orders(0, 3))
    else:
        regions.target('gold').mkdir(parents=True)
        (regions.target('gold') / 'somebody.parquet').write_bytes(b'x')
    before = files_below(regions.secondary / 'lake')
    regions.pass_once('sender')
    error = regions.failing_sync('receiver', REFUSED)
    record_property('message', error)
    assert_tells(error, 'gold')
    assert files_below(regions.secondary / 'lake') == before


def test_foreign_commit_on_a_clone_is_named(regions, record_property):
    _, _ = replicated(regions)
    write(regions.target('silver'), orders(900, 1))
    before = files_below(regions.secondary / 'lake')
    regions.pass_once('sender')
    error = regions.failing_sync('receiver', None)
    record_property('message', error)
    assert_tells(error, 'silver')
    assert files_below(regions.secondary / 'lake') == before


def test_staging_shared_by_two_configurations(regions, tmp_path, record_property):
    write_run(regions, 'run-1')
    regions.sync()
    other = Regions(tmp_path / 'other', TABLES)
    other.staging = regions.staging
    other.write_configuration()
    write_run(other, 'run-1')
    staged = files_below(regions.staging)
    error = other.failing_sync('sender', REFUSED)
    record_property('message', error)
    assert_tells(error, 'staging')
    assert files_below(regions.staging) == staged


def test_recreated_source_is_named(regions, record_property):
    replicated(regions)
    shutil.rmtree(regions.source('silver'))
    write_run(regions, 'run-3')
    write_run(regions, 'run-4')
    assert_sender_fails(regions, record_property, 'lake.silver', code=None)


def test_tampered_manifest_is_refused(regions, record_property):
    _, before = replicated(regions)
    regions.pass_once('sender')
    staged = f'epochs/{2:020}/'
    manifests = [path for path in regions.staging.rglob('*') if path.is_file() and staged in path.as_posix()]
    assert manifests
    for path in manifests:
        path.write_bytes(path.read_bytes().replace(b'"size"', b'"sise"').replace(b'lake', b'rake'))
    error = regions.failing_sync('receiver', None)
    record_property('message', error)
    assert error['remedy']
    assert files_below(regions.secondary / 'lake') == before


def test_damaged_staged_file_is_not_committed(regions, record_property):
    _, before = replicated(regions)
    regions.pass_once('sender')
    data = [path for path in regions.staging.rglob('*.parquet')]
    assert data
    for path in data:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.unlink()
        path.write_bytes(content)
    error = regions.failing_sync('receiver', None)
    record_property('message', error)
    assert error['kind'] == 'corrupt_data', error
    logs = {name for name in files_below(regions.secondary / 'lake') if '_delta_log' in name}
    assert logs == {name for name in before if '_delta_log' in name}


def test_clock_gone_backwards(regions, shim):
    """A day back on both sides: nothing goes back, and when the clock is right again everything follows."""
    cut, before = replicated(regions)
    past = world_shim.environment(shim, clock_offset_s=-86400)
    for role in ('sender', 'receiver'):
        regions.run(role, role, '--once', code=None, as_json=False, env=past)
    epoch = regions.status('receiver')['epoch']
    assert epoch in (1, 2)
    if epoch == 1:
        assert files_below(regions.secondary / 'lake') == before
    regions.sync()
    assert regions.status('receiver')['epoch'] == 2
    for table in TABLES:
        assert_tables_equal(regions.source(table), 1, regions.target(table))
    assert cut != {table: 1 for table in TABLES}


@pytest.mark.parametrize('role', ['sender', 'receiver'])
def test_disk_full_at_each_write(regions, shim, role, record_property):
    """The disk fills up at the first, second, third … write of an epoch, until a pass gets by with what there is."""
    cut, before = replicated(regions)
    if role == 'receiver':
        regions.pass_once('sender')
    messages = set()
    for writes_max in range(0, 2000):
        done = regions.run(role, 'sync', regions.group, code=None, env=world_shim.environment(shim, writes_max))
        if done.code == DONE:
            break
        assert done.code == FAILED, done
        messages.add(done.error['kind'])
        assert_tells(done.error)
        for table in TABLES:  # readable, and at one of the two cuts
            at = version(regions.target(table))
            assert_tables_equal(regions.source(table), at, regions.target(table))
    record_property('message', sorted(messages))
    assert 'out_of_space' in messages
    assert writes_max > 3
    regions.sync()
    for table in TABLES:
        assert_tables_equal(regions.source(table), 1, regions.target(table))


def without_rights(words=()):
    """A command that runs without root's right to ignore permissions."""
    return ('setpriv', '--bounding-set=-dac_override,-dac_read_search') if os.geteuid() == 0 else ()


def test_read_only_target(regions, record_property):
    _, before = replicated(regions)
    regions.pass_once('sender')
    folders = [path for path in (regions.secondary / 'lake').rglob('*') if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        error = regions.failing_sync('receiver', FAILED, wrapper=without_rights())
    finally:
        for folder in folders:
            folder.chmod(0o755)
    record_property('message', error)
    assert error['kind'] == 'unauthorized', error
    assert_tells(error, str(regions.secondary / 'lake'))
    assert files_below(regions.secondary / 'lake') == before


def test_configuration_reports_all_errors_with_line_and_key(regions, record_property):
    text = regions.config('sender').read_text()
    regions.config('sender').write_text(text.replace('"sync_interval"', '"sync_intervall"').replace('"clone"',
                                                                                                         '"cloned"'))
    error = regions.run('sender', 'plan', code=USAGE).error
    record_property('message', error)
    assert_tells(error, 'sync_intervall', 'sync_interval', 'cloned', 'mirror')


def test_missing_configuration(tmp_path):
    done = call([BINARY, 'plan', '-c', tmp_path / 'none.yaml', '--json'])
    assert done.code == USAGE
    assert_tells(done.error, 'none.yaml')


@pytest.mark.parametrize('words', [['plam'], ['plan', '--deep'], ['log'], ['runs', 'add', 'w', '--state', 'perhaps']])
def test_wrong_command_line_is_a_usage_error(words):
    done = call([BINARY, *words])
    assert done.code == USAGE
    assert done.stderr.strip()


def test_log_of_a_folder_that_is_no_table(tmp_path):
    (tmp_path / 'plain').mkdir()
    done = call([BINARY, 'log', (tmp_path / 'plain').as_uri(), '--json'])
    assert done.code == FAILED
    assert_tells(done.error, 'plain')


def test_log_of_a_version_that_is_not_there(tmp_path):
    write(tmp_path / 'a', pyarrow.table({'id': [1]}))
    done = call([BINARY, 'log', (tmp_path / 'a').as_uri(), '--version', '7', '--json'])
    assert done.code == FAILED
    assert_tells(done.error, '7')
