"""Two DELETEs on one file with deletion vectors: the path stays, the vector changes. Whoever keys files by path alone
loses one of the deletions, or the file."""
from lab import edit_actions, newest_checkpoint, of_kind


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


def test_remove_that_forgets_the_vector_leaves_two_files(lab):
    """Against the protocol, and read by Spark all the same: the file is live twice, once for each vector. It goes over
    so, change by change and as a whole table."""
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true',"
                " 'delta.checkpointInterval' = '2')",
                'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(20)', 'DELETE FROM {t} WHERE id = 1')
    lab.ship()
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 2')
        edit_actions(lab.source, 3, forget_vector)
    lab.ship(delta_rs=False)
    assert sum(lab.rows().values()) == 19 + 18
    for value in (100, 101):
        with lab.run():
            lab.forget()
            lab.sql(f'INSERT INTO {{t}} VALUES ({value})')
        lab.ship(delta_rs=False)
    if lab.mode == 'clone':
        assert newest_checkpoint(lab.target), 'a clone of it has checkpoints'
    seen = lab.regions.run('sender', 'log', lab.source.as_uri(), '--json').document
    assert seen['num_files'] == 4


def test_two_files_of_one_path_in_the_first_cut(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(20)', 'DELETE FROM {t} WHERE id = 1',
                'DELETE FROM {t} WHERE id = 2')
        edit_actions(lab.source, 3, forget_vector)
    lab.ship(delta_rs=False)
    assert sum(lab.rows().values()) == 19 + 18


def forget_vector(kind, fields):
    if kind == 'remove':
        fields.pop('deletionVector')
    return fields
