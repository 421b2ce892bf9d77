"""A log compaction file has dropped a tombstone that was old enough, of a file added before its range: who reads it
brings the file back. Replication neither reads nor copies such files."""
from delta_tables import DeltaRs, orders, write
from deltalake import DeltaTable
from lab import log_file

COMPACTED = f'{1:020d}.{2:020d}.compacted.json'


def test_compacted_file_is_neither_read_nor_copied(lab):
    with lab.run():
        write(lab.source, orders(0, 10), partition_by=['region'])
        DeltaTable(str(lab.source)).delete("region = 'west'")
        write(lab.source, orders(100, 10, 'east'))
    truth = DeltaRs(lab.source).rows()
    lines = [line for number in (1, 2) for line in log_file(lab.source, number).read_text().splitlines()]
    kept = [line for line in lines if line.startswith('{"add"')]
    assert any(line.startswith('{"remove"') for line in lines) and kept
    compacted = lab.source / '_delta_log' / COMPACTED
    compacted.write_text('\n'.join(kept) + '\n')
    lab.sync()
    assert sum(truth.values()) == 10
    assert DeltaRs(lab.target).rows() == truth
    assert lab.rows(lab.target) == truth
    assert not list(lab.target.rglob('*.compacted.json'))
    # And in the next cut, whose range begins within the compacted one.
    with lab.run():
        write(lab.source, orders(200, 5, 'south'))
    lab.sync()
    assert lab.rows(lab.target) == DeltaRs(lab.target).rows() == DeltaRs(lab.source).rows()
    compacted.unlink()
    lab.check()
