"""Which version was the table at, at a moment? Spark's own answer, and ours (`lakeferry log --timestamp`)."""
import os
from datetime import datetime, timezone

from lab import log_file, without_hadoop_checksum
from lakeferry import BINARY, FAILED, call


def set_times(table, times_ms):
    """Times of the commits 0, 1, 2, … as the store lists them."""
    for version, time_ms in enumerate(times_ms):
        file = log_file(table, version)
        os.utime(file, ns=(time_ms * 1_000_000, time_ms * 1_000_000))


class Oracle:
    """Spark's answers: the newest version at or before a moment, or None where there is no such version."""

    def __init__(self, lab, table=None):
        lab.forget()
        self.jvm = lab.spark._jvm
        log = self.jvm.org.apache.spark.sql.delta.DeltaLog.forTable(lab.spark._jsparkSession, str(table or lab.source))
        self.history = log.history()

    def version_at(self, time_ms):
        none = getattr(self.jvm.scala, 'Option').empty()
        try:
            moment = self.jvm.java.sql.Timestamp(time_ms)
            return self.history.getActiveCommitAtTime(moment, none, True, True, False).version()
        except Exception as error:
            assert 'Timestamp' in str(error) or 'timestamp' in str(error), error
            return None


def our_version_at(table, time_ms):
    moment = datetime.fromtimestamp(time_ms // 1000, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S')
    moment += f'.{time_ms % 1000:03d}Z'
    done = call([BINARY, 'log', table.as_uri(), '--timestamp', moment, '--json'])
    if done.code == 0:
        return done.document['version']
    assert done.code == FAILED and done.error['message'] and done.error['remedy'], done
    return None


def assert_agree(lab, moments):
    """Ours is Spark's answer for each moment. The answers, in order."""
    oracle = Oracle(lab)
    theirs = {time_ms: oracle.version_at(time_ms) for time_ms in moments}
    assert {time_ms: our_version_at(lab.source, time_ms) for time_ms in moments} == theirs
    return list(theirs.values())
