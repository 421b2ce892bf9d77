"""The recipe of the image and the manifests of Kubernetes: tools of others take them, they fit each other, and the
program reads the configuration that they carry."""
import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from lakeferry import BINARY, ROOT

RECIPE = ROOT / 'config' / 'container' / 'Containerfile'
MANIFESTS = ROOT / 'config' / 'kubernetes'
ROLES = ['sender', 'receiver']
# The oldest and the newest that the validator knows.
VERSIONS = ['1.34.0', '1.37.0']


def documents(name):
    return list(yaml.safe_load_all((MANIFESTS / f'{name}.yaml').read_text()))


def one(name, kind):
    (found,) = [document for document in documents(name) if document['kind'] == kind]
    return found


def pod(role):
    return one(role, 'StatefulSet')['spec']['template']['spec']


def configuration():
    return yaml.safe_load(one('configuration', 'ConfigMap')['data']['lakeferry.yaml'])


def hadolint(path):
    program = shutil.which('hadolint', path=f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}')
    assert program, 'hadolint is missing: run scripts/install'
    return subprocess.run([program, path], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize('version', VERSIONS)
@pytest.mark.parametrize('name', ['configuration', *ROLES])
def test_manifests_are_what_kubernetes_takes(name, version):
    for document in documents(name):
        kubernetes_validate.validate(document, version, strict=True)


def test_a_key_that_is_misspelt_would_be_noticed():
    wrong = copy.deepcopy(one('sender', 'StatefulSet'))
    wrong['spec']['template']['spec']['terminationGracePeriod'] = 60
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_the_recipe_is_one_without_a_fault(tmp_path):
    done = hadolint(RECIPE)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / 'Containerfile'
    wrong.write_text(RECIPE.read_text().replace('apt-get install --yes', 'apt-get install'))
    assert hadolint(wrong).returncode != 0


@pytest.mark.parametrize('role', ROLES)
def test_the_pod_is_the_images_user_and_may_do_nothing_else(role):
    user = int(re.search(r'^USER (\d+):(\d+)$', RECIPE.read_text(), re.M)[1])
    assert f'--uid {user} ' in RECIPE.read_text()
    context = pod(role)['securityContext']
    assert (context['runAsUser'], context['fsGroup'], context['runAsNonRoot']) == (user, user, True)
    (container,) = pod(role)['containers']
    assert container['securityContext'] == {'allowPrivilegeEscalation': False, 'readOnlyRootFilesystem': True,
                                            'capabilities': {'drop': ['ALL']}}
    assert container['args'][0] == role


@pytest.mark.parametrize('role', ROLES)
def test_all_that_the_configuration_names_is_mounted(role):
    spec = pod(role)
    (container,) = spec['containers']
    mounts = {mount['mountPath']: mount['name'] for mount in container['volumeMounts']}
    claims = [claim['metadata']['name'] for claim in one(role, 'StatefulSet')['spec']['volumeClaimTemplates']]
    assert set(mounts.values()) == {volume['name'] for volume in spec['volumes']} | set(claims)
    says = configuration()
    named = [says['metadata_store'], says['http']['tls']['certificate'], says['http']['tls']['key'],
             says['http']['token']['file'], container['args'][2]]
    assert {str(Path(path).parent) for path in named} == set(mounts) - {'/tmp'}
    (volume,) = [volume for volume in spec['volumes'] if volume['name'] == 'configuration']
    assert volume['configMap']['name'] == one('configuration', 'ConfigMap')['metadata']['name']
    assert mounts[str(Path(says['metadata_store']).parent)] in claims, 'the metadata store outlives the pod'


@pytest.mark.parametrize('role', ROLES)
def test_ports_probes_and_names_are_the_servers(role):
    (container,) = pod(role)['containers']
    (port,) = container['ports']
    says = configuration()
    assert says['http']['listen'].endswith(f':{port["containerPort"]}')
    assert f'EXPOSE {port["containerPort"]}\n' in RECIPE.read_text()
    service = one(role, 'Service')
    assert service['spec']['ports'][0]['targetPort'] == port['name']
    assert service['spec']['selector'] == one(role, 'StatefulSet')['spec']['template']['metadata']['labels']
    assert {f'lakeferry-{role}', f'lakeferry-{role}.lakeferry.svc'} <= set(says['http']['names'])
    page = (ROOT / 'docs' / 'monitoring.md').read_text()
    for probe in ('livenessProbe', 'readinessProbe'):
        asked = container[probe]['httpGet']
        assert (asked['port'], asked['scheme']) == (port['name'], 'HTTPS')
        assert f'| `{asked["path"]}` |' in page


def settings(role):
    """Of a role's unit, in its order."""
    text = (ROOT / 'systemd' / f'lakeferry-{role}.service').read_text()
    return [line.split('=', 1) for line in text.splitlines() if re.match(r'[A-Za-z]+=', line)]


def unit(role):
    return dict(settings(role))


def environment(role):
    return [value for name, value in settings(role) if name == 'Environment']


def mebibytes(text):
    number, unit_of = re.fullmatch(r'(\d+)([MG])i?', text).groups()
    return int(number) * {'M': 1, 'G': 1024}[unit_of]


@pytest.mark.parametrize('role', ROLES)
def test_image_and_pod_give_the_daemon_what_its_unit_does(role):
    says = unit(role)
    assert re.findall(r'^ENV (\S+)$', RECIPE.read_text(), re.M) == environment(role)
    (container,) = pod(role)['containers']
    own = {variable['name'] for variable in container['env']}
    assert not own & {setting.split('=')[0] for setting in environment(role)}, 'the image has it'
    resources = container['resources']
    assert mebibytes(resources['requests']['memory']) == mebibytes(says['MemoryHigh'])
    assert mebibytes(resources['limits']['memory']) == mebibytes(says['MemoryMax'])
    assert f"{pod(role)['terminationGracePeriodSeconds']}s" == says['TimeoutStopSec']
    assert re.search(r'^STOPSIGNAL SIGTERM$', RECIPE.read_text(), re.M) and 'KillSignal' not in says


@pytest.mark.parametrize('role', ROLES)
def test_the_allocator_of_the_unit_is_there_and_takes_its_settings(role):
    """The loader and the allocator say what they do not know, and go on without."""
    set_by_unit = dict(setting.split('=', 1) for setting in environment(role))
    shown = subprocess.run([BINARY, '--version'], env={**os.environ, **set_by_unit, 'LD_TRACE_LOADED_OBJECTS': '1'},
                           capture_output=True, text=True, timeout=60, check=False)
    assert 'jemalloc' in shown.stdout and 'preload' not in shown.stderr
    ran = subprocess.run([BINARY, '--version'], env={**os.environ, **set_by_unit}, capture_output=True, text=True,
                         timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, '')
    wrong = subprocess.run([BINARY, '--version'], env={**os.environ, **set_by_unit, 'MALLOC_CONF': 'narenaz:1'},
                           capture_output=True, text=True, timeout=60, check=False)
    assert 'narenaz' in wrong.stderr, 'a setting that is misspelt would not be noticed'


def test_the_configuration_loads_and_a_region_has_to_be_said(tmp_path):
    file = tmp_path / 'lakeferry.yaml'
    file.write_text(one('configuration', 'ConfigMap')['data']['lakeferry.yaml'])

    def names(**environment):
        return subprocess.run([BINARY, 'names', 'groups', '-c', file], capture_output=True, text=True, timeout=60,
                              check=False, env={'PATH': os.environ['PATH'], **environment})

    for role in ROLES:
        (container,) = pod(role)['containers']
        (variable,) = container['env']
        done = names(**{variable['name']: variable['value']})
        assert (done.returncode, done.stdout) == (0, 'orders\n'), done.stderr
    assert 'LAKEFERRY_REGION' in names().stderr
