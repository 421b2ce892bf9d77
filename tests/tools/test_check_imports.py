"""scripts/check_imports.py fires on a planted violation of each kind and is silent on the decent form."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'scripts'))
import check_imports  # noqa: E402

DECENT = {
    'scripts/requirements/demo.txt': '-c pins.txt\ndeltalake\n',
    'scripts/requirements/test.txt': '-c pins.txt\n-r demo.txt\npytest  # runs the tests\ndelta-spark[extra]==1\n',
    'scripts/demo_story.py': 'import json\nimport regions\n',
    'scripts/regions/regions.py': 'def f():\n    from deltalake import DeltaTable\n',
    'scripts/lint': '#!/usr/bin/env python3\nimport os.path\n',
    'scripts/build': '#!/usr/bin/env bash\nimport nothing\n',
    'bench/run': '#!/usr/bin/env python3\nimport figures\n',
    'bench/figures.py': 'import deltalake\n',
    'tests/e2e/test_a.py': 'import pytest\nimport regions\nfrom delta import tables\nfrom . import other\n',
}


def problems(tmp_path, **changes):
    for path, text in (DECENT | {key.replace('__', '/'): value for key, value in changes.items()}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return check_imports.check(tmp_path)


def test_a_decent_tree_has_no_problem(tmp_path):
    found, seen = problems(tmp_path)
    assert found == []
    assert seen == 6


@pytest.mark.parametrize('path, text, says', [
    ('scripts/demo_story.py', 'import yaml\n', 'imports yaml: scripts/requirements/demo.txt does not list it'),
    ('scripts/regions/regions.py', 'def f():\n    import yaml\n', 'scripts/demo_story.py: imports yaml'),
    ('scripts/demo_story.py', 'import test_a\n', 'it may import modules of scripts alone'),
    ('bench/run', '#!/usr/bin/env python3\nimport pytest\n', 'demo.txt does not list it'),
    ('tests/e2e/test_a.py', 'from aiosmtpd.smtp import AuthResult\n', 'imports aiosmtpd'),
    ('scripts/lint', '#!/usr/bin/env python3\nimport deltalake\n', 'it has Python alone'),
])
def test_what_a_list_lacks_is_a_problem(tmp_path, path, text, says):
    found, _ = problems(tmp_path, **{path: text})
    assert any(says in line for line in found), found


def test_this_tree_has_none():
    found, seen = check_imports.check(Path(check_imports.__file__).resolve().parents[1])
    assert found == []
    assert seen > 50
