"""A table that used deletion vectors and dropped the feature. Its newest protocol knows of none, its older versions
need them: whoever goes by the newest protocol publishes versions without their vectors."""
from lab import mirror_only, of_kind


def create(lab):
    lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')",
            'INSERT INTO {t} SELECT /*+ COALESCE(1) */ id FROM range(30)', 'DELETE FROM {t} WHERE id < 5')


def drop_feature(lab):
    lab.sql("ALTER TABLE {t} SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'false')",
            'ALTER TABLE {t} DROP FEATURE deletionVectors', 'INSERT INTO {t} VALUES (100)')
    features = lab.spark_view(lab.source).protocol
    assert 'deletionVectors' not in str(features), 'the scenario needs a newest protocol without the feature'


def test_feature_dropped_between_two_cuts(lab):
    with lab.run():
        create(lab)
    lab.ship()
    with lab.run():
        drop_feature(lab)
    lab.ship()
    if lab.mode == 'clone':
        # What the replica's older versions hold needs it still.
        assert 'deletionVectors' in lab.spark_view(lab.target).protocol['readerFeatures']
        assert sum(lab.rows(version=0).values()) == 25


@mirror_only
def test_older_versions_of_the_mirror_are_readable(lab):
    with lab.run():
        create(lab)
        drop_feature(lab)
    lab.ship()
    for version in (1, 2, lab.newest() - 1):
        assert lab.rows(lab.target, version) == lab.rows(lab.source, version), version
    vectors = {add['deletionVector']['pathOrInlineDv'] for add in of_kind(lab.source, 'add') if 'deletionVector' in add}
    assert vectors and len(list(lab.target.glob('*.bin'))) == len(vectors)
    checkpoints = {file.name for file in (lab.source / '_delta_log').glob('[0-9]*.checkpoint*')}
    protected = lab.spark_view(lab.source).properties().get('delta.requireCheckpointProtectionBeforeVersion')
    if protected:
        needed = {name for name in checkpoints if int(name[:20]) <= int(protected)}
        assert needed <= {file.name for file in (lab.target / '_delta_log').glob('*.checkpoint*')}
    assert of_kind(lab.target, 'metaData')
