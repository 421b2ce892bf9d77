"""The page, in a real browser against a real service: what it shows, that keyboard and screen reader get along with it,
that it fits a telephone, and that it asks nobody else. Pictures of it are written to the folder $LAKEFERRY_SCREENS."""
import json
import os
import shutil
import socket
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from delta_tables import orders, write
from lakeferry import DONE, Regions, Run, wait_until
from playwright.sync_api import sync_playwright
from process import free_port

HOSTILE = 'a"><img src=x onerror=document.title=1>'
SCREENS = os.environ.get('LAKEFERRY_SCREENS')


class World:
    """A sender with a group of three tables, one with a hostile name, and hundreds that nobody ran yet."""

    def __init__(self, folder):
        self.port = free_port()
        top = {'http': {'listen': {'sender': f'127.0.0.1:{self.port}'}}}
        self.regions = Regions(folder, ['bronze', 'silver'], top=top, workspace={'sync_interval': '1s'})
        for epoch in range(4):
            with Run(self.regions, f'run-{epoch}'):
                for table in self.regions.tables:
                    write(self.regions.source(table), orders(epoch * 50, 50), mode='append' if epoch else 'error')
            self.regions.sync()
        self.add_groups()

    def add_groups(self):
        path = self.regions.config('sender')
        config = json.loads(path.read_text())
        groups = config['workspaces'][0]['sync_groups']
        for name in [HOSTILE, *(f'group-{number:03}' for number in range(240))]:
            source = (self.regions.folder / 'none' / str(len(groups))).as_uri()
            groups.append({'group_name': name, 'workflow': f'flow-{len(groups)}', 'tables': [
                {'name': f'raw.t{len(groups)}', 'source': source, 'target': f'{source}-dr'}]})
        path.write_text(json.dumps(config))

    def url(self, path='/'):
        return f'http://127.0.0.1:{self.port}{path}'


@pytest.fixture(scope='module')
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp('page'))
    with world.regions.start('sender') as sender:
        wait_until(lambda: listens(world.port), 'the service listens')
        yield world
        assert sender.stop() == DONE


def listens(port):
    with socket.socket() as asking:
        return asking.connect_ex(('127.0.0.1', port)) == 0


@pytest.fixture(scope='module')
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which('chromium'), args=['--no-sandbox'])
        yield chromium
        chromium.close()


class Looks:
    """Pages of the browser, and what any of them did that it should not."""

    def __init__(self, browser, world):
        self.browser, self.world, self.faults = browser, world, []

    def open(self, path='/', theme='light', width=1200, height=900):
        context = self.browser.new_context(color_scheme=theme, viewport={'width': width, 'height': height})
        page = context.new_page()
        page.on('request', lambda request: request.url.startswith(self.world.url()) or self.faults.append(request.url))
        page.on('pageerror', lambda error: self.faults.append(str(error)))
        page.on('console', lambda message: message.type == 'error' and self.faults.append(message.text))
        page.goto(self.world.url(path))
        return page


@pytest.fixture
def looks(browser, world):
    looks = Looks(browser, world)
    yield looks
    assert looks.faults == [], 'it asks nobody else, and nothing fails'


def overview(looks, **options):
    page = looks.open(**options)
    page.wait_for_selector('#groups tbody tr')
    return page


def detail(looks, name='orders', **options):
    page = looks.open(f'/#/{name}', **options)
    page.wait_for_selector('#epochs tbody tr')
    return page


def picture(page, name):
    if SCREENS:
        page.screenshot(path=str(Path(SCREENS) / f'{name}.png'))


def test_groups_are_shown_with_their_lag_and_found_by_words(looks):
    page = overview(looks)
    assert page.inner_text('#found') == '242 of 242 groups'
    assert page.locator('#groups tbody tr').count() == 100, 'more on demand'
    page.click('#more')
    assert page.locator('#groups tbody tr').count() == 200
    page.fill('#search', 'orders bron')
    row = page.locator('#groups tbody tr')
    assert row.count() == 1 and 'behind' in row.inner_text()
    page.fill('#search', 'flow-17')
    assert page.inner_text('#found').startswith(('1 of', '11 of'))
    page.fill('#search', 'no such group')
    assert page.inner_text('#found') == '0 of 242 groups'
    page.fill('#search', '')
    page.select_option('#only', 'work')
    assert page.inner_text('#found') == '0 of 242 groups'


def test_one_group_shows_epochs_charts_and_versions(looks):
    page = detail(looks)
    assert page.inner_text('#detail-title') == 'orders'
    assert page.locator('#epochs tbody tr').count() == 4
    assert page.locator('#charts figure').count() == 4 and page.locator('#charts rect').count() >= 16
    page.click('#ask-versions')
    page.get_by_text('asked just now').wait_for()
    cells = page.locator('#versions tbody tr').first.locator('td').all_inner_texts()
    assert cells[0] == '3' and cells[1] == '3', cells
    assert 'Managed' not in page.inner_text('#versions thead'), 'the group has no managed tables'


def test_versions_of_managed_tables_are_shown_where_there_are_any(looks):
    page = detail(looks)

    def with_managed(route):
        answer = route.fetch()
        document = answer.json()
        document['groups'][0]['tables'][0]['managed_version'] = 17
        route.fulfill(response=answer, json=document)
    page.route('**/v1/versions/*', with_managed)
    page.click('#ask-versions')
    page.get_by_text('asked just now').wait_for()
    assert page.locator('#versions thead th').all_inner_texts()[5] == 'Managed'
    rows = [row.locator('td').all_inner_texts() for row in page.locator('#versions tbody tr').all()]
    assert [row[4] for row in rows] == ['17', '–'], rows


def test_a_hostile_name_is_text(looks):
    page = overview(looks)
    page.fill('#search', 'onerror')
    link = page.locator('#groups tbody tr a')
    assert link.inner_text() == HOSTILE
    link.click()
    page.wait_for_selector('#detail:not([hidden])')
    assert page.inner_text('#detail-title') == HOSTILE and page.locator('#detail img').count() == 0
    assert page.title() == f'{HOSTILE} – lakeferry'


@pytest.mark.parametrize('theme', ['light', 'dark'])
@pytest.mark.parametrize('view', [overview, detail], ids=['overview', 'detail'])
def test_axe_finds_nothing(looks, view, theme):
    for width, kind in ((1200, 'desk'), (390, 'phone')):
        page = view(looks, theme=theme, width=width)
        picture(page, f'{view.__name__}_{theme}_{kind}')
        violations = Axe().run(page).response['violations']
        assert [(one['id'], [node['target'] for node in one['nodes']]) for one in violations] == []
        wide = page.evaluate('document.documentElement.scrollWidth')
        assert wide <= width, f'{wide} px of {width}'


def test_keyboard_alone_reaches_a_group_and_comes_back(looks):
    page = overview(looks)
    page.keyboard.press('Tab')
    assert page.evaluate('document.activeElement.className') == 'skip'
    page.focus('#search')
    page.keyboard.type('orders')
    for _ in range(2):
        page.keyboard.press('Tab')
    assert page.evaluate('document.activeElement.textContent') == 'orders'
    page.keyboard.press('Enter')
    page.wait_for_selector('#epochs tbody tr')
    assert page.evaluate('document.activeElement.id') == 'detail-title'
    page.keyboard.press('Tab')
    page.keyboard.press('Shift+Tab')
    page.focus('#back')
    page.keyboard.press('Enter')
    page.wait_for_selector('#overview:not([hidden])')
    assert page.evaluate('document.activeElement.id') == 'main'


def test_with_a_token_it_asks_for_it(browser, tmp_path):
    (tmp_path / 'token').write_text('token-of-the-page')
    port = free_port()
    regions = Regions(tmp_path / 'regions', ['bronze'], top={'http': {
        'listen': {'sender': f'127.0.0.1:{port}'}, 'token': {'file': str(tmp_path / 'token')}}})
    with regions.start('sender') as sender:
        wait_until(lambda: listens(port), 'the service listens')
        page = browser.new_context().new_page()
        page.goto(f'http://127.0.0.1:{port}/')
        page.wait_for_selector('#login:not([hidden])')
        assert Axe().run(page).response['violations'] == []
        page.fill('#token', 'wrong')
        page.keyboard.press('Enter')
        page.wait_for_selector('#trouble:not([hidden])')
        page.fill('#token', 'token-of-the-page')
        page.keyboard.press('Enter')
        page.wait_for_selector('#groups tbody tr')
        assert page.context.cookies() == []
        assert sender.stop() == DONE
