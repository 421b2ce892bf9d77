"""One commit that adds or removes a file twice, or does both: engines disagree on what holds, so a replica of it is
right for one of them at best."""
import pytest
from delta_tables import orders, write
from lab import of_kind

VECTOR = {'storageType': 'i', 'pathOrInlineDv': 'wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L', 'sizeInBytes': 40,
          'cardinality': 6}


def remove(add, **more):
    return {'remove': {'path': add['path'], 'deletionTimestamp': 1, 'dataChange': True} | more}


CONTRADICTIONS = {
    'two adds': lambda add: [{'add': add}, {'add': add | {'size': add['size'] + 1}}],
    'two removes': lambda add: [remove(add), remove(add)],
    'add and remove': lambda add: [{'add': add}, remove(add)],
    'add and remove with one vector': lambda add: [{'add': add | {'deletionVector': VECTOR}},
                                                   remove(add, deletionVector=VECTOR)],
    'two names of one path': lambda add: [{'add': add}, {'add': add | {'path': './' + add['path']}}],
    'two metaData': lambda add: [{'metaData': {'id': 'x', 'format': {'provider': 'parquet', 'options': {}},
                                               'schemaString': '{"type":"struct","fields":[]}', 'partitionColumns': [],
                                               'configuration': {}}}] * 2,
}


@pytest.mark.parametrize('what', CONTRADICTIONS)
@pytest.mark.parametrize('in_first_cut', [True, False])
def test_contradictions_are_refused(bare, what, in_first_cut):
    with bare.run():
        write(bare.source, orders(0, 10))
        if in_first_cut:
            bare.commit(*CONTRADICTIONS[what](of_kind(bare.source, 'add', 0)[0]))
    if not in_first_cut:
        bare.sync()
        with bare.run():
            bare.commit(*CONTRADICTIONS[what](of_kind(bare.source, 'add', 0)[0]))
    error = bare.refused('table', f'{1:020d}.json', 'twice' if 'metaData' not in what else 'metaData')
    assert error['kind'] == 'corrupt_log'


def test_a_path_that_leaves_with_one_vector_and_returns_with_another_is_no_contradiction(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
                'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(20)', 'DELETE FROM {t} WHERE id = 1')
    lab.ship()
    with lab.run():
        lab.sql('DELETE FROM {t} WHERE id = 2')
    (before,), (after,) = of_kind(lab.source, 'remove', 3), of_kind(lab.source, 'add', 3)
    assert before['path'] == after['path']
    lab.ship()
    assert sum(lab.rows().values()) == 18
