"""Names in and below `_delta_log` that are no part of the log. A listing that goes into folders takes staged commits
and sidecars for commits and checkpoints; a number of other width is a commit for some engines and nothing for
others."""
import pytest
from delta_tables import files_below, orders, write
from lab import log_file

NAMES = ['_copy_into_log/00000000000000000001.json', '.s3-optimization-0', '_last_vacuum_info',
         '.tmp/00000000000000000001.json',
         '00000000000000000001.json.3a0d65cd-4056-49b8-937b-95f9e3ee90e5.tmp', '__tmp_path_dir/x.parquet',
         '_staged_commits/00000000000000000001.3a0d65cd-4056-49b8-937b-95f9e3ee90e5.json', 'notes.txt',
         '_sidecars/00000000000000000001.checkpoint.0000000001.0000000001.3a0d65cd-4056-49b8-937b-95f9e3ee90e5.parquet',
         '_delta_log/00000000000000000001.json', '.00000000000000000001.json.tmp', '_commits/00000000000000000001.json']


def test_foreign_names_are_left_alone(lab):
    with lab.run():
        write(lab.source, orders(0, 10))
    for name in NAMES:
        file = lab.source / '_delta_log' / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"remove":{"path":"x","dataChange":true}}\n')
    (lab.source / 'orphan.parquet').write_bytes(b'not committed')
    (lab.source / 'metadata').mkdir()
    (lab.source / 'metadata' / 'v1.metadata.json').write_text('{}')
    lab.ship()
    assert lab.regions.versions()['table']['source_version'] == 0
    log = {name for name in files_below(lab.target) if name.startswith('_delta_log/')}
    assert log == {f'_delta_log/{0:020d}.json'}
    assert len(files_below(lab.target)) == 2


@pytest.mark.parametrize('name', ['1.json', '0000000001.json', '000000000000000000001.json'])
def test_a_number_of_another_width_is_named(bare, name):
    with bare.run():
        write(bare.source, orders(0, 10))
    (bare.source / '_delta_log' / name).write_bytes(log_file(bare.source, 0).read_bytes())
    bare.refused('table', name)
    assert not any(bare.target.rglob('*'))
