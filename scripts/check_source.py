#!/usr/bin/env python3
"""Checks the rules of the house that no compiler checks: layers, banned calls, shape of files and of co_await.

    scripts/check_source.py [--root DIR]

Prints one line a problem, path:line: rule: what is wrong and what to do, and fails if there is any. Each rule is proved
by a planted violation in tests/tools/test_check_source.py.
"""
import argparse
import re
import sys
from pathlib import Path

import cpp_text
import include_graph

# Who may include whom: a folder of libsync and the folders it may see beside itself.
LAYERS = {
    'base': set(),
    'async': {'base'},
    'json': {'base'},
    'delta': {'base', 'json'},
    'plan': {'base', 'json', 'delta'},
    'env': {'base', 'async', 'plan'},
    'engine': {'base', 'async', 'delta', 'plan', 'env'},
    'storage': {'base', 'json', 'async', 'env', 'http'},
    'http': {'base', 'json', 'async', 'env'},
    'state': {'base', 'async', 'plan', 'env'},
    'parquet': {'base', 'async', 'env', 'delta'},
    'workflow': {'base', 'json', 'async', 'env', 'http'},
    'catalog': {'base', 'json', 'async', 'env', 'http'},
    'notify': {'base', 'json', 'async', 'plan', 'env', 'http'},
}
ADAPTERS = {'storage', 'http', 'state', 'parquet', 'workflow', 'catalog', 'notify'}
PURE = {'async', 'json', 'delta', 'plan', 'env', 'engine'}

# Third-party headers and the places that may include them; a place is a folder, ending in ".cc" for sources only.
ASIO = ['async', 'env', 'engine', *sorted(ADAPTERS), 'daemon']
THIRD_PARTY = [
    (r'fmt/', ['base', 'json', 'delta', 'plan', 'env', *ASIO]),
    (r'simdjson', ['json', 'delta']),
    (r'xxhash', ['delta']),
    (r'openssl/', ['base.cc', 'http']),
    (r'pugixml', ['storage.cc']),
    (r'boost/asio', ASIO),
    (r'boost/system/', ASIO),
    (r'boost/beast', ['http', 'daemon']),
    (r'immintrin\.h', ['base.cc']),
    (r'sqlite3\.h', ['state']),
    (r'(arrow|parquet)/', ['parquet']),
    (r'curl/', ['notify']),
    (r'(yaml-cpp|CLI|spdlog|systemd)/', ['daemon']),
    (r'date/', ['daemon']),
    (r'benchmark/', []),
    (r'g(test|mock)/', []),
]
POSIX = (r'(unistd|malloc|spawn|fcntl|dirent|fnmatch|signal|poll|dlfcn|grp|netdb|pthread|pwd|'
         r'termios|sys/\w+|linux/\w+|netinet/\w+|arpa/\w+)\.h')
POSIX_PLACES = {'storage', 'state', 'workflow', 'notify', 'http', 'daemon'}
# The one thing below them that only the system can do: keep memory out of core files.
MEMORY_OF_SECRETS = ('libsync/base/secret.cc', 'sys/mman.h')

BANNED_IN_PURE = [
    (r'_clock::now\b', 'take the time from env/clock.h'),
    (r'\b(steady|system|high_resolution)_timer\b', 'sleep through env/clock.h'),
    (r'\brandom_device\b|\bmt19937|(?<![\w.>])s?rand\s*\(', 'draw from env/random.h'),
    (r'\bstd::(thread|jthread|async)\b', 'blocking work belongs to an adapter, through async/offload.h'),
    (r'\bsleep_(for|until)\b|(?<![\w.>])u?sleep\s*\(', 'sleep through env/clock.h'),
    (r'\bstd::(mutex|shared_mutex|condition_variable)\b', 'everything here runs on the one engine thread'),
    (r'\b[io]?fstream\b|\bfopen\s*\(|\bstd::filesystem\b', 'files are reached through env/object_store.h'),
]
# The one place in them where threads of the pool meet.
THREADS_MEET = {'libsync/async/hand_over.h', 'libsync/async/hand_over.cc'}
# A timer that never fires by itself: whoever waits is woken by another coroutine, or destroyed with the executor.
WAKES_WITHOUT_TIME = {'libsync/async/semaphore.h', 'libsync/async/semaphore.cc'}
HEADER_LINES_MAX = 180
SOURCE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
COLUMNS_MAX = 120

CPP_ROOTS = ['libsync', 'daemon', 'tests', 'bench']
TEXT_ROOTS = [*CPP_ROOTS, 'scripts', 'cmake', 'systemd', 'config', 'docs', '.ci']
TEXT_SUFFIXES = {'.cc', '.h', '.py', '.sh', '.cmake', '.txt', '.md', '.yaml', '.yml', '.json', '.service', '.ini',
                 '.in', '.conf', ''}

# Spelled in pieces so that this file obeys itself.
PROMISES = re.compile(r'\b(' + '|'.join(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX']) + r')\b')
MACHINE_PATH = re.compile(
    r'(?<![\w.$})~/-])/(' + '|'.join(['wo' + 'rk', 'ro' + 'ot', 'ho' + 'me/[a-z]+']) + r')(?![\w.-])')
REGISTRY_HOST = re.compile('|'.join(re.escape('.'.join(host)) for host in [
    ('pypi', 'org'), ('pythonhosted', 'org'), ('repo', 'maven', 'apache', 'org'), ('repo1', 'maven', 'org'),
    ('deb', 'debian', 'org'), ('registry', 'npmjs', 'org'), ('static', 'crates', 'io'), ('proxy', 'golang', 'org')]))
SKIPPED_TEST = re.compile(
    '|'.join(['DISABLED' + '_', 'GTEST_' + 'SKIP', r'pytest\.' + 'skip', r'mark\.' + 'skip', 'x' + 'fail']))


class Source:
    """One file: its path from the root, its text, and for C++ the text with comments and literals blanked."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_bytes().decode('utf-8', errors='replace')
        self.lines = self.text.split('\n')
        self.suffix = path.suffix
        self.is_cpp = self.suffix in ('.cc', '.h')
        self.code = cpp_text.blank(self.text) if self.is_cpp else ''
        parts = self.path.split('/')
        self.top = parts[0]
        # The layer: a folder of libsync, or the top folder for everything else.
        self.layer = parts[1] if self.top == 'libsync' and len(parts) > 2 else self.top
        self.is_production = self.top in ('libsync', 'daemon')

    def includes(self):
        for match in re.finditer(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', self.text, re.MULTILINE):
            yield cpp_text.line_of(self.text, match.start(2)), match.group(1) == '"', match.group(2)

    def find(self, pattern, text):
        for match in re.finditer(pattern, text):
            yield cpp_text.line_of(text, match.start()), match.group(0)


def layer_rule(source):
    if not source.is_production:
        return
    for line, quoted, name in source.includes():
        folder = name.split('/')[0]
        if not quoted:
            continue
        if folder == 'tests':
            yield line, 'layer', f'production code includes "{name}" from the tests'
        elif source.top == 'daemon':
            continue
        elif folder == 'daemon':
            yield line, 'layer', f'libsync includes "{name}" from the daemon above it'
        elif folder not in LAYERS:
            yield line, 'layer', f'"{name}" is not named from libsync/ ("folder/file.h")'
        elif source.layer not in LAYERS:
            yield line, 'layer', f'libsync/{source.layer} is no known layer: name it in scripts/check_source.py'
        elif folder != source.layer and folder not in LAYERS[source.layer]:
            yield line, 'layer', f'{source.layer} may not include "{name}"'


def allowed_place(source, place):
    folder, sources_only = (place[:-3], True) if place.endswith('.cc') else (place, False)
    if sources_only and source.suffix != '.cc':
        return False
    inside = source.path.startswith(('libsync/' + folder + '/', folder + '/'))
    return inside and source.is_production


def third_party_rule(source):
    if not source.is_production:
        return
    for line, quoted, name in source.includes():
        if quoted:
            continue
        if re.fullmatch(POSIX, name):
            if source.layer not in POSIX_PLACES and (source.path, name) != MEMORY_OF_SECRETS:
                yield line, 'third_party', f'<{name}> in {source.layer}: reaching the system is an adapter\'s work'
            continue
        if re.fullmatch(r'c?[a-z_0-9]+', name):
            continue  # the standard library
        places = next((places for pattern, places in THIRD_PARTY if re.match(pattern, name)), None)
        if places is None:
            yield line, 'third_party', f'<{name}> is in no list: say in scripts/check_source.py who may use it'
        elif not any(allowed_place(source, place) for place in places):
            yield line, 'third_party', f'<{name}> is for {", ".join(places) or "tests"} only'


def banned_rule(source):
    if source.is_cpp:
        for line, found in source.find(r'\basio::detached\b|(?<!:)\bdetached\s*\)', source.code):
            yield line, 'detached', 'an exception in a detached coroutine vanishes: spawn it where its end is seen'
    if source.top != 'libsync' or source.layer not in PURE:
        return
    for pattern, instead in BANNED_IN_PURE:
        if 'mutex' in pattern and source.path in THREADS_MEET:
            continue
        if '_timer' in pattern and source.path in WAKES_WITHOUT_TIME:
            continue
        for line, found in source.find(pattern, source.code):
            yield line, 'banned', f'{found.strip(" (")} in {source.layer}: {instead}'


def length_rule(source):
    if source.is_cpp and source.top != 'tests':
        limit = HEADER_LINES_MAX if source.suffix == '.h' else SOURCE_LINES_MAX
        count = source.text.count('\n')
        if count > limit:
            yield limit + 1, 'file_length', f'{count} lines, the limit is {limit}: split it by its concerns'
    if source.is_cpp or source.suffix == '.py':
        for number, line in enumerate(source.lines, 1):
            if len(line) > COLUMNS_MAX:
                yield number, 'line_length', f'{len(line)} columns, the limit is {COLUMNS_MAX}'


def function_rule(source):
    if not source.is_production:
        return
    for begin, end in cpp_text.functions(source.code):
        lines = source.code.count('\n', begin, end)
        if lines > FUNCTION_LINES_MAX:
            yield (cpp_text.line_of(source.code, begin), 'function_length',
                   f'a function of {lines} lines, the limit is {FUNCTION_LINES_MAX}')


def co_await_problem(code, position):
    """What is wrong with the form of the co_await at `position`, or None."""
    opener = cpp_text.opener_before(code, position)
    prefix = code[cpp_text.statement_start(code, position):position]
    if opener >= 0 and code[opener] == '(':
        before = re.search(r'(\w+)\s*$', code[:opener])
        word = before.group(1) if before else ''
        if word in ('LF_CO_TRY', 'LF_CO_TRY_OK'):
            inside = code[opener + 1:position].strip()
            if inside and not re.fullmatch(r'[\w:<>&*\s.]+(->[\w.]+)*,|auto\s*&?&?\s*\[[\w\s,]+\],', inside):
                return 'co_await is part of a larger expression'
        elif word in ('if', 'while', 'switch', 'for'):
            return 'co_await in a condition'
        else:
            return 'co_await in an argument list or in parentheses'
    elif opener >= 0 and code[opener] == '[':
        return 'co_await in a subscript'
    elif opener >= 0 and not cpp_text.is_block(code, opener):
        return 'co_await in a braced initialiser'
    else:
        prefix = prefix.strip()
        prefix = re.sub(r'^(else\b\s*)?((if|while|for)\s*(constexpr\s*)?\(.*\)|else\b|do\b|case [\w:]+:|default:)\s*',
                        '', prefix, flags=re.DOTALL)
        if not re.fullmatch(r'|co_return|\(void\)|[^()=!?|]+[^=!<>()?|]=', prefix):
            return 'co_await is part of a larger expression'
    return rest_problem(code, position)


def rest_problem(code, position):
    depth = 0
    for match in re.finditer(r'[(\[{]|[)\]}]|;|\bco_await\b|&&|\|\||==|!=|\?', code[position + len('co_await'):]):
        token = match.group(0)
        if token in '([{':
            depth += 1
        elif token in ')]}':
            depth -= 1
            if depth < 0:
                return None
        elif token == ';' and depth == 0:
            return None
        elif token == 'co_await' and depth == 0:
            return 'two co_awaits in one statement'
        elif token in ('&&', '||', '==', '!=', '?') and depth == 0:
            return 'co_await is part of a larger expression'
    return None


def co_await_rule(source):
    if not source.is_production:
        return
    for match in re.finditer(r'\bco_await\b', source.code):
        problem = co_await_problem(source.code, match.start())
        if problem:
            yield (cpp_text.line_of(source.code, match.start()), 'co_await',
                   problem + ': one co_await a statement, bound to a named local or standing alone')


def header_rule(source):
    if source.suffix != '.h':
        return
    if not source.text.startswith('//'):
        yield 1, 'header_comment', 'a header begins with a comment: its role, who owns what, which threads'
    if not re.search(r'^#pragma once$', source.text, re.MULTILINE):
        yield 1, 'pragma_once', 'no #pragma once'


def words_rule(source):
    for number, line in enumerate(source.lines, 1):
        if PROMISES.search(line):
            yield number, 'promise', 'a word that promises instead of doing: do it, or open an issue'
        if MACHINE_PATH.search(line):
            yield number, 'machine_path', f'a path of one machine: {line.strip()[:80]}'
        if REGISTRY_HOST.search(line):
            yield number, 'registry_host', 'a registry by its host: leave that to the client\'s own settings'
        if source.top == 'tests' and SKIPPED_TEST.search(line):
            yield number, 'skipped_test', 'a test that does not run proves nothing: mend it or remove it'
        if line.endswith('\r'):
            yield number, 'line_ending', 'carriage return at the end of the line'


# Functions that every program has one of its own.
ENTRY_POINTS = re.compile(r'(main|LLVMFuzzer\w+|lakeferry::fuzz::Try)\(')


def in_one_program(a, b):
    """Whether two files may be parts of one program: production is part of every one, a folder of tests of one."""
    if a.is_production or b.is_production:
        return True
    same_folder = a.path.rsplit('/', 1)[0] == b.path.rsplit('/', 1)[0]
    return same_folder or '.h' in (a.suffix, b.suffix)


def one_definition_problems(all_sources):
    """Two definitions of one name, of which a linker keeps one for all who use either, and tells nobody."""
    places = {}
    for source in all_sources:
        for position, name in cpp_text.definitions(source.code) if source.is_cpp else ():
            if not ENTRY_POINTS.match(name):
                places.setdefault(name, []).append((source, cpp_text.line_of(source.code, position)))
    for name, found in places.items():
        for i, (source, line) in enumerate(found):
            other = next((a for a, _ in found[:i] if a.path != source.path and in_one_program(a, source)), None)
            if other:
                yield (source.path, line, 'one_definition', f'{name} is defined in {other.path} too: '
                       'give each folder its namespace, or keep what one file needs in an unnamed one')


def circle_problems(root):
    """Files, and rooms of files, that include each other: neither can be understood or tested without the other."""
    files = include_graph.files_of(root)
    for kind, graph in (('files', files), ('rooms', include_graph.rooms_of(files))):
        for circle in include_graph.circles(graph):
            yield circle[0], 1, 'circle', f'{kind} that include each other: {", ".join(circle)}'


RULES = [layer_rule, third_party_rule, banned_rule, length_rule, function_rule, co_await_rule, header_rule, words_rule]


def sources(root):
    for top in TEXT_ROOTS:
        for path in sorted((root / top).rglob('*')):
            if path.is_file() and path.suffix in TEXT_SUFFIXES and '__pycache__' not in path.parts:
                yield Source(root, path)
    for path in sorted(root.glob('*')):
        if path.is_file() and path.suffix in TEXT_SUFFIXES - {''}:
            yield Source(root, path)


def check(root):
    """(number of files, problems as (path, line, rule, message))."""
    every = list(sources(root))
    problems = [*one_definition_problems(every), *circle_problems(root)]
    for source in every:
        for rule in RULES:
            problems += [(source.path, *problem) for problem in rule(source)]
    return len(every), sorted(problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--root', type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root.resolve()
    count, problems = check(root)
    for path, line, rule, message in problems:
        print(f'{path}:{line}: {rule}: {message}')
    if count == 0:
        problems.append(('', 0, 'empty', ''))
        print(f'check_source: no sources below {root}')
    print(f'check_source: {count} files, {len(problems)} problems')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
