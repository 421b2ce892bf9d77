"""Tables that real engines write, each in two steps: what run 1 leaves behind, and what run 2 makes of it."""
from dataclasses import dataclass, field

import delta_tables
import pyarrow

AWKWARD = ['a b', '10:45', '50%', '%41', 'x/y', 'é', 'a+b', '#?', 'k=v', 'q"\\', '', None]


@dataclass
class Scenario:
    """create(session, path) and change(session, path) are run 1 and run 2."""

    create: object
    change: object
    delta_rs: bool = True  # delta-rs can read the table as well
    modes: tuple = ('clone', 'mirror')
    settings: dict = field(default_factory=dict)  # of the Spark session, while the table is written


def sql(session, path, *statements):
    for statement in statements:
        session.sql(statement.format(t=f'delta.`{path}`'))


def append(session, path, first, count, columns='id, id % 7 AS amount, concat("n", id) AS name', files=2):
    frame = session.range(first, first + count, 1, files).selectExpr(*split(columns))
    frame.write.format('delta').mode('append').save(str(path))


def split(columns):
    parts, depth = [''], 0
    for letter in columns:
        depth += {'(': 1, ')': -1}.get(letter, 0)
        if letter == ',' and depth == 0:
            parts.append('')
        else:
            parts[-1] += letter
    return parts


def checkpoint(session, path):
    session._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(session._jsparkSession, str(path)).checkpoint()


def forget_commits_before_checkpoint(path):
    """What log clean-up does in time: the commits a checkpoint covers are gone, and readers have only it."""
    log = path / '_delta_log'
    newest = max(int(file.name[:20]) for file in log.glob('[0-9]*.checkpoint*'))
    for number in range(newest):
        for name in ('{}.json', '{}.crc', '.{}.json.crc', '.{}.crc.crc'):
            (log / name.format(f'{number:020d}')).unlink(missing_ok=True)


def create_default(session, path):
    append(session, path, 0, 100)


def change_default(session, path):
    append(session, path, 100, 20)
    sql(session, path, "UPDATE {t} SET name = 'changed' WHERE id < 5", 'DELETE FROM {t} WHERE id % 10 = 3')


def create_deletion_vectors(session, path):
    sql(session, path, 'CREATE TABLE {t} (id BIGINT, amount BIGINT, name STRING) USING delta'
        " TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    append(session, path, 0, 200, files=1)
    sql(session, path, 'DELETE FROM {t} WHERE id = 7')


def change_deletion_vectors(session, path):
    sql(session, path, 'DELETE FROM {t} WHERE id IN (8, 90)')
    append(session, path, 200, 100, files=1)
    sql(session, path, 'DELETE FROM {t} WHERE id = 250')


def create_column_mapping(session, path):
    sql(session, path, 'CREATE TABLE {t} (id BIGINT, `a name, with = signs` STRING, extra INT) USING delta'
        " PARTITIONED BY (extra) TBLPROPERTIES ('delta.columnMapping.mode' = 'name')",
        "INSERT INTO {t} VALUES (1, 'x', 1), (2, NULL, 2)")


def change_column_mapping(session, path):
    sql(session, path, 'ALTER TABLE {t} RENAME COLUMN `a name, with = signs` TO plain',
        'ALTER TABLE {t} ADD COLUMN more DOUBLE', "INSERT INTO {t} VALUES (3, 'y', 1, 0.5)",
        'ALTER TABLE {t} DROP COLUMN more')


def create_checkpointed(session, path):
    create_default(session, path)
    append(session, path, 100, 10)
    sql(session, path, 'DELETE FROM {t} WHERE id % 10 = 4')
    checkpoint(session, path)
    forget_commits_before_checkpoint(path)


def create_kept_checkpoint(session, path):
    create_default(session, path)
    sql(session, path, 'DELETE FROM {t} WHERE id % 10 = 4')
    checkpoint(session, path)


def create_v2(session, path):
    sql(session, path, 'CREATE TABLE {t} (id BIGINT, amount BIGINT, name STRING) USING delta'
        " TBLPROPERTIES ('delta.checkpointPolicy' = 'v2')")
    create_checkpointed(session, path)


def awkward_rows(session, first):
    rows = [(first + number, text, number % 3) for number, text in enumerate(AWKWARD)]
    return session.createDataFrame(rows, 'id bigint, p string, q int')


def create_awkward(session, path):
    awkward_rows(session, 0).coalesce(1).write.format('delta').partitionBy('p', 'q').save(str(path))


def change_awkward(session, path):
    awkward_rows(session, 100).coalesce(1).write.format('delta').mode('append').save(str(path))
    sql(session, path, "DELETE FROM {t} WHERE p = '10:45'", "UPDATE {t} SET id = id + 1000 WHERE p = 'x/y'")


def create_awkward_delta_rs(_, path):
    rows = pyarrow.table({'id': list(range(len(AWKWARD))), 'p': AWKWARD})
    delta_tables.write(path, rows, partition_by=['p'])


def change_awkward_delta_rs(_, path):
    delta_tables.write(path, pyarrow.table({'id': [100, 101], 'p': ['50%', None]}))
    table = delta_tables.DeltaTable(str(path))
    table.delete("p = 'x/y'")
    table.create_checkpoint()


def create_types(session, path):
    session.range(0, 20, 1, 1).selectExpr(
        'id', 'cast(id AS tinyint) AS tiny', 'cast(id / 3 AS decimal(20, 5)) AS exact',
        'cast(id / 7 AS float) AS rough',
        'date_add(date"1969-12-25", cast(id AS int)) AS day', 'timestamp_millis(id * 86400123 - 5) AS moment',
        'encode(concat("b", id), "utf-8") AS raw', 'named_struct("a", id, "b", array(id, null)) AS nested',
        'map(concat("k", id), id) AS pairs', 'if(id % 2 = 0, null, id % 3 = 0) AS flag',
    ).write.format('delta').save(str(path))


def change_types(session, path):
    rows = session.read.format('delta').load(str(path)).selectExpr('*', 'id * 2 AS added')
    rows.write.format('delta').mode('append').option('mergeSchema', 'true').save(str(path))


def change_overwrite(session, path):
    rows = session.range(0, 10, 1, 1).selectExpr('cast(id AS string) AS word', 'id % 2 AS part')
    writer = rows.write.format('delta').mode('overwrite').option('overwriteSchema', 'true')
    writer.partitionBy('part').save(str(path))


def change_optimize(session, path):
    append(session, path, 100, 20, files=4)
    sql(session, path, 'OPTIMIZE {t}', 'DELETE FROM {t} WHERE id = 119',
        "ALTER TABLE {t} SET TBLPROPERTIES ('delta.appendOnly' = 'true', 'team' = 'data')")


PART_SIZE = 'spark.databricks.delta.checkpoint.partSize'
V2_FORM = 'spark.databricks.delta.checkpointV2.topLevelFileFormat'

SCENARIOS = {
    'default': Scenario(create_default, change_default),
    'optimize': Scenario(create_default, change_optimize),
    'overwrite': Scenario(create_default, change_overwrite),
    'types': Scenario(create_types, change_types),
    'deletion_vectors': Scenario(create_deletion_vectors, change_deletion_vectors, delta_rs=False),
    'column_mapping': Scenario(create_column_mapping, change_column_mapping, delta_rs=False),
    'awkward': Scenario(create_awkward, change_awkward),
    'awkward_delta_rs': Scenario(create_awkward_delta_rs, change_awkward_delta_rs),
    'checkpoint': Scenario(create_kept_checkpoint, change_default),
    # Only a checkpoint tells what the table was: a clone starts from it; a mirror has no first commit to copy.
    'checkpoint_alone': Scenario(create_checkpointed, change_default, modes=('clone',)),
    'checkpoint_parts': Scenario(create_checkpointed, change_default, modes=('clone',), settings={PART_SIZE: '3'}),
    'checkpoint_v2_json': Scenario(create_v2, change_default, delta_rs=False, modes=('clone',),
                                   settings={PART_SIZE: '3', V2_FORM: 'json'}),
    'checkpoint_v2_parquet': Scenario(create_v2, change_default, delta_rs=False, modes=('clone',),
                                      settings={PART_SIZE: '3', V2_FORM: 'parquet'}),
}
