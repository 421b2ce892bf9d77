"""On a local file system Hadoop keeps a checksum beside each file and believes it: one that belongs to other bytes
makes Spark refuse the real file. Replicas neither take such files over nor leave one behind that lies."""
import os

from lab import edit, log_file


def hidden(table):
    return sorted(path.name for path in table.rglob('.*') if path.is_file())


def test_none_is_copied(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1)')
    assert hidden(lab.source), 'the scenario needs a source with checksums'
    lab.ship()
    assert not hidden(lab.target)


def test_a_stale_one_at_the_source_stays_there(lab):
    """As after somebody repaired a commit by hand: Spark cannot read the source; the replica it can."""
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1)')
        stale = log_file(lab.source, 1).with_name(f'.{1:020d}.json.crc')
        kept = stale.read_bytes()
        edit(log_file(lab.source, 1), lambda text: text.replace(b'"operation":"WRITE"', b'"operation":"Write"'))
        stale.write_bytes(kept)
    lab.sync()
    assert lab.rows() == {'{"id": 1}': 1}
    assert not hidden(lab.target)


def test_replica_is_readable_under_a_narrow_umask(lab):
    """Files are made for the service's own user; nothing that readers need may be left without bits the umask
    allows."""
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1)')
    before = os.umask(0o027)
    try:
        lab.ship()
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o777 for path in lab.target.rglob('*') if path.is_file()}
    assert modes and all(mode == 0o640 for mode in modes.values()), {oct(mode) for mode in modes.values()}
