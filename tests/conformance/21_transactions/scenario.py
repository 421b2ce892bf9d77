"""A stream writes into the table and remembers in its txn actions which batches are in. After a failover it writes to
the replica; where these are missing there, its last batch is in twice."""
from lab import of_kind


def stream_into(lab, table, folder):
    """One run of a stream from the folder of files into a Delta table, from the stream's own checkpoint."""
    stream = lab.spark.readStream.schema('id BIGINT').json(str(folder)).writeStream.format('delta')
    query = stream.option('checkpointLocation', str(lab.folder / 'stream')).trigger(availableNow=True).start(str(table))
    try:
        assert query.awaitTermination(120), 'the stream did not end'
    finally:
        query.stop()


def put(folder, name, ids):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(''.join(f'{{"id": {number}}}\n' for number in ids))


def test_a_stream_goes_on_at_the_replica_without_a_batch_twice(lab):
    folder = lab.folder / 'incoming'
    put(folder, 'a.json', range(10))
    with lab.run():
        stream_into(lab, lab.source, folder)
    lab.ship()
    put(folder, 'b.json', range(10, 20))
    with lab.run():
        stream_into(lab, lab.source, folder)
    lab.ship()
    # The stream does not know that its last batch is in.
    for commit in (lab.folder / 'stream' / 'commits').glob('*1*'):
        commit.unlink()
    stream_into(lab, lab.target, folder)
    put(folder, 'c.json', range(20, 25))
    stream_into(lab, lab.target, folder)
    assert lab.rows() == {f'{{"id": {number}}}': 1 for number in range(25)}


def test_an_application_whose_version_goes_back(lab):
    """The newest seen counts, not the highest."""
    app = {'appId': 'loader', 'lastUpdated': 1}
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT) USING delta')
        lab.commit({'txn': app | {'version': 7}}, {'txn': {'appId': 'other', 'version': 1}})
    lab.ship()
    with lab.run():
        lab.commit({'txn': app | {'version': 3}})
    lab.ship()
    assert [txn['version'] for txn in of_kind(lab.target, 'txn') if txn['appId'] == 'loader'] == [7, 3]
    assert [txn['version'] for txn in of_kind(lab.target, 'txn') if txn['appId'] == 'other'][-1] == 1
