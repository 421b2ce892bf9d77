"""Links, rights and names as somebody else may set them, in staging and at tables: what was compared is what arrives,
nothing is deleted or listed through a link, and one place is not two."""
import json
import os
import stat

import pytest
from delta_tables import assert_tables_equal, files_below, orders, version, write
from lakeferry import DONE, FAILED, REFUSED, Regions, Run, wait_until


def write_run(regions, run_id, tables):
    with Run(regions, run_id):
        for table in tables:
            path = regions.source(table)
            write(path, orders(version(path) * 100 + 100 if path.exists() else 0, 10), run_id=run_id)


def staged_data(regions, group, epoch=1):
    folder = regions.staging / group / 'data' / f'{epoch:020d}'
    return sorted(path for path in folder.rglob('*') if path.is_file() and not path.is_symlink())


@pytest.fixture
def groups(tmp_path):
    """Two groups of a table each, staged; the first is applied."""
    found = Regions(tmp_path, ['bronze', 'silver'], group=None)
    write_run(found, 'run-1', found.tables)
    found.pass_once('sender')
    found.run('receiver', 'sync', 'bronze')
    return found


@pytest.mark.parametrize('links', [
    {'x': '../../../silver'}, {'x': '../../../silver/data'}, {'x': '..'}, {'a': '.', 'b': '.'},
    {'f': '../../../silver/epochs'}, {'out': '../../../../../primary/lake'}, {'loop': 'loop'}], ids=str)
def test_release_follows_no_link(groups, links):
    folder = groups.staging / 'bronze' / 'data' / f'{1:020d}'
    for name, to in links.items():
        (folder / name).symlink_to(to)
    others = files_below(groups.staging / 'silver')
    sources = files_below(groups.lake)
    groups.pass_once('sender')
    assert files_below(groups.staging / 'silver') == others
    assert files_below(groups.lake) == sources
    assert not staged_data(groups, 'bronze') and not any((folder / name).is_symlink() for name in links)
    groups.pass_once('receiver')
    assert_tables_equal(groups.source('silver'), 0, groups.target('silver'))


def test_link_for_the_folder_of_an_epoch_is_named(groups):
    folder = groups.staging / 'bronze' / 'data' / f'{1:020d}'
    folder.rename(groups.staging / 'elsewhere')
    folder.symlink_to(groups.staging / 'silver')
    others = files_below(groups.staging / 'silver')
    done = groups.run('sender', 'sync', 'bronze')
    (said,) = [line for line in done.stderr.splitlines() if 'staged objects of an epoch stay' in line]
    assert str(folder) in said and 'replace the link' in said
    assert folder.is_symlink()
    assert files_below(groups.staging / 'silver') == others


@pytest.fixture
def regions(tmp_path):
    found = Regions(tmp_path, ['t'])
    write_run(found, 'run-1', ['t'])
    found.pass_once('sender')
    return found


@pytest.mark.parametrize('mode', [0o4777, 0o2755, 0o664, 0o646, 0o600], ids=oct)
def test_replica_has_no_rights_of_staging_and_is_not_changed_through_it(regions, mode):
    (staged,) = staged_data(regions, 'orders')
    staged.chmod(mode)
    regions.pass_once('receiver')
    (placed,) = regions.target('t').glob('*.parquet')
    plain = 0o666 & ~umask()
    assert stat.S_IMODE(placed.stat().st_mode) == plain
    assert placed.stat().st_ino != staged.stat().st_ino
    staged.write_bytes(b'rewritten')
    regions.run('receiver', 'verify', '--deep', code=DONE)
    assert_tables_equal(regions.source('t'), 0, regions.target('t'))


def umask():
    found = os.umask(0o022)
    os.umask(found)
    return found


def test_file_of_another_user_is_copied(regions):
    (staged,) = staged_data(regions, 'orders')
    os.chown(staged, 65534, -1)
    regions.pass_once('receiver')
    (placed,) = regions.target('t').glob('*.parquet')
    assert placed.stat().st_uid == os.geteuid() and placed.stat().st_ino != staged.stat().st_ino


def test_file_of_this_user_is_linked(regions):
    (staged,) = staged_data(regions, 'orders')
    regions.pass_once('receiver')
    (placed,) = regions.target('t').glob('*.parquet')
    assert placed.stat().st_ino == staged.stat().st_ino


@pytest.fixture(params=['clone', 'mirror'])
def aliased(request, tmp_path):
    """The target is another name of the source."""
    found = Regions(tmp_path, ['t'], mode=request.param)
    write_run(found, 'run-1', ['t'])
    found.target('t').parent.mkdir(parents=True)
    found.target('t').symlink_to(found.source('t'))
    return found


def test_target_that_is_a_link_to_its_source_is_no_replica(aliased):
    before = files_below(aliased.lake)
    for role in ('sender', 'receiver'):
        findings = aliased.run(role, 'check', code=FAILED).document['findings']
        assert any('is the same folder as' in finding['what'] for finding in findings)
        error = aliased.failing_sync(role, code=REFUSED)
        assert 'is the same folder as' in error['message'] and 'link' in error['remedy']
        assert aliased.status(role)['state'] not in ('ok', 'idle', 'in_sync')
    assert aliased.run('receiver', 'verify', '--deep', code=None).code == REFUSED
    assert files_below(aliased.lake) == before


def test_target_that_became_a_link_to_its_source_is_not_reclaimed(tmp_path):
    regions = Regions(tmp_path, ['t'], mode='mirror')
    write_run(regions, 'run-1', ['t'])
    regions.sync()
    regions.target('t').rename(regions.folder / 'away')
    regions.target('t').symlink_to(regions.source('t'))
    regions.run('receiver', 'gc', 'orders', '--retain', '0s', '--delete', code=REFUSED)
    regions.failing_sync('receiver', code=REFUSED)


def test_own_replica_is_no_source_and_that_of_another_group_is(tmp_path):
    regions = Regions(tmp_path, ['t'])
    write_run(regions, 'run-1', ['t'])
    regions.sync()
    onward = Regions(tmp_path / 'onward', ['t'], lake=regions.secondary / 'lake')
    with Run(onward, 'run-1'):
        write(onward.source('t'), orders(900, 1), run_id='run-1')
    error = onward.failing_sync('sender', code=REFUSED)
    assert "'lakeferry/orders'" in error['message'] and 'another name' in error['remedy']
    assert any('replica of this very group' in finding['what']
               for finding in onward.run('sender', 'check', code=FAILED).document['findings'])
    onward.group = 'onward'
    onward.write_configuration()
    onward.sync()
    assert_tables_equal(onward.source('t'), version(onward.source('t')), onward.target('t'))


def test_staging_that_is_taken_away_under_running_services_is_named_and_not_made_anew(tmp_path):
    regions = Regions(tmp_path, ['t'])
    write_run(regions, 'run-1', ['t'])
    regions.sync()
    away = regions.folder / 'away'
    with regions.start('sender'), regions.start('receiver'):
        regions.staging.rename(away)
        for role in ('sender', 'receiver'):
            wait_until(lambda role=role: regions.status(role)['state'] in ('halted', 'failed'), f'{role} tells')
            assert 'restore the staging location' in json.dumps(regions.status(role))
        assert not regions.staging.exists()
        away.rename(regions.staging)
        write_run(regions, 'run-2', ['t'])
        wait_until(lambda: version(regions.target('t')) == 1, 'work goes on by itself')
