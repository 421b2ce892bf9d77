"""Fixtures of the servers in this folder, for every Python suite. A worker starts a server once, when first asked for
it; what a failed test used is shown with the end of its log."""
import pytest
from fault_proxy import FaultProxy
from process import LOOPBACK
from stores import SERVERS
from tls import Authority, TlsFront

__all__ = ['seaweedfs', 'versitygw', 'bench_store', 'moto', 'azurite', 'fake_gcs', 'authority', 'tls_front',
           'fault_proxy', 'pytest_runtest_makereport']


def fixture_of(name):
    @pytest.fixture(scope='session', name=name.replace('-', '_'))
    def server(tmp_path_factory):
        with SERVERS[name](tmp_path_factory.mktemp(name)) as running:
            yield running
    return server


seaweedfs, versitygw, bench_store, moto, azurite, fake_gcs = map(fixture_of, SERVERS)


@pytest.fixture(scope='session')
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp('authority'))


@pytest.fixture
def tls_front(authority):
    """tls_front(server, 'right'): TLS in front of a server, with a certificate of tls.CERTIFICATES."""
    fronts = []

    def make(server, kind='right', **options):
        fronts.append(TlsFront(server.port, *authority.certificate(kind), **options).start())
        return fronts[-1]

    yield make
    for front in fronts:
        front.stop()


@pytest.fixture
def fault_proxy():
    """fault_proxy(server): a proxy without rules in front of a server; options as FaultProxy has them."""
    proxies = []

    def make(server, **options):
        proxies.append(FaultProxy((LOOPBACK, server.port), **options).start())
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.stop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for name in SERVERS:
            server = getattr(item, 'funcargs', {}).get(name.replace('-', '_'))
            if server is not None:
                report.sections.append((f'the end of the log of {name}', server.end_of_log()))
