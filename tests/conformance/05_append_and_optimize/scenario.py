"""A window with an append and an OPTIMIZE nets to one compacted file. If the commit on the clone says that data was
only rearranged, nobody downstream ever sees the appended rows; if a mere OPTIMIZE says that data changed, all see
them twice."""
from collections import Counter

from lab import clone_only, mirror_only, of_kind


def create(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta', 'INSERT INTO {t} SELECT id FROM range(10)',
                'INSERT INTO {t} SELECT id FROM range(10, 20)')
    lab.ship(delta_rs=False)


def streamed(lab, **options):
    """Rows that a stream on the clone delivers after those it delivered before."""
    ids = []
    stream = lab.spark.readStream.format('delta').options(**options).load(str(lab.target))
    query = stream.writeStream.foreachBatch(lambda batch, _: ids.extend(row.id for row in batch.collect()))
    query = query.option('checkpointLocation', str(lab.folder / 'stream')).trigger(availableNow=True).start()
    try:
        assert query.awaitTermination(120), 'the stream did not end'
    finally:
        query.stop()
    return Counter(ids)


@clone_only
def test_stream_sees_what_was_appended_before_the_compaction(lab):
    create(lab)
    assert set(streamed(lab)) == set(range(20))
    with lab.run():
        lab.sql('INSERT INTO {t} SELECT id FROM range(100, 110)', 'OPTIMIZE {t}')
    lab.ship()
    newest = lab.newest(lab.target)
    assert of_kind(lab.target, 'remove', newest), 'the scenario needs a window that removes files'
    assert all(add['dataChange'] for add in of_kind(lab.target, 'add', newest))
    assert set(streamed(lab, ignoreChanges='true')) >= set(range(100, 110))


@clone_only
def test_stream_sees_nothing_of_a_mere_compaction(lab):
    create(lab)
    assert sum(streamed(lab).values()) == 20
    with lab.run():
        lab.sql('OPTIMIZE {t}')
    lab.ship()
    newest = lab.newest(lab.target)
    files = of_kind(lab.target, 'add', newest) + of_kind(lab.target, 'remove', newest)
    assert len(files) == 3 and not any(file['dataChange'] for file in files)
    assert not streamed(lab)


def append_unseen(lab, *ids):
    """An append that tells readers of changes that there is nothing to see, as tools that move rows write it."""
    frame = lab.spark.createDataFrame([(number,) for number in ids], 'id BIGINT')
    frame.write.format('delta').mode('append').option('dataChange', 'false').save(str(lab.source))


def test_an_append_that_says_it_changes_no_data_is_sent(lab):
    create(lab)
    for number in (100, 101):
        with lab.run():
            append_unseen(lab, number)
        lab.ship()
        assert lab.regions.history('sender')[0]['files'] == 1
    assert not any(add['dataChange'] for add in of_kind(lab.target, 'add', lab.newest(lab.target)))


@mirror_only
def test_history_holds_such_an_append_though_it_was_compacted_away(lab):
    create(lab)
    with lab.run():
        append_unseen(lab, 100)
        between = lab.newest()
        lab.sql('OPTIMIZE {t}')
    lab.ship()
    assert lab.newest() > between
    assert lab.rows(lab.target, between) == lab.rows(lab.source, between)
