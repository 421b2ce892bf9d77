"""Two DELETEs on one file with deletion vectors: the path stays, the vector changes. Whoever keys files by path alone
loses one of the deletions, or the file."""
from lab import of_kind


def test_the_new_vector_replaces_the_old_one(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT, name STRING) USING delta"
                " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                "INSERT INTO {t} SELECT /*+ COALESCE(1) */ id, concat('n', id) FROM range(100)",
                'DELETE FROM {t} WHERE id = 7')
    lab.ship()
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 8', 'DELETE FROM {t} WHERE id = 9')
    lab.ship()
    assert sum(lab.rows().values()) == 97
    if lab.mode == 'clone':
        (before,) = of_kind(lab.target, 'add', 0)
        removed = of_kind(lab.target, 'remove', lab.newest(lab.target))
        (added,) = of_kind(lab.target, 'add', lab.newest(lab.target))
        assert before['deletionVector'] in [remove['deletionVector'] for remove in removed]
        assert {remove['path'] for remove in removed} == {added['path']} == {before['path']}
        assert added['deletionVector'] not in [remove['deletionVector'] for remove in removed]
        assert added['deletionVector']['cardinality'] == 3


def test_a_deletion_and_its_restore_in_one_window_come_to_nothing(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(50)')
    lab.ship()
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id < 10', 'RESTORE TABLE {t} TO VERSION AS OF 1')
    lab.ship()
    assert sum(lab.rows().values()) == 50
