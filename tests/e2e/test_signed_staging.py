"""Two regions that sign what they stage: keys made by the command, asked for by the configuration; a forger between."""
import json
import shutil

import pytest
from delta_tables import assert_tables_equal, files_below, orders, write
from lakeferry import BINARY, DONE, REFUSED, Regions, Run, call

TABLE = 'a'


def new_key(file):
    done = call([BINARY, 'key', 'new', file])
    assert done.code == DONE, done
    assert call([BINARY, 'key', 'show', file]).stdout == done.stdout
    return done.stdout.strip()


class SignedRegions(Regions):
    """Each role has a key of its own; `trust` makes both sides ask for signatures of both."""

    def __init__(self, folder, trust=True):
        self.keys = {}
        super().__init__(folder, [TABLE])
        for role in ('sender', 'receiver'):
            self.keys[role] = new_key(self.key_file(role))
        self.trust = trust
        self.write_configuration()

    trust = False

    def key_file(self, role):
        return self.folder / f'{role}.pem'

    def configuration(self, role):
        configuration = super().configuration(role)
        if self.keys:
            configuration['signing_key'] = {'file': str(self.key_file(role))}
        if self.trust:
            configuration['trusted_keys'] = list(self.keys.values())
        return configuration

    def document(self, kind, epoch):
        folder = self.staging / self.group
        name = f'{epoch:020d}'
        return folder / 'epochs' / name / 'manifest' if kind == 'manifest' else folder / 'receipts' / name

    def append(self, run_id):
        with Run(self, run_id):
            write(self.source(TABLE), orders(self.run_count() * 10, 10))

    def run_count(self):
        return len(list(self.source(TABLE).glob('*.parquet')))


def test_a_signed_group_is_replicated_and_a_forger_gets_nothing_in(tmp_path):
    regions = SignedRegions(tmp_path)
    regions.append('r1')
    regions.sync()
    assert_tables_equal(regions.source(TABLE), 0, regions.target(TABLE))
    regions.append('r2')
    regions.pass_once('sender')
    manifest = regions.document('manifest', 2)
    genuine, before = manifest.read_bytes(), files_below(regions.secondary / 'lake')
    document = json.loads(genuine.splitlines()[0])
    document['atomic'] = False
    manifest.write_text(json.dumps(document, separators=(',', ':')) + '\n')
    error = regions.failing_sync('receiver', REFUSED)
    assert 'not signed' in error['message'] and str(manifest) in error['where']['text'], error
    assert 'key show' in error['remedy'], error
    assert files_below(regions.secondary / 'lake') == before
    manifest.write_bytes(genuine)
    regions.pass_once('receiver')
    assert_tables_equal(regions.source(TABLE), 1, regions.target(TABLE))
    regions.run('receiver', 'verify', '--deep')


def test_staging_of_another_place_is_not_taken(tmp_path):
    regions = SignedRegions(tmp_path / 'a')
    regions.append('r1')
    regions.pass_once('sender')
    elsewhere = tmp_path / 'copied'
    shutil.copytree(regions.staging, elsewhere)
    regions.staging = elsewhere
    regions.write_configuration()
    error = regions.failing_sync('receiver', REFUSED)
    assert 'was signed for the staging location' in error['message'], error
    assert not regions.target(TABLE).exists()


def test_a_group_that_is_older_than_its_keys_goes_on(tmp_path):
    regions = SignedRegions(tmp_path, trust=False)
    keys, regions.keys = regions.keys, {}
    regions.write_configuration()
    regions.append('r1')
    regions.sync()
    regions.keys, regions.trust = keys, True
    regions.write_configuration()
    assert 'not signed' in regions.failing_sync('receiver', REFUSED)['message']
    for role, signed in (('sender', 1), ('receiver', 1)):
        (group,) = regions.run(role, 'key', 'sign').document['groups']
        assert (group['signed'], group['strange']) == (signed, []), group
    regions.append('r2')
    regions.sync()
    assert_tables_equal(regions.source(TABLE), 1, regions.target(TABLE))


@pytest.mark.parametrize('mode, warned', [(0o755, False), (0o777, True)])
def test_check_recommends_signatures_where_others_can_write(tmp_path, mode, warned):
    regions = Regions(tmp_path, [TABLE])
    regions.staging.mkdir()
    regions.staging.chmod(mode)
    findings = regions.run('receiver', 'check', code=None).document['findings']
    assert any('others can write the staging location' in finding['what'] for finding in findings) == warned, findings
