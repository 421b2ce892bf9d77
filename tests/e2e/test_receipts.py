"""Receipts that are not true, with the real binary: forged ones, and those of a receiver with other targets."""
import hashlib
import json
import shutil

from delta_tables import assert_tables_equal, files_below, orders, write
from lakeferry import DONE, REFUSED, Regions, Run

TABLE = 'bronze'


def receipt(regions, epoch):
    return regions.staging / regions.group / 'receipts' / f'{epoch:020d}'


def append(regions, run_id, first):
    with Run(regions, run_id):
        write(regions.source(TABLE), orders(first, 5), run_id=run_id)


def first_epoch(folder):
    regions = Regions(folder, [TABLE])
    append(regions, 'run-1', 0)
    regions.sync()
    return regions


def forge(regions, epoch):
    """The receipt of epoch 1 once more, with all that the manifest of another epoch says."""
    document = json.loads(receipt(regions, 1).read_text())
    manifest_file = regions.staging / regions.group / 'epochs' / f'{epoch:020d}' / 'manifest'
    manifest = json.loads(manifest_file.read_text())
    document.update(epoch=epoch, manifest_sha256=hashlib.sha256(manifest_file.read_bytes()).hexdigest())
    for table, staged in zip(document['tables'], manifest['tables']):
        table.update(source_version=staged['source_version'], replica_version=staged['source_version'])
    receipt(regions, epoch).write_text(json.dumps(document) + '\n')


def test_a_forged_receipt_costs_a_copy_and_nothing_else(tmp_path):
    regions = first_epoch(tmp_path)
    append(regions, 'run-2', 100)
    regions.pass_once('sender')
    forge(regions, 2)
    regions.pass_once('sender')
    assert not files_below(regions.staging / regions.group / 'data'), 'nothing tells it from a true one'
    error = regions.failing_sync('receiver')
    assert 'missing' in error['message'], error
    assert not json.loads(receipt(regions, 2).read_text())['applied']
    regions.pass_once('sender')
    regions.pass_once('receiver')
    assert_tables_equal(regions.source(TABLE), 1, regions.target(TABLE))
    regions.pass_once('sender')
    assert not files_below(regions.staging / regions.group / 'data')


def test_a_receipt_of_an_epoch_that_was_never_staged_is_shown_and_stops_nobody(tmp_path):
    regions = first_epoch(tmp_path)
    shutil.copy(receipt(regions, 1), receipt(regions, 2 ** 62))
    append(regions, 'run-2', 100)
    regions.sync()
    assert_tables_equal(regions.source(TABLE), 1, regions.target(TABLE))
    for role in ('sender', 'receiver'):
        status = regions.status(role)
        assert status['risk'] == 'warning' and f'the receipt of epoch {2 ** 62} does not count' in status['risk_reason']


def test_a_second_receiver_with_other_targets_is_refused_by_name(tmp_path):
    regions = first_epoch(tmp_path)
    shutil.move(regions.target(TABLE), tmp_path / 'elsewhere')
    for file in regions.secondary.glob('metadata.db*'):
        file.unlink()
    own = receipt(regions, 1).read_text()
    receipt(regions, 1).write_text(own.replace(str(regions.target(TABLE)), str(tmp_path / 'elsewhere')))
    error = regions.failing_sync('receiver', REFUSED)
    assert f"speaks for table 'lake.{TABLE}' at file://{tmp_path}/elsewhere" in error['message'], error
    assert not regions.target(TABLE).exists()
    shutil.move(tmp_path / 'elsewhere', regions.target(TABLE))
    regions.pass_once('receiver', code=DONE)
    assert_tables_equal(regions.source(TABLE), 0, regions.target(TABLE))
