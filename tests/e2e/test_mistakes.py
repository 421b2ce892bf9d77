"""Mistakes in the configuration of a running group: `check` and the next pass say what changed, first of all, and no
answer sends anybody to delete or move what is not the group's; nothing is written meanwhile."""
import json
import re
from pathlib import Path

import pytest
from delta_tables import orders, write
from lakeferry import DONE, FAILED, REFUSED, Regions, Run, wait_until

TABLES = ['bronze', 'silver']
SIDES = ('sender', 'receiver')


@pytest.fixture(params=['clone', 'mirror'])
def regions(request, tmp_path):
    """After an epoch on both sides, with a run that waits to be sent."""
    found = Regions(tmp_path, TABLES, mode=request.param)
    with Run(found, 'run-1'):
        for table in TABLES:
            write(found.source(table), orders(0, 20), run_id='run-1')
    found.sync()
    with Run(found, 'run-2'):
        for table in TABLES:
            write(found.source(table), orders(20, 5), run_id='run-2')
    return found


def change(regions, edit, sides=SIDES):
    """Writes the configurations of these sides anew, with the one group edited."""
    for side in sides:
        found = json.loads(regions.config(side).read_text())
        workspace = found['workspaces'][0]
        edit(workspace, workspace['sync_groups'][0])
        regions.config(side).write_text(json.dumps(found))


def content(regions):
    """Every file of tables and staging with its bytes, and every folder; the clock's object apart, which is written at
    each look."""
    roots = [regions.lake, regions.secondary]
    found = {}
    for path in (path for root in roots for path in root.rglob('*')):
        if path.name != 'clock' and not path.name.startswith('metadata.db'):
            found[path] = path.read_bytes() if path.is_file() else None
    return found


def check(regions, side):
    """The errors and warnings of `check`, which has to change nothing."""
    before = content(regions)
    findings = regions.run(side, 'check', code=None).document['findings']
    assert content(regions) == before
    return [found for found in findings if found['severity'] != 'info']


def said(found):
    return f"{found.get('what') or found['message']} {(found['where'] or {}).get('text', '')} {found['remedy']}"


def assert_offers_nothing_of(found, *paths):
    """No text that names one of the paths, or stands where one is meant, says that something there is to go."""
    for text in (said(found), found['remedy']):
        offers = re.findall(r'(?<!never )delete|move (?:it|what|the|its)\b[^;]*\baway', text)
        assert not offers or not any(str(path) in text for path in paths), text


def refused(regions, side, code=REFUSED):
    """The error of the side's next pass, which has to change nothing."""
    before = content(regions)
    error = regions.failing_sync(side, code=code)
    assert content(regions) == before
    return error


def swap(_, group):
    for table in group['tables']:
        table['source'], table['target'] = table['target'], table['source']


@pytest.mark.parametrize('side', SIDES)
def test_swapped_source_and_target_are_called_so_on_either_side(regions, side):
    change(regions, swap)
    words = "source and target of table 'lake.bronze' are swapped: epoch 1 came from"
    error = refused(regions, side)
    assert error['kind'] == 'refused' and error['message'].startswith(words)
    assert error['remedy'].startswith('if that was not meant, set it back')
    first = check(regions, side)[0]
    assert first['severity'] == 'error' and first['what'].startswith(words)
    for found in (error, first):
        assert not re.search('delete every|away|reset', said(found)), found
    change(regions, swap)
    regions.sync()
    assert regions.history('receiver')[0]['epoch'] == 2


def test_typo_in_a_source_is_told_with_what_it_was(regions):
    def misspell(_, group):
        group['tables'][0]['source'] = regions.source('bronz').as_uri()

    change(regions, misspell)
    was = regions.source('bronze').as_uri()
    words = f"the source of table 'lake.bronze' changed from {was} to {regions.source('bronz').as_uri()} since epoch 1"
    error = refused(regions, 'sender')
    assert error['kind'] == 'refused' and error['message'] == words
    assert error['remedy'].startswith('if that was not meant, set it back')
    assert check(regions, 'sender')[0]['what'] == words
    assert_offers_nothing_of(error, regions.lake)
    assert not regions.source('bronz').exists()


@pytest.mark.parametrize('side', SIDES)
def test_another_mode_on_one_side_is_told_with_what_it_was(regions, side):
    other = {'clone': 'mirror', 'mirror': 'clone'}[regions.mode]
    change(regions, lambda _, group: group.update(mode=other), [side])
    words = f"the mode of group 'orders' changed from {regions.mode} to {other} since epoch 1"
    error = refused(regions, side)
    assert error['kind'] == 'refused' and error['message'] == words
    assert error['remedy'].startswith('if that was not meant, set it back')
    assert (check(regions, side)[0]['severity'], check(regions, side)[0]['what']) == ('error', words)


@pytest.mark.parametrize('side', SIDES)
def test_a_group_renamed_on_one_side_is_told_with_the_name_that_is_staged(regions, side):
    change(regions, lambda _, group: group.update(group_name='order'), [side])
    first = check(regions, side)[0]
    assert first['severity'] == 'error' and "epochs of group 'orders', which has the same tables" in first['what']
    assert "name it 'orders' again" in first['remedy']
    assert first['group'] == 'order' and first['where']['kind'] == 'object'
    assert first['where']['location'] == regions.staging.as_uri()
    regions.group = 'order'
    if side == 'sender':
        error = refused(regions, 'sender')
        assert "epochs of group 'orders', which has the same tables" in error['message']
        assert "name it 'orders' again" in error['remedy']
        return
    before = content(regions)
    (passed,) = regions.run('receiver', 'sync', code=DONE).document['groups']
    assert passed['state'] == 'waiting'
    assert passed['reason'] == ("nothing is staged for group 'order', and staging has folders of 'orders'; is 'orders' "
                                'meant?')
    assert regions.status('receiver')['reason'] == passed['reason']
    assert content(regions) == before


def test_a_group_renamed_on_both_sides_finds_its_replicas_to_be_those_of_the_old_name(regions):
    change(regions, lambda _, group: group.update(group_name='order'))
    regions.group = 'order'
    assert "name it 'orders' again" in refused(regions, 'sender')['remedy']
    # With a staging location of its own nothing tells the sender.
    other = regions.staging.with_name('staging2').as_uri()
    change(regions, lambda workspace, _: workspace.update(sync_location_secondary=other))
    regions.pass_once('sender')
    if regions.mode == 'mirror':
        # The replica holds nothing but the source's commits: whoever brings them goes on with it.
        (passed,) = regions.run('receiver', 'sync', code=DONE).document['groups']
        assert 'was there already' in passed['reason']
        return
    error = refused(regions, 'receiver')
    assert "group 'orders' has written this table" in error['remedy']
    assert_offers_nothing_of(error, regions.secondary)


@pytest.mark.parametrize('side', SIDES)
def test_a_staging_folder_that_is_not_there_is_said_and_not_made(regions, side):
    there = regions.staging.as_uri()
    change(regions, lambda workspace, _: workspace.update(sync_location_secondary=there.replace('staging', 'stagin')))
    found = [one for one in check(regions, side) if 'staging location' in one['what']]
    assert found[0]['severity'] == 'error' and 'does not exist, and epochs were staged before' in found[0]['what']
    assert 'spelling of sync_location_secondary' in found[0]['remedy']
    error = refused(regions, side)
    assert error['kind'] == 'refused' and 'lost epoch 1' in error['message']
    assert error['remedy'].startswith("if sync_location_secondary or the group's name was changed, set it back")
    assert not regions.staging.with_name('stagin').exists()


def test_a_target_that_is_somebodys_table_is_left_alone(regions):
    prod = regions.secondary / 'prod' / 'bronze'
    for first in (0, 3, 6):
        write(prod, orders(first, 3))

    def retarget(_, group):
        group['tables'][0]['target'] = prod.as_uri()

    change(regions, retarget, ['receiver'])
    regions.pass_once('sender')
    words = f"the target of table 'lake.bronze' changed from {regions.target('bronze').as_uri()} to {prod.as_uri()}"
    error = refused(regions, 'receiver', code=None)
    assert error['kind'] in ('refused', 'diverged') and error['message'].startswith(words)
    assert error['remedy'].startswith('if that was not meant, set it back')
    findings = check(regions, 'receiver')
    assert any(found['what'].startswith(words) for found in findings)
    if regions.mode == 'clone':
        assert "this is somebody's table" in error['remedy']
    (owner,) = [found for found in findings if 'has not written' in found['what']]
    assert owner['severity'] == 'error' and "this is somebody's table" in owner['remedy']
    for found in (error, *findings):
        assert not re.search(r'delete every|\baway\b', said(found)), found


def test_check_before_the_first_epoch_makes_nothing(tmp_path):
    regions = Regions(tmp_path, TABLES)
    for table in TABLES:
        write(regions.source(table), orders(0, 2))
    for side in SIDES:
        found = check(regions, side)
        assert [one['severity'] for one in found if 'workflow' not in one['what']] == ['warning'], found
        assert 'does not exist yet' in found[0]['what']
    assert not regions.staging.exists() and not (regions.secondary / 'lake').exists()


def test_check_says_once_what_both_sides_say(tmp_path):
    regions = Regions(tmp_path, TABLES, top={'role': 'both'})
    for table in TABLES:
        write(regions.source(table), orders(0, 2))
    missing = [found for found in check(regions, 'sender') if 'staging location' in found['what']]
    assert len(missing) == 1, missing


def names_below(folder):
    return {path.name.partition('.reset-')[0] for path in folder.iterdir() if '.reset-' in path.name}


def test_reset_puts_aside_and_the_group_starts_anew_in_another_mode(regions):
    before = content(regions)
    for side in SIDES:
        told = regions.run(side, 'reset', 'orders').document
        assert not told['done'] and {step['state'] for step in told['steps']} == {'todo'}
    assert content(regions) == before
    regions.mode = {'clone': 'mirror', 'mirror': 'clone'}[regions.mode]
    regions.write_configuration()
    for side, moved in (('receiver', 2), ('sender', 1)):
        told = regions.run(side, 'reset', 'orders', '--yes').document
        assert told['done'] and [step['state'] for step in told['steps']] == ['done'] * (moved + 1)
        assert 'both services' in ' '.join(told['next'])
    assert names_below(regions.target('bronze').parent) == set(TABLES) and names_below(regions.staging) == {'orders'}
    aside = {found for path, found in content(regions).items() if '.reset-' in str(path) and found is not None}
    assert aside == {found for path, found in before.items()
                     if found is not None and path.is_relative_to(regions.secondary)}
    runs = regions.run('sender', 'runs', 'list', 'nightly').document['runs']
    assert len(runs) == 2
    regions.sync()
    (epoch,) = regions.history('receiver')
    assert epoch['epoch'] == 1
    regions.run('receiver', 'verify', '--deep', code=DONE)
    assert not [found for found in check(regions, 'receiver') if found['severity'] == 'error']


def test_reset_refuses_beside_the_service_and_where_a_target_is_somebodys(regions):
    before = content(regions)
    with regions.start('receiver') as service:
        wait_until(lambda: regions.run('receiver', 'reset', 'orders', code=None).code == REFUSED, 'the role is taken')
        error = regions.run('receiver', 'reset', 'orders', '--yes', code=REFUSED).error
        assert f'the receiver runs (process {service.process.pid})' in error['message']
    change(regions, swap)
    for side in SIDES:
        error = regions.run(side, 'reset', 'orders', '--yes', code=REFUSED).error
        assert 'are swapped' in error['message'] and error['remedy'].startswith('nothing was moved')
    assert content(regions) == before


def test_check_as_service_says_what_is_missing(regions):
    """On a host without systemd what to run instead; with one, that the package is not installed."""
    systemd = Path('/run/systemd/system').exists()
    error = regions.run('receiver', 'check', '--as-service', code=FAILED if systemd else REFUSED).error
    assert ('systemd has no unit' if systemd else 'systemd does not run here') in error['message']
    assert ('install the package' if systemd else 'runuser -u lakeferry') in error['remedy']


def test_a_target_that_was_moved_whole_is_taken_over(regions):
    moved = regions.secondary / 'moved' / 'bronze'
    moved.parent.mkdir()
    regions.target('bronze').rename(moved)

    def retarget(_, group):
        group['tables'][0]['target'] = moved.as_uri()

    change(regions, retarget)
    (warning,) = [found for found in check(regions, 'receiver') if 'changed from' in found['what']]
    assert warning['severity'] == 'warning' and 'moved there whole goes on' in warning['remedy']
    regions.sync()
    newest = regions.history('receiver')[0]
    assert (newest['epoch'], newest['state'], newest['files']) == (2, 'applied', len(TABLES)), newest
    regions.run('receiver', 'verify', '--deep', code=DONE)
    assert not regions.target('bronze').exists()
