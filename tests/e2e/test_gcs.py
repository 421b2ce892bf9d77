"""Staging in Google's storage: whole epochs with the real binary against fake-gcs-server, killed and hindered."""
import pytest
from far_regions import FarRegions
from test_object_stores import hinder, next_run, survive_kills

FAR = ('staging',)


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_replica_is_equal_over_staging_there_and_check_tells_what_was_tried(tmp_path, fake_gcs, mode):
    regions = FarRegions(tmp_path, fake_gcs, FAR, mode=mode)
    for number in range(2):
        next_run(regions, number)
        regions.sync()
        regions.assert_equal()
    (group,) = regions.run('receiver', 'verify', '--deep').document['groups']
    assert group['ok'] and group['problems'] == []
    findings = regions.run('sender', 'check', code=None).document['findings']
    (tried,) = [finding['what'] for finding in findings if finding['what'].startswith('tried at ')]
    assert f'gcs {fake_gcs.endpoint} ' in tried and 'a second put is refused' in tried
    assert 'a second copy replaces' in tried and 'wrong signatures are taken' in tried


@pytest.mark.parametrize('mode', ['clone', 'mirror'])
def test_group_is_whole_after_every_kill(tmp_path, fake_gcs, mode):
    survive_kills(FarRegions(tmp_path, fake_gcs, FAR, mode=mode))


FAULTS = {
    'busy': [dict(fault='status', status=429, retry_after=1, probability=0.1)],
    'fails': [dict(fault='status', status=503, probability=0.2)],
    'reply lost after a write': [dict(fault='lost_reply', method='POST', probability=0.2)],
    'reset': [dict(fault='reset', probability=0.1)],
    'reset within a reply': [dict(fault='reset_reply', operation='objects.get (media)', after=20, probability=0.2)],
    'reply cut short': [dict(fault='truncate', operation='objects.get (media)', probability=0.2)],
    'page of a proxy': [dict(fault='html', probability=0.05)],
}


@pytest.mark.parametrize('mischief', FAULTS)
def test_replica_is_equal_whatever_the_network_does(tmp_path, fake_gcs, fault_proxy, mischief):
    hinder(tmp_path, fake_gcs, fault_proxy(fake_gcs, dialect='gcs'), FAULTS[mischief], far=FAR)
