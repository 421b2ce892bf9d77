"""Every rule of scripts/check_source.py fires on a planted violation and stays silent on the decent form."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'scripts' / 'check_source.py'
sys.path.insert(0, str(ROOT / 'scripts'))
import check_source  # noqa: E402

CO_AWAIT_BODY = 'Task<void> F() {{\n  {}\n}}\n'


def rules_for(tmp_path, files):
    """The rules that fire on a tree of `files` (path to text), without the files' own line numbers."""
    for path, text in files.items():
        full = tmp_path / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode())
    _, problems = check_source.check(tmp_path)
    return {problem[2] for problem in problems}


def include(name):
    return f'#include {name}\n'


@pytest.mark.parametrize('path, name', [
    ('libsync/base/a.cc', '"delta/log_path.h"'),
    ('libsync/json/a.cc', '"delta/action.h"'),
    ('libsync/delta/a.cc', '"env/clock.h"'),
    ('libsync/notify/a.cc', '"delta/action.h"'),
    ('libsync/plan/a.cc', '"env/clock.h"'),
    ('libsync/env/a.h', '"delta/action.h"'),
    ('libsync/async/a.cc', '"env/clock.h"'),
    ('libsync/delta/a.cc', '"async/task.h"'),
    ('libsync/engine/a.cc', '"storage/file/file_store.h"'),
    ('libsync/storage/a.cc', '"state/sqlite_store.h"'),
    ('libsync/storage/a.cc', '"engine/copier.h"'),
    ('libsync/state/a.cc', '"delta/action.h"'),
    ('libsync/parquet/a.cc', '"plan/cut/cut.h"'),
    ('libsync/engine/a.cc', '"daemon/config/config.h"'),
    ('libsync/engine/a.cc', '"tests/support/fixture.h"'),
    ('daemon/a.cc', '"tests/support/fixture.h"'),
    ('libsync/engine/a.cc', '"copier.h"'),
    ('libsync/novel/a.cc', '"base/error.h"'),
])
def test_layer_fires(tmp_path, path, name):
    text = include(name) if path.endswith('.cc') else '// A.\n#pragma once\n' + include(name)
    assert rules_for(tmp_path, {path: text}) == {'layer'}


@pytest.mark.parametrize('path, name', [
    ('libsync/delta/a.cc', '"base/error.h"'),
    ('libsync/delta/a.cc', '"json/writer.h"'),
    ('libsync/http/a.cc', '"json/reader.h"'),
    ('libsync/plan/a.cc', '"delta/action.h"'),
    ('libsync/engine/a.cc', '"env/clock.h"'),
    ('libsync/engine/a.cc', '"engine/copier.h"'),
    ('libsync/parquet/a.cc', '"delta/action.h"'),
    ('daemon/a.cc', '"storage/file/file_store.h"'),
    ('tests/engine/a_test.cc', '"tests/support/fixture.h"'),
])
def test_layer_lets_pass(tmp_path, path, name):
    assert rules_for(tmp_path, {path: include(name)}) == set()


HEADER = '// A.\n#pragma once\n'


def test_files_that_include_each_other_are_a_circle(tmp_path):
    files = {'libsync/plan/a.h': HEADER + include('"plan/b.h"'), 'libsync/plan/b.h': HEADER,
             'libsync/plan/b.cc': include('"plan/a.h"')}
    assert rules_for(tmp_path, files) == {'circle'}


def test_rooms_that_include_each_other_are_a_circle(tmp_path):
    files = {'libsync/engine/x/a.h': HEADER + include('"engine/y/b.h"'), 'libsync/engine/y/b.h': HEADER,
             'libsync/engine/y/c.h': HEADER + include('"engine/x/d.h"'), 'libsync/engine/x/d.h': HEADER}
    assert rules_for(tmp_path, files) == {'circle'}


def test_a_chain_is_no_circle(tmp_path):
    files = {'libsync/engine/x/a.cc': include('"engine/y/b.h"'), 'libsync/engine/y/b.h': HEADER,
             'libsync/engine/z/c.cc': include('"engine/y/b.h"') + include('"engine/x/a.h"'),
             'libsync/engine/x/a.h': HEADER}
    assert rules_for(tmp_path, files) == set()


@pytest.mark.parametrize('path, name', [
    ('libsync/engine/a.cc', '<simdjson.h>'),
    ('libsync/plan/a.cc', '<simdjson.h>'),
    ('daemon/output/a.cc', '<simdjson.h>'),
    ('libsync/json/a.cc', '<rapidjson/writer.h>'),
    ('libsync/storage/a.cc', '<openssl/evp.h>'),
    ('libsync/delta/a.cc', '<boost/asio/awaitable.hpp>'),
    ('libsync/engine/a.cc', '<boost/beast/http.hpp>'),
    ('daemon/a.cc', '<sqlite3.h>'),
    ('libsync/delta/a.cc', '<arrow/api.h>'),
    ('libsync/delta/a.cc', '<parquet/arrow/reader.h>'),
    ('daemon/a.cc', '<curl/curl.h>'),
    ('libsync/notify/a.cc', '<yaml-cpp/yaml.h>'),
    ('libsync/engine/a.cc', '<CLI/CLI.hpp>'),
    ('libsync/engine/a.cc', '<spdlog/spdlog.h>'),
    ('libsync/engine/a.cc', '<systemd/sd-daemon.h>'),
    ('libsync/plan/a.cc', '<date/tz.h>'),
    ('libsync/engine/a.cc', '<unistd.h>'),
    ('libsync/plan/a.cc', '<sys/stat.h>'),
    ('libsync/base/a.cc', '<sys/mman.h>'),
    ('libsync/base/secret.cc', '<sys/stat.h>'),
    ('daemon/a.cc', '<gtest/gtest.h>'),
    ('daemon/a.cc', '<never/heard_of.h>'),
])
def test_third_party_fires(tmp_path, path, name):
    assert rules_for(tmp_path, {path: include(name)}) == {'third_party'}


@pytest.mark.parametrize('path, name', [
    ('libsync/json/a.cc', '<simdjson.h>'),
    ('libsync/delta/a.cc', '<simdjson.h>'),
    ('libsync/base/a.cc', '<openssl/evp.h>'),
    ('libsync/state/a.cc', '<sqlite3.h>'),
    ('libsync/parquet/a.cc', '<parquet/arrow/reader.h>'),
    ('libsync/notify/a.cc', '<curl/curl.h>'),
    ('libsync/engine/a.cc', '<boost/asio/co_spawn.hpp>'),
    ('libsync/storage/a.cc', '<sys/stat.h>'),
    ('libsync/base/secret.cc', '<sys/mman.h>'),
    ('daemon/a.cc', '<yaml-cpp/yaml.h>'),
    ('libsync/plan/a.cc', '<unordered_map>'),
    ('tests/base/a_test.cc', '<gtest/gtest.h>'),
])
def test_third_party_lets_pass(tmp_path, path, name):
    assert rules_for(tmp_path, {path: include(name)}) == set()


@pytest.mark.parametrize('code', [
    'auto t = std::chrono::steady_clock::now();',
    'boost::asio::steady_timer timer(io);',
    'std::random_device device;',
    'int x = rand();',
    'std::thread worker;',
    'std::this_thread::sleep_for(x);',
    'std::ifstream in(path);',
    'std::mutex mutex_;',
    'std::filesystem::path p;',
])
@pytest.mark.parametrize('layer', ['json', 'delta', 'plan', 'env', 'engine'])
def test_banned_call_fires_in_the_pure_layers(tmp_path, layer, code):
    assert rules_for(tmp_path, {f'libsync/{layer}/a.cc': code + '\n'}) == {'banned'}
    assert rules_for(tmp_path, {f'libsync/{layer}/a.cc': '// ' + code + '\nconst char* s = "' + code + '";\n'}) == set()


def test_banned_call_lets_adapters_pass(tmp_path):
    assert rules_for(tmp_path, {'libsync/storage/a.cc': 'std::mutex mutex_;\n'}) == set()


@pytest.mark.parametrize('path', ['libsync/engine/a.cc', 'libsync/state/a.cc', 'daemon/a.cc', 'tests/delta/a_test.cc'])
def test_detached_fires_everywhere(tmp_path, path):
    assert rules_for(tmp_path, {path: 'void F() { co_spawn(io, G(), asio::detached); }\n'}) == {'detached'}


def test_file_length_fires_one_line_above_the_limit(tmp_path):
    header = '// A.\n#pragma once\n'
    assert rules_for(tmp_path, {'libsync/base/a.h': header + '\n' * 178}) == set()
    assert rules_for(tmp_path, {'libsync/base/a.h': header + '\n' * 179}) == {'file_length'}
    assert rules_for(tmp_path, {'libsync/base/a.h': header, 'daemon/a.cc': '\n' * 400}) == set()
    assert rules_for(tmp_path, {'daemon/a.cc': '\n' * 401}) == {'file_length'}
    assert rules_for(tmp_path, {'daemon/a.cc': '', 'tests/base/a_test.cc': '\n' * 2000}) == set()


def test_line_length_counts_characters_and_not_bytes(tmp_path):
    assert rules_for(tmp_path, {'libsync/base/a.cc': '// ' + 'é' * 117 + '\n'}) == set()
    assert rules_for(tmp_path, {'libsync/base/a.cc': '// ' + 'é' * 118 + '\n'}) == {'line_length'}


@pytest.mark.parametrize('head', [
    'int F(int x) {', 'auto F() const -> std::vector<int> {', 'A::A(int x) : x_(x) {',
    'template <typename T>\nvoid F(T t) {',
    'struct A {\n  int F() const noexcept {',
])
def test_function_length_fires(tmp_path, head):
    tail = '}\n};\n' if head.startswith('struct') else '}\n'
    assert rules_for(tmp_path, {'daemon/a.cc': head + '\n' + '  Step();\n' * 49 + tail}) == set()
    assert rules_for(tmp_path, {'daemon/a.cc': head + '\n' + '  Step();\n' * 50 + tail}) == {'function_length'}


def test_function_length_lets_long_types_pass(tmp_path):
    text = 'namespace a {\nstruct A {\n' + '  int x = 0;\n' * 80 + '};\n}\n'
    assert rules_for(tmp_path, {'daemon/a.cc': text}) == set()


@pytest.mark.parametrize('statement', [
    'if (co_await G()) H();',
    'while (co_await G()) {}',
    'switch (co_await G()) {}',
    'H(co_await G());',
    'auto x = H(1, co_await G());',
    'const S s{co_await G()};',
    'std::vector<int> v = {1, co_await G()};',
    'auto x = *co_await G();',
    'auto x = !co_await G();',
    'auto x = co_await G() + co_await H();',
    'auto x = co_await G() ? 1 : 2;',
    'auto x = co_await G() && y;',
    'auto x = (co_await G()).value();',
    'auto x = list[co_await G()];',
    'LF_CO_TRY(auto x, H(co_await G()));',
])
def test_co_await_fires(tmp_path, statement):
    assert rules_for(tmp_path, {'libsync/engine/a.cc': CO_AWAIT_BODY.format(statement)}) == {'co_await'}


@pytest.mark.parametrize('statement', [
    'co_await G();',
    'auto x = co_await G();',
    'const Result<std::vector<int>> x = co_await store_.List(path, {});',
    'auto [a, b] = co_await G();',
    'x = co_await G();',
    'state.x = co_await G();',
    'co_return co_await G();',
    'LF_CO_TRY(auto x, co_await G());',
    'LF_CO_TRY(const std::string x, co_await G(1, H()));',
    'LF_CO_TRY_OK(co_await G());',
    'if (a) co_await G();',
    'if (a) {\n co_await G();\n} else {\n auto x = co_await H();\n}',
    'for (const auto& x : list) {\n co_await G(x);\n}',
    'auto f = [](int x) -> Task<int> { auto y = co_await G(x); co_return y; };',
    'switch (a) {\n case K::kA:\n co_await G();\n break;\n default: co_await H();\n}',
    'try {\n co_await G();\n} catch (...) {\n}',
    'auto x = co_await (a || b);',
    'auto x = co_await G([](int y) { return y == 1 && y != 2; });',
])
def test_co_await_lets_pass(tmp_path, statement):
    assert rules_for(tmp_path, {'libsync/engine/a.cc': CO_AWAIT_BODY.format(statement)}) == set()


IN = 'namespace lakeferry {{\n{}\n}}\n'


@pytest.mark.parametrize('first, second', [
    ('struct Options { int a; };', 'struct Options {\n  bool b = false;\n};'),
    ('class Options final : public Base {};', 'struct Options {};'),
    ('struct [[nodiscard]] Options { int a; };', 'union Options {};'),
    ('enum class Kind : uint8_t { kA };', 'enum class Kind { kB };'),
    ('template <typename T>\nstruct Box { T t; };', 'template <typename T>\nclass Box {};'),
    ('int Count(const std::string& text, int from = 0) { return 1; }', 'int Count(const std::string &name, int n) {}'),
    ('bool A::operator==(const A& b) const { return true; }', 'bool A::operator==(const A& other) const { return 1; }'),
    ('void A::F() const noexcept {}', 'auto A::F() const -> void {}'),
    ('A::A(int x) : x_(x) {}', 'A::A(int y) : x_(y + 1) {}'),
    ('namespace inner {\nstruct S { int a; };\n}', 'namespace inner {\nstruct S {};\n}'),
    ('std::vector<std::pair<A, B>> F(std::map<A, B> m) {}', 'C F(std::map<A, B> other) {}'),
])
def test_one_definition_fires_whoever_sees_the_second(tmp_path, first, second):
    for path, other in [('daemon/service/a.cc', 'daemon/commands/b.cc'), ('libsync/base/a.cc', 'daemon/b.cc'),
                        ('libsync/base/a.cc', 'tests/plan/b_test.cc'), ('tests/plan/a.cc', 'tests/plan/b.cc')]:
        tree = tmp_path / path.replace('/', '_')
        assert rules_for(tree, {path: IN.format(first), other: IN.format(second)}) == {'one_definition'}, path


def test_one_definition_sees_headers_and_nested_names(tmp_path):
    assert rules_for(tmp_path, {
        'daemon/service/a.h': '// A.\n#pragma once\nnamespace lakeferry::service {\nstruct Options {};\n}\n',
        'daemon/b.h': '// B.\n#pragma once\nnamespace lakeferry {\nnamespace service {\nstruct Options {};\n}\n}\n',
    }) == {'one_definition'}


@pytest.mark.parametrize('first, second', [
    ('struct Options;', 'struct Options { int a; };'),
    ('namespace {\nstruct Options { int a; };\nint F() { return 1; }\n}',
     'namespace {\nstruct Options {};\nint F() { return 2; }\n}'),
    ('namespace one {\nstruct Options {};\n}', 'namespace two {\nstruct Options {};\n}'),
    ('struct A { struct Options {}; };', 'struct B { struct Options {}; };'),
    ('void F(int a) {}', 'void F(int64_t a) {}'),
    ('void A::F() {}', 'void A::F() const {}'),
    ('void A::F() {}', 'void B::F() {}'),
    ('static void F() {}', 'static void F() {}'),
    ('void F() { struct Local {}; }', 'void G() { struct Local {}; }'),
    ('int F(int a);', 'int F(int a) { return a; }'),
    ('// struct Options {};\nconst char* text = "struct Options {}";', 'struct Options {};'),
    ('const std::vector<int> kList = {1, 2};', 'const auto kList = std::vector<int>{1, 2};'),
    ('template <>\nstruct Name<A> {};', 'template <>\nstruct Name<B> {};'),
])
def test_one_definition_lets_pass(tmp_path, first, second):
    assert rules_for(tmp_path, {'daemon/a.cc': IN.format(first), 'daemon/b.cc': IN.format(second)}) == set()


def test_one_definition_lets_programs_of_their_own_pass(tmp_path):
    text = IN.format('struct World {};') + 'int main() { return 0; }\n'
    assert rules_for(tmp_path, {'tests/plan/a.cc': text, 'tests/delta/a.cc': text}) == set()
    assert rules_for(tmp_path, {'tests/fuzz/a.cc': 'int main() {}\n', 'tests/fuzz/b.cc': 'int main() {}\n'}) == set()


def test_header_shape_fires(tmp_path):
    assert rules_for(tmp_path, {'libsync/base/a.h': '#pragma once\n'}) == {'header_comment'}
    assert rules_for(tmp_path, {'libsync/base/a.h': '// A.\n#ifndef A\n#endif\n'}) == {'pragma_once'}
    assert rules_for(tmp_path, {'libsync/base/a.h': '// A.\n#pragma once\n'}) == set()


@pytest.mark.parametrize('path, text, rule', [
    ('libsync/base/a.cc', '// TO' 'DO: later\n', 'promise'),
    ('scripts/a', '# FIX' 'ME\n', 'promise'),
    ('docs/a.md', 'see /wo' 'rk/main\n', 'machine_path'),
    ('scripts/a', 'cd /ro' 'ot\n', 'machine_path'),
    ('config/a.yaml', 'path: /ho' 'me/anna/x\n', 'machine_path'),
    ('scripts/a', 'pip install -i https://py' 'pi.org/simple\n', 'registry_host'),
    ('README.md', 'from repo.' 'maven.apache.org\n', 'registry_host'),
    ('tests/base/a_test.cc', 'TEST(A, DISABLED' '_B) {}\n', 'skipped_test'),
    ('tests/e2e/test_a.py', '@pytest.mark.' 'skip\n', 'skipped_test'),
    ('libsync/base/a.cc', 'int x;\r\n', 'line_ending'),
])
def test_words_fire(tmp_path, path, text, rule):
    assert rules_for(tmp_path, {path: text}) == {rule}


@pytest.mark.parametrize('text', [
    '$tmp/wo' 'rk/a', 'file:///srv/ro' 'ot', 'a/wo' 'rk', 'ProtectHo' 'me=yes', '/wo' 'rker/x'])
def test_machine_path_lets_relative_paths_pass(tmp_path, text):
    assert rules_for(tmp_path, {'docs/a.md': text + '\n'}) == set()


def test_script_fails_with_place_and_rule(tmp_path):
    (tmp_path / 'daemon').mkdir()
    (tmp_path / 'daemon/a.cc').write_text('int x;\n#include "tests/a.h"\n')
    done = subprocess.run([sys.executable, SCRIPT, '--root', tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith('daemon/a.cc:2: layer: ')


def test_script_fails_on_an_empty_tree(tmp_path):
    done = subprocess.run([sys.executable, SCRIPT, '--root', tmp_path], capture_output=True, text=True)
    assert done.returncode == 1
