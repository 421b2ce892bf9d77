"""Two groups in one store, of which one gets no answer any more: the other goes on as if nothing were."""
import pytest
from delta_tables import orders
from far_regions import FarRegions
from lakeferry import Run, wait_until

GROUPS = ['bronze', 'silver']
PLACES = {'source': '/lake/silver/', 'staging': '/staging/silver/', 'target': '/replica/silver/'}


def run(regions, number):
    with Run(regions, f'run-{number}'):
        for table in GROUPS:
            regions.write(table, orders(number * 10, 5), run_id=f'run-{number}')


@pytest.mark.parametrize('place', PLACES)
def test_group_whose_store_is_silent_delays_no_other(tmp_path, bench_store, fault_proxy, place):
    proxy = fault_proxy(bench_store)
    regions = FarRegions(tmp_path, bench_store, endpoint=proxy.endpoint, tables=GROUPS, group=None,
                         workspace={'sync_interval': '1s', 'poll_interval': '1s'})
    run(regions, 0)
    regions.sync()
    proxy.add('silence', path=PLACES[place])
    services = [regions.start(role, env=regions.variables) for role in ('sender', 'receiver')]
    with services[0], services[1]:
        for number in range(1, 4):
            run(regions, number)
            # An answer that does not come is waited for longer than this.
            wait_until(lambda: regions.status('receiver', 'bronze')['epoch'] == number + 1,
                       f'epoch {number + 1} of the group that is well', limit_s=20)
        assert regions.status('receiver', 'silver')['epoch'] == 1
        proxy.clear()
        for service in services:
            service.kill()
    regions.sync()
    regions.assert_equal()
