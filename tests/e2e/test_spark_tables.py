"""Tables as Spark and delta-rs write them, replicated in both modes and read back by both engines.

The tables are made once. Each is a group of its own, so that one that fails says nothing about the others.
"""
import delta_tables
import pytest
from delta_tables import assert_same_commits, assert_tables_equal
from lakeferry import Regions, Run
from spark_scenarios import SCENARIOS

MODES = ('clone', 'mirror')
CASES = [(name, mode) for name, scenario in SCENARIOS.items() for mode in scenario.modes]
# One worker makes the tables, and once.
pytestmark = pytest.mark.xdist_group('spark tables')


def make(session, lake, step, run_id):
    """Runs one step of every scenario and returns the version each table then has."""
    versions = {}
    session.conf.set('spark.databricks.delta.commitInfo.userMetadata', run_id)
    for name, scenario in SCENARIOS.items():
        for key, value in scenario.settings.items():
            session.conf.set(key, value)
        getattr(scenario, step)(session, lake / name)
        for key in scenario.settings:
            session.conf.unset(key)
        versions[name] = int(max((lake / name / '_delta_log').glob('*.json'), key=commit_number).name[:20])
    session.conf.unset('spark.databricks.delta.commitInfo.userMetadata')
    return versions


def commit_number(file):
    return int(file.name[:20]) if file.name[20:] == '.json' else -1


class World:
    """Both modes over the same sources, after two runs: per epoch the cut and the replica's versions."""

    def __init__(self, session, folder):
        lake = folder / 'lake'
        lake.mkdir()
        self.regions = {mode: Regions(folder / mode, [name for name, case in CASES if case == mode], mode=mode,
                                      group=None, lake=lake) for mode in MODES}
        self.cuts, self.replicas, self.passes = [], [], []
        for step, run_id in (('create', 'run-1'), ('change', 'run-2')):
            runs = [Run(regions, run_id).begin() for regions in self.regions.values()]
            self.cuts.append(make(session, lake, step, run_id))
            for run in runs:
                run.finish()
            for regions in self.regions.values():
                # Each table answers for itself below.
                self.passes += [str(regions.pass_once(role, code=None)) for role in ('sender', 'receiver')]
            self.replicas.append({mode: {name: row['replica_version'] for name, row in regions.versions().items()}
                                  for mode, regions in self.regions.items()})


@pytest.fixture(scope='module')
def world(spark, tmp_path_factory):
    return World(spark, tmp_path_factory.mktemp('spark_tables'))


@pytest.mark.parametrize('epoch', [1, 2])
@pytest.mark.parametrize('name, mode', CASES)
def test_replica_equals_source_at_the_cut(spark, world, name, mode, epoch):
    regions = world.regions[mode]
    source, target = regions.source(name), regions.target(name)
    cut = world.cuts[epoch - 1][name]
    replica = world.replicas[epoch - 1][mode][name]
    assert replica is not None, f'{regions.status("receiver", name)}\n' + '\n'.join(world.passes)
    assert regions.status('receiver', name)['epoch'] == 2
    assert_tables_equal(source, cut, target, replica, spark=spark)
    if SCENARIOS[name].delta_rs:
        assert_tables_equal(source, cut, target, replica)


@pytest.mark.parametrize('name', [name for name, mode in CASES if mode == 'mirror'])
def test_mirror_has_the_commits_of_the_source(world, name):
    regions = world.regions['mirror']
    assert_same_commits(regions.source(name), regions.target(name), range(world.cuts[1][name] + 1))


@pytest.mark.parametrize('name', [name for name, mode in CASES if mode == 'clone'])
def test_clone_has_an_id_of_its_own_for_life(spark, world, name):
    regions = world.regions['clone']
    source, target = (delta_tables.Spark(spark, path(name)).metadata for path in (regions.source, regions.target))
    assert source['id'] != target['id']


@pytest.mark.parametrize('name, mode', CASES)
def test_replica_holds_no_file_of_another_path(world, name, mode):
    """Every name below the replica is one of the source's, but for the replica's own log in clone mode."""
    regions = world.regions[mode]
    sources = set(delta_tables.files_below(regions.source(name)))
    for file in delta_tables.files_below(regions.target(name)):
        assert file in sources or file.startswith('_delta_log/'), file
