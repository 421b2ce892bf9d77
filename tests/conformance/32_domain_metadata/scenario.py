"""Domain metadata holds what features keep in a table: a domain that stays behind when it was removed, or is missing,
changes how the next writer after a failover treats the table."""
import json

from lab import of_kind


def live_domains(table):
    domains = {domain['domain']: domain for domain in of_kind(table, 'domainMetadata')}
    return {name: domain['configuration'] for name, domain in domains.items() if not domain['removed']}


def domain(name, configuration='{}', removed=False):
    return {'domainMetadata': {'domain': name, 'configuration': configuration, 'removed': removed}}


def test_domains_come_change_and_go(lab):
    with lab.run():
        lab.sql("CREATE TABLE {t} (id BIGINT) USING delta TBLPROPERTIES ('delta.feature.domainMetadata' = 'supported')",
                'INSERT INTO {t} VALUES (1)')
        lab.forget()
        lab.commit(domain('user.stays', '{"a":1.50}'), domain('user.changes', '{"v":1}'), domain('user.goes'))
    lab.ship()
    assert live_domains(lab.target) == live_domains(lab.source)
    with lab.run():
        lab.commit(domain('user.changes', '{"v":2,"text":"é\\"\\\\"}'), domain('user.comes'))
        lab.commit(domain('user.goes', '{}', True))
    lab.ship()
    assert live_domains(lab.target) == live_domains(lab.source)
    assert set(live_domains(lab.target)) == {'user.stays', 'user.changes', 'user.comes'}


def test_clustering_columns_change(lab):
    with lab.run():
        lab.sql('CREATE TABLE {t} (id BIGINT, name STRING, day DATE) USING delta CLUSTER BY (id)',
                "INSERT INTO {t} VALUES (1, 'a', date'2024-01-01')")
    lab.ship()
    with lab.run():
        lab.sql('ALTER TABLE {t} CLUSTER BY (name, day)', "INSERT INTO {t} VALUES (2, 'b', date'2024-01-02')",
                'OPTIMIZE {t} FULL')
    lab.ship()
    for path in (lab.source, lab.target):
        columns = json.loads(live_domains(path)['delta.clustering'])['clusteringColumns']
        assert columns == [['name'], ['day']]
    providers = [add.get('clusteringProvider') for add in of_kind(lab.target, 'add', lab.newest(lab.target))]
    assert providers == [add.get('clusteringProvider') for add in of_kind(lab.source, 'add', lab.newest())]
