"""README.md is true: every scenario is a folder that runs, or stands there with the reason why not."""
import ast

import pytest
import scenarios


def test_every_number_is_listed_once_and_in_order():
    assert [entry.number for entry in scenarios.listed()] == list(range(1, scenarios.LAST + 1))


@pytest.mark.parametrize('entry', scenarios.listed(), ids=lambda entry: str(entry.number))
def test_state_is_true(entry):
    folder = scenarios.folders().get(entry.number)
    assert entry.state in scenarios.STATES
    if entry.state == 'open':
        assert folder is None
        return
    if entry.state == 'elsewhere':
        assert folder is None and len(entry.note) > 20, 'say why, and where it is covered'
        return
    assert folder, 'no folder'
    tree = ast.parse((folder / 'scenario.py').read_text())
    assert len(ast.get_docstring(tree)) > 60, 'say what danger it shows'
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith('test_')]
    assert tests
    if entry.state == 'refused':
        assert entry.note, 'say why it is refused'
        assert '.refused(' in (folder / 'scenario.py').read_text(), 'a refusal is checked as well'


def test_no_folder_is_unlisted():
    assert set(scenarios.folders()) <= {entry.number for entry in scenarios.listed()}
