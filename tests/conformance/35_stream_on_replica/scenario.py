"""A Structured Streaming query that read the source goes on at the replica with its own checkpoint. On a mirror
nothing may be lost and nothing come twice, in the middle of its first snapshot and in the middle of a commit too;
on a clone the query must fail, because versions mean something else there."""
import pytest
from lab import clone_only, mirror_only


class Stop(Exception):
    pass


class Consumer:
    """One file a batch; `ids` holds what was delivered by completed batches."""

    def __init__(self, lab):
        self.lab, self.ids = lab, []

    def read(self, table, batches=None):
        """Runs to the end, or stops after so many batches with the next one handed out and not completed."""
        done = 0

        def take(batch, _):
            nonlocal done
            rows = [row.id for row in batch.collect()]
            if done == batches:
                raise Stop('the consumer dies here')
            self.ids += rows
            done += 1

        stream = self.lab.spark.readStream.format('delta').option('maxFilesPerTrigger', 1).load(str(table))
        query = stream.writeStream.foreachBatch(take).option('checkpointLocation', str(self.lab.folder / 'stream'))
        query = query.trigger(availableNow=True).start()
        try:
            assert query.awaitTermination(120)
        except Exception as error:
            if batches is None or 'the consumer dies here' not in str(error):
                raise
        finally:
            query.stop()


def insert(lab, first, files=3):
    rows = lab.spark.range(first, first + 9, 1, files)
    rows.write.format('delta').mode('append').save(str(lab.source))


@mirror_only
def test_failing_over_in_the_first_snapshot(lab):
    with lab.run():
        insert(lab, 0)
        insert(lab, 10)
    lab.ship()
    consumer = Consumer(lab)
    consumer.read(lab.source, batches=2)
    assert 0 < len(consumer.ids) < 18
    with lab.run():
        insert(lab, 20)
    lab.ship()
    consumer.read(lab.target)
    assert sorted(consumer.ids) == [*range(9), *range(10, 19), *range(20, 29)]


@mirror_only
def test_failing_over_in_a_commit(lab):
    with lab.run():
        insert(lab, 0, files=1)
    lab.ship()
    consumer = Consumer(lab)
    consumer.read(lab.source)
    with lab.run():
        insert(lab, 10)
        insert(lab, 20)
    consumer.read(lab.source, batches=2)
    assert len(consumer.ids) == 15, 'two of the three files of a commit'
    lab.ship()
    consumer.read(lab.target)
    assert sorted(consumer.ids) == [*range(9), *range(10, 19), *range(20, 29)]


@clone_only
def test_a_clone_is_another_table(lab):
    with lab.run():
        insert(lab, 0)
    lab.ship()
    consumer = Consumer(lab)
    consumer.read(lab.source)
    with lab.run():
        insert(lab, 10)
    lab.ship()
    with pytest.raises(Exception, match='unexpected Delta table'):
        consumer.read(lab.target)
    assert sorted(consumer.ids) == list(range(9))
