"""`_last_checkpoint` is a hint: missing, empty, torn, of a checkpoint that is gone or of one to come. Whoever believes
it fails, or reads another version; a replica on which it names what is not there yet is out of service for some
engines."""
import json
import shutil

import pytest
from delta_tables import DeltaRs, orders, write
from deltalake import DeltaTable
from lab import edit, mirror_only, newest_checkpoint


def hint(table):
    return table / '_delta_log' / '_last_checkpoint'


def changed(**fields):
    return lambda text: json.dumps(json.loads(text) | fields).encode()


DAMAGES = {
    'missing': None,
    'empty': lambda text: b'',
    'torn': lambda text: text[:len(text) // 2],
    'no JSON': lambda text: b'\0\0\0\0',
    'bad checksum': changed(checksum='00000000000000000000000000000000'),
    'of the future': changed(version=900),
    'of a version without checkpoint': changed(version=1),
    'of parts that are not there': changed(parts=2),
    'negative': changed(version=-1),
}


def create(lab):
    for number in range(4):
        write(lab.source, orders(number * 10, 10))
    DeltaTable(str(lab.source)).create_checkpoint()
    write(lab.source, orders(100, 10))


@pytest.mark.parametrize('damage', DAMAGES)
def test_a_damaged_hint_does_no_harm(lab, damage):
    with lab.run():
        create(lab)
    whole = hint(lab.source).read_bytes()
    if DAMAGES[damage] is None:
        hint(lab.source).unlink()
    else:
        edit(hint(lab.source), DAMAGES[damage])
    lab.sync()
    damaged_copy = hint(lab.target).read_bytes() if hint(lab.target).exists() else None
    assert damaged_copy in (None, whole), 'the damaged hint went over'
    assert sum(DeltaRs(lab.target).rows().values()) == 50
    hint(lab.source).write_bytes(whole)
    lab.check()


@mirror_only
def test_hint_goes_over_with_the_checkpoint_it_names_and_follows_it(lab):
    with lab.run():
        create(lab)
    lab.ship()
    assert json.loads(hint(lab.target).read_text())['version'] == 3
    with lab.run():
        write(lab.source, orders(200, 10))
        DeltaTable(str(lab.source)).create_checkpoint()
    lab.ship()
    assert json.loads(hint(lab.target).read_text())['version'] == 5
    assert newest_checkpoint(lab.target)


@mirror_only
def test_hint_that_names_another_checkpoint_of_the_version(lab):
    """Two V2 checkpoints of one version. Only one goes over; a hint that names the other would lead nowhere."""
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.checkpointPolicy' = 'v2')",
                'INSERT INTO {t} VALUES (1), (2)')
        lab.checkpoint()
    (checkpoint,) = newest_checkpoint(lab.source)
    for uuid in ('00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'):
        name = '.'.join([*checkpoint.name.split('.')[:2], uuid, checkpoint.suffix[1:]])
        shutil.copy(checkpoint, checkpoint.with_name(name))
    lab.ship()
    there = {file.name for file in newest_checkpoint(lab.target)}
    assert there
    if hint(lab.target).exists():
        named = json.loads(hint(lab.target).read_text())['v2Checkpoint']['path']
        assert named in there, 'the hint names a checkpoint that did not go over'


@mirror_only
def test_a_checkpoint_written_after_the_cut_goes_over_with_the_next(lab):
    for number in range(3):
        with lab.run():
            write(lab.source, orders(number * 3, 3))
        lab.ship()
        lab.checkpoint()
    assert newest_checkpoint(lab.target)[0].name[:20] == f'{1:020d}'
    assert hint(lab.source).exists()
    assert DeltaRs(lab.target).rows() == DeltaRs(lab.source).rows()
