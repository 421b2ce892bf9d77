"""Time travel by timestamp: for every log and every instant the version, and its time, that Spark gives."""
import os
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from random_logs import make_logs, make_long_log  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get('LAKEFERRY_BUILD', ROOT / 'build' / 'release'))
VERSION_AT = BUILD / 'tests' / 'time_travel' / 'version_at'
SEED = int(os.environ.get('LAKEFERRY_TIME_TRAVEL_SEED', '20'))
LOGS = int(os.environ.get('LAKEFERRY_TIME_TRAVEL_LOGS', '200'))
INSTANTS = 14
# Spark's second word for it is of a log whose oldest checkpoint has no commit of its own.
TOO_EARLY = ('TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION', 'DELTA_NO_COMMITS_FOUND')


class SparkHistory:
    """Delta's own history manager, asked as RESTORE TABLE … TO TIMESTAMP asks it."""

    def __init__(self, session):
        self.jvm = session._jvm
        self.session = session._jsparkSession
        self.no_table = self.jvm.scala.Option.empty()

    def log(self, folder):
        return self.jvm.org.apache.spark.sql.delta.DeltaLog.forTable(self.session, str(folder))

    def answers(self, folder, instants):
        try:
            history = self.log(folder).history()
        except Exception as error:  # a log that Spark does not read at all
            return [self._failure(error)] * len(instants)
        return [self._answer(history, instant) for instant in instants]

    def _answer(self, history, instant):
        try:
            at = self.jvm.java.sql.Timestamp(instant)
            commit = history.getActiveCommitAtTime(at, self.no_table, True, True, False)
        except Exception as error:
            return self._failure(error)
        return f'{commit.version()}@{commit.timestamp()}'

    @staticmethod
    def _failure(error):
        text = str(error)
        return 'none' if any(kind in text for kind in TOO_EARLY) else 'error ' + text[:300]


def ours(questions):
    """The answers of the product for [(folder, instants)], in one process."""
    lines = ''.join('\t'.join([str(folder), *map(str, instants)]) + '\n' for folder, instants in questions)
    done = subprocess.run([VERSION_AT], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [line.rstrip('\n').split('\t')[:-1] for line in done.stdout.splitlines()]


def same(mine, sparks):
    if mine.startswith('error') or sparks.startswith('error'):
        return mine.startswith('error') and sparks.startswith('error')
    return mine == sparks


def compare(session, logs, rng, instants=INSTANTS):
    """Asks both about every log; the answers that differ, and how often each kind of answer was seen."""
    history = SparkHistory(session)
    questions = [(log.folder, log.instants(rng, instants)) for log in logs]
    differences, seen = [], {'version': 0, 'none': 0, 'error': 0}
    for log, (folder, asked), mine in zip(logs, questions, ours(questions), strict=True):
        for instant, my_answer, sparks in zip(asked, mine, history.answers(folder, asked), strict=True):
            seen[sparks.split()[0] if sparks[0] in 'ne' else 'version'] += 1
            if not same(my_answer, sparks):
                differences.append(f'{log.kind} {folder} at {instant}: ours {my_answer}, Spark {sparks}')
    return differences, seen


def assert_same(session, logs, rng, **options):
    differences, seen = compare(session, logs, rng, **options)
    assert not differences, f'{len(differences)} answers differ:\n' + '\n'.join(differences[:20])
    return seen


def test_small_logs_of_every_kind(spark, tmp_path):
    logs = make_logs(tmp_path, SEED, LOGS)
    seen = assert_same(spark, logs, random.Random(SEED))
    assert seen['version'] > 4 * len(logs) and seen['none'] > len(logs) and seen['error'] > 0


def test_more_commits_than_delta_lists_at_once(spark, tmp_path):
    rng = random.Random(SEED)
    shapes = [('long', 2001, 0), ('long, cleaned', 2650, 330), ('long, midway', 2120, 0)]
    logs = [make_long_log(tmp_path / f'long_{number}', rng, *shape) for number, shape in enumerate(shapes)]
    seen = assert_same(spark, logs, rng, instants=10)
    assert seen['version'] > 20


def test_logs_that_spark_cleaned_up_itself(spark, tmp_path):
    rng = random.Random(SEED)
    logs = make_logs(tmp_path, SEED + 1, 4, cleaned=False)
    history = SparkHistory(spark)
    gone = 0
    for log in logs:
        history.log(log.folder).checkpoint()  # the commits are years old: they go with it
        gone += sum(not log.commit_path(version).exists() for version in range(len(log.file_times)))
    assert gone > len(logs)
    assert_same(spark, logs, rng)
