"""Row tracking gives each row an id for life. A clone keeps the source's ids: two rows with one id, or a row whose id
changes with a compaction, break whoever follows rows by id."""
import json

from lab import clone_only, commit_versions, of_kind

VERSIONS = 'SELECT id, _metadata.row_commit_version AS version FROM {t} ORDER BY id'
ROWS = 'SELECT id, _metadata.row_id AS row_id FROM {t} ORDER BY id'


def newest_clone(lab):
    """The version of the newest commit that brought an epoch; others only take a number."""
    info = [(version, of_kind(lab.target, 'commitInfo', version)[0]) for version in commit_versions(lab.target)]
    return max(version for version, fields in info if fields['operation'] == 'CLONE')


def versions(lab, table):
    lab.forget()
    return {row.id: row.version for row in lab.sql(VERSIONS, at=table)}


def check_ids(lab):
    there = [tuple(row) for row in lab.sql(ROWS, at=lab.target)]
    assert there == [tuple(row) for row in lab.sql(ROWS)]
    assert len({row_id for _, row_id in there}) == len(there), 'an id occurs twice'
    domains = [domain for domain in of_kind(lab.target, 'domainMetadata') if domain['domain'] == 'delta.rowTracking']
    mark = json.loads(domains[-1]['configuration'])['rowIdHighWaterMark']
    assert mark >= max(row_id for _, row_id in there)


def test_ids_are_kept_through_backfill_updates_vectors_and_compaction(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, name STRING) USING delta"
                " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                "INSERT INTO {t} SELECT id, 'a' FROM range(20)")
    lab.ship()
    with lab.run():
        lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableRowTracking' = 'true')")
    lab.ship()
    check_ids(lab)
    with lab.run():
        lab.sql("UPDATE {t} SET name = 'b' WHERE id = 4", 'DELETE FROM {t} WHERE id = 5',
                "INSERT INTO {t} SELECT id, 'c' FROM range(100, 105)")
    lab.ship()
    check_ids(lab)
    if lab.mode == 'clone':
        vectored = [add for add in of_kind(lab.target, 'add', newest_clone(lab)) if 'deletionVector' in add]
        assert [add['baseRowId'] for add in vectored] == [0], 'the file with a vector keeps its row ids'
    with lab.run():
        lab.sql('OPTIMIZE {t}')
    lab.ship()
    check_ids(lab)


@clone_only
def test_ids_for_files_of_before_are_no_new_rows(lab):
    """Spark names every file again when it gives it ids. A stream on the clone that has read these rows would get them
    twice if the clone said that they are new."""
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} SELECT id FROM range(0, 10, 1, 1)')
    lab.ship()
    with lab.run():
        lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableRowTracking' = 'true')",
                'INSERT INTO {t} SELECT id FROM range(10, 12, 1, 1)')
    lab.ship()
    adds = of_kind(lab.target, 'add', newest_clone(lab))
    assert sorted(add['dataChange'] for add in adds) == [False, True]


@clone_only
def test_rows_changed_after_a_failover_have_higher_versions_than_all_before(lab):
    """Who follows rows by the version that last changed them asks for those above the last it saw. Rows of a clone bear
    the source's versions, and a clone's own began at 0."""
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, name STRING) USING delta"
                " TBLPROPERTIES ('delta.enableRowTracking' = 'true')",
                *[f"INSERT INTO {{t}} SELECT id, 'a' FROM range({at}, {at + 3}, 1, 1)" for at in (0, 3, 6)])
    lab.ship()
    with lab.run():
        lab.sql(*[f"UPDATE {{t}} SET name = 'b' WHERE id = {row}" for row in (0, 1, 4)], 'OPTIMIZE {t}')
    lab.ship()
    before = versions(lab, lab.source)
    assert versions(lab, lab.target) == before
    lab.sql("UPDATE {t} SET name = 'c' WHERE id = 7", "INSERT INTO {t} VALUES (20, 'd')", at=lab.target)
    after = versions(lab, lab.target)
    assert {row: version for row, version in after.items() if row not in (7, 20)} == {
        row: version for row, version in before.items() if row != 7}
    assert min(after[7], after[20]) > max(before.values())
