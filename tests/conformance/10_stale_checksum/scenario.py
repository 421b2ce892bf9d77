"""Spark takes schema and protocol from `N.crc` where there is one. A source's .crc beside a clone's commit of the same
number, or one that belongs to another table, would silently swap the schema."""
import json

from lab import edit, log_file


def checksums(table):
    return sorted(file.name for file in (table / '_delta_log').glob('*.crc') if not file.name.startswith('.'))


def test_replica_has_no_checksum_of_another_commit(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1), (2)')
    lab.ship()
    with lab.run():
        lab.sql('ALTER TABLE {t} ADD COLUMN name STRING', "INSERT INTO {t} VALUES (3, 'x')")
    assert checksums(lab.source)
    lab.ship()
    for name in checksums(lab.target):
        assert lab.mode == 'mirror', 'a clone has commits of its own'
        assert (lab.target / '_delta_log' / name).read_bytes() == (lab.source / '_delta_log' / name).read_bytes()
    (metadata,) = [column['name'] for column in lab.spark.read.format('delta').load(str(lab.target)).schema.jsonValue()
                   ['fields'] if column['name'] == 'name']
    assert metadata == 'name'


def test_a_checksum_that_lies_does_not_reach_the_replica(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} VALUES (1), (2)')
    truth = lab.rows(lab.source)

    def lie(text):
        checksum = json.loads(text)
        checksum['metadata']['schemaString'] = checksum['metadata']['schemaString'].replace('"id"', '"di"')
        return json.dumps(checksum).encode()

    edit(log_file(lab.source, 1, 'crc'), lie)
    lab.sync()
    assert lab.rows(lab.target) == truth
    log_file(lab.source, 1, 'crc').unlink()
    lab.check()
