"""Tables whose files do not tell the whole truth, or tell it in a way this release does not know. Half-read, they
become smaller tables; each is refused by name, with versions and a way out, and the replica stays."""
import pytest
from delta_tables import orders, write
from lab import bare_clone_only, bare_mirror_only, of_kind


def protocol(reader=(), writer=()):
    return {'protocol': {'minReaderVersion': 3, 'minWriterVersion': 7, 'readerFeatures': list(reader),
                         'writerFeatures': [*reader, *writer]}}


def with_property(bare, key, value='x'):
    metadata = of_kind(bare.source, 'metaData')[-1]
    return {'metaData': metadata | {'configuration': metadata['configuration'] | {key: value}}}


REFUSED = {
    'catalog-managed': (['catalogManaged'], 'catalogManaged'),
    'catalog-managed, preview': (['catalogOwned-preview'], 'catalogOwned-preview'),
    'redirected': (['redirectReaderWriter-preview'], 'redirectReaderWriter-preview'),
    'adaptive metadata': (['adaptiveMetadata-preview'], 'adaptiveMetadata-preview'),
    'unknown to readers': (['timeMachine'], 'timeMachine'),
    'nanoseconds': (['timestampNanos'], 'timestampNanos'),
}


def refused_before_and_after(bare, name, *actions):
    """As the first cut, and as a change of a table that is replicated already."""
    with bare.run():
        write(bare.source, orders(0, 10))
    bare.sync()
    with bare.run():
        bare.commit(*actions)
    error = bare.refused('table', name)
    assert error['kind'] == 'unsupported_table'
    return error


@pytest.mark.parametrize('what', REFUSED)
def test_reader_features(bare, what):
    features, name = REFUSED[what]
    error = refused_before_and_after(bare, name, protocol(features))
    assert 'reader version 3, writer version 7' in error['message']


@pytest.mark.parametrize('what', REFUSED)
def test_reader_features_in_the_first_cut(bare, what):
    features, name = REFUSED[what]
    with bare.run():
        write(bare.source, orders(0, 10))
        bare.commit(protocol(features))
    bare.refused('table', name)
    assert not any(bare.target.rglob('*'))


@pytest.mark.parametrize('feature', ['coordinatedCommits-preview', 'redirectWriterOnly-preview'])
def test_writer_features_that_no_mode_carries(bare, feature):
    refused_before_and_after(bare, feature, protocol(writer=[feature]))


@pytest.mark.parametrize('key', ['delta.coordinatedCommits.commitCoordinator-preview',
                                 'delta.redirectReaderWriter-preview'])
def test_properties(bare, key):
    with bare.run():
        write(bare.source, orders(0, 10))
    bare.sync()
    with bare.run():
        bare.commit(with_property(bare, key))
    bare.refused('table', key)


@bare_clone_only
def test_a_clone_refuses_a_writer_feature_it_does_not_know(bare):
    error = refused_before_and_after(bare, 'inventedByTomorrow', protocol(writer=['inventedByTomorrow']))
    assert 'mode: mirror' in error['remedy']


@bare_mirror_only
def test_a_mirror_carries_a_writer_feature_it_does_not_know(bare):
    with bare.run():
        write(bare.source, orders(0, 10))
    bare.sync()
    with bare.run():
        bare.commit(protocol(writer=['inventedByTomorrow']))
    bare.sync()
    bare.assert_mirrored()
    assert bare.newest(bare.target) == 1


@pytest.mark.parametrize('versions', [(4, 7), (3, 8)])
def test_version_numbers_of_tomorrow(bare, versions):
    change = protocol()
    change['protocol'] |= {'minReaderVersion': versions[0], 'minWriterVersion': versions[1]}
    with bare.run():
        write(bare.source, orders(0, 10))
    bare.sync()
    with bare.run():
        bare.commit(change)
    bare.refused('table', f'reader version {versions[0]}, writer version {versions[1]}')


def test_a_staged_commit_is_not_taken_for_a_commit(lab):
    """Its presence proves nothing; without the feature it is another folder."""
    with lab.run():
        write(lab.source, orders(0, 10))
        staged = lab.source / '_delta_log' / '_staged_commits'
        staged.mkdir()
        (staged / f'{1:020d}.3a0d65cd-4056-49b8-937b-95f9e3ee90e5.json').write_text('{"remove":{"path":"x"}}\n')
    lab.ship()
    assert not (lab.target / '_delta_log' / '_staged_commits').exists()
