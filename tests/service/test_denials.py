"""A service that may not write says who it is, where, which right is missing, and the line of its drop-in for it."""
import os

import pytest
from delta_tables import orders, write
from lakeferry import FAILED, USAGE, Regions, Run

# In a control group of its own nobody can see, as in a container: then systemd's mark in the environment counts.
AS_SERVICE = {'INVOCATION_ID': '0123456789abcdef0123456789abcdef'}
UNSHARE = ('unshare', '--cgroup') if os.geteuid() == 0 else ('unshare', '--user', '--map-root-user', '--cgroup')
# As ProtectSystem=strict has it: what no line opens is read-only.
READ_ONLY = ('sh', '-c', 'folder=$1; shift; mount --bind "$folder" "$folder" && mount -o remount,bind,ro "$folder" && '
             'exec "$@"', 'sh')
# Without root's right to ignore permissions.
NO_RIGHTS = ('setpriv', '--bounding-set=-dac_override,-dac_read_search') if os.geteuid() == 0 else ()


@pytest.fixture
def regions(tmp_path):
    regions = Regions(tmp_path / 'r', tables=['bronze'])
    with Run(regions, 'r1'):
        write(regions.source('bronze'), orders(0, 10))
    regions.staging.mkdir(parents=True)
    return regions


def remedy(regions, role, wrapper, env):
    """What a pass that must fail says of it."""
    return regions.pass_once(role, code=FAILED, wrapper=wrapper, env=env).stderr


def test_a_read_only_file_system_names_the_line(regions):
    wrapper = (*UNSHARE, '--mount', *READ_ONLY, regions.staging)
    text = remedy(regions, 'sender', wrapper, AS_SERVICE)
    assert f'add the line `ReadWritePaths=-{regions.staging}` below [Service]' in text
    assert 'with `systemctl edit lakeferry-sender`' in text and 'as the service lakeferry-sender' in text
    assert 'root (uid 0) may not write there' in text


def test_by_hand_there_is_no_unit_to_edit(regions):
    text = remedy(regions, 'sender', (*UNSHARE, '--mount', *READ_ONLY, regions.staging), {'INVOCATION_ID': ''})
    assert 'mount the file system read-write' in text and 'systemctl edit' not in text


def test_a_read_only_target_names_the_folder_that_the_drop_in_opens(regions):
    """All that the receiver writes lies in one folder here, the metadata store's."""
    regions.pass_once('sender')
    regions.target('bronze').parent.mkdir(parents=True)
    wrapper = (*UNSHARE, '--mount', *READ_ONLY, regions.target('bronze').parent)
    text = remedy(regions, 'receiver', wrapper, AS_SERVICE)
    assert f'`ReadWritePaths=-{regions.secondary}`' in text


def test_a_metadata_store_that_cannot_be_made_names_its_folder(regions):
    for store in regions.primary.glob('metadata.db*'):
        store.unlink()
    text = remedy(regions, 'sender', (*UNSHARE, '--mount', *READ_ONLY, regions.primary), AS_SERVICE)
    assert 'cannot make the lock file: Read-only file system' in text
    assert f'`ReadWritePaths=-{regions.primary}`' in text and 'metadata_store' in text


def test_a_key_that_may_not_be_written_names_the_folder(regions):
    regions.primary.chmod(0o555)
    try:
        done = regions.run('sender', 'key', 'new', regions.primary / 'a.pem', code=USAGE, wrapper=NO_RIGHTS)
    finally:
        regions.primary.chmod(0o755)
    assert f'may not write {regions.primary}, which belongs to' in done.error['remedy']


def test_a_denied_right_names_folder_owner_and_mode(regions):
    regions.staging.chmod(0o555)
    try:
        text = remedy(regions, 'sender', NO_RIGHTS, None)
    finally:
        regions.staging.chmod(0o755)
    assert f'may not write {regions.staging}, which belongs to' in text and 'with mode 0555' in text
    assert 'chown' in text


def test_a_folder_of_a_group_names_the_group_for_the_drop_in(regions):
    regions.staging.chmod(0o575)
    try:
        text = remedy(regions, 'sender', (*UNSHARE, *NO_RIGHTS), AS_SERVICE)
    finally:
        regions.staging.chmod(0o755)
    assert '`SupplementaryGroups=' in text and 'systemctl edit lakeferry-sender' in text
