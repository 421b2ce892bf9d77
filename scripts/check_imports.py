#!/usr/bin/env python3
"""Checks that every Python program finds what it imports in the list it is installed from.

    scripts/check_imports.py [--root DIR]

A machine that has a larger set of packages hides what a smaller list lacks, so this reads the sources: what a program
imports, itself or through modules of the tree, has to stand by name in its list (scripts/requirements) or in one that
it includes. Prints one line a problem, and fails if there is any.
"""
import argparse
import ast
import re
import sys
from pathlib import Path

# Programs by pattern, the list each is installed from (none: Python alone), and the folders its modules may lie in. The
# first pattern that fits counts.
PROGRAMS = [
    ('scripts/demo_story.py', 'demo', ['scripts']),
    ('scripts/airflow_story.py', 'test', ['scripts', 'tests']),
    ('scripts/record_screens.py', 'demo', ['scripts']),
    ('bench/run', 'demo', ['bench', 'scripts']),
    ('bench/**/*.py', 'demo', ['bench', 'scripts']),
    ('tests/**/*.py', 'test', ['tests', 'scripts']),
    ('scripts/regions/*.py', 'demo', ['scripts']),
    ('scripts/*', None, ['scripts', 'tests']),
]
# Packages that have another name than what is imported of them.
PACKAGE_OF = {'axe_playwright_python': 'axe-playwright-python', 'delta': 'delta-spark', 'google': 'protobuf',
              'kubernetes_validate': 'kubernetes-validate', 'opentelemetry': 'opentelemetry-proto', 'yaml': 'pyyaml'}
PYTHON_LINE = re.compile(rb'#!.*\bpython3?\b')


def is_python(path):
    if not path.is_file():
        return False
    with path.open('rb') as file:
        return path.suffix == '.py' or PYTHON_LINE.match(file.readline()) is not None


def imports_of(path):
    """(module, line) of all it imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split('.')[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split('.')[0], node.lineno


def listed(folder, name):
    """Packages that stand in a list or in those it includes, in lower case."""
    names = set()
    for line in (folder / f'{name}.txt').read_text().splitlines():
        line = line.split('#')[0].strip()
        if line.startswith('-r '):
            names |= listed(folder, line[3:].strip().removesuffix('.txt'))
        elif line and not line.startswith('-'):
            names.add(re.split(r'[\[=<>~! ]', line)[0].lower())
    return names


def modules_of(root):
    """Modules of the tree, by name."""
    modules = {}
    for top in ('bench', 'scripts', 'tests'):
        for path in sorted((root / top).rglob('*.py')):
            modules.setdefault(path.stem, []).append(path)
    return modules


class Checker:
    def __init__(self, root):
        self.root, self.modules, self.problems = root, modules_of(root), []
        self.lists = {name: listed(root / 'scripts' / 'requirements', name) if name else set()
                      for _, name, _ in PROGRAMS}

    def module_for(self, program, name):
        """The file that `import name` means in `program`; one in its own folder before others."""
        found = self.modules.get(name, [])
        return next((path for path in found if path.parent == program.parent), found[0] if found else None)

    def check(self, program, name, folders):
        waiting, seen = [program], set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            where = path.relative_to(self.root)
            if where.parts[0] not in folders:
                self.note(program, where, 1, f'it may import modules of {" and ".join(folders)} alone')
                continue
            for module, line in imports_of(path):
                if module in sys.stdlib_module_names:
                    continue
                if own := self.module_for(path, module):
                    waiting.append(own)
                elif PACKAGE_OF.get(module, module).lower() not in self.lists[name]:
                    text = f'scripts/requirements/{name}.txt does not list it' if name else 'it has Python alone'
                    self.note(program, where, line, f'imports {module}: {text}')

    def note(self, program, where, line, text):
        self.problems.append(f'{where}:{line}: for {program.relative_to(self.root)}: {text}')


def check(root):
    """The problems of a tree, and how many programs were looked at."""
    checker, seen = Checker(root), set()
    for pattern, name, folders in PROGRAMS:
        for program in sorted(set(root.glob(pattern)) - seen):
            if is_python(program):
                seen.add(program)
                checker.check(program, name, folders)
    return sorted(set(checker.problems)), len(seen)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--root', type=Path, default=Path(__file__).resolve().parent.parent)
    problems, _ = check(parser.parse_args().root)
    print('\n'.join(problems), end='\n' * bool(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
