"""Where scripts/mutants finds guards, what it makes of them, and what it says of those that nothing notices."""
import importlib.machinery
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'scripts'))
import mutant_runs  # noqa: E402
import mutant_sites  # noqa: E402
import mutant_tree  # noqa: E402


def load_mutants():
    loader = importlib.machinery.SourceFileLoader('mutants', str(ROOT / 'scripts/mutants'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('mutants', loader))
    loader.exec_module(module)
    return module


mutants = load_mutants()

SOURCE = '''
std::unexpected<Error> Foreign(bool a) {
  if (a) return Fail("one");
  return Fail("other");
}
Status Group::Look(int n) {
  if (n == '(') return Fail("if (x) return Fail");
  if (there && (a != b || Old(n))) {
    co_return Foreign(n);
  }
  if (const auto found = Find(n); found != nullptr) return Foreign(n);
  if (whole ? !gone : !gone && !damaged) return Fail("three");
  if (n > 1) Note(n);
  if (n > 2) {
    if (gone) return Fail("four");
  }
  if (!head || head->size != n) return Fail("five");
  for (;;) LF_TRY_OK(Walk(n));
  if (ours) co_return Status{};
  co_return Foreign(n);
}
'''


def found_in(text):
    source = mutant_sites.Source('engine/some.cc', text)
    makers = mutant_sites.makers_of([text])
    return source, mutant_sites.numbered(mutant_sites.Finder(source, makers).all())


def names_in(text):
    return [mutant.name for mutant in found_in(text)[1]]


def test_finds_guards_operands_and_dropped_statements():
    place = 'engine/some.cc Group::Look '
    assert names_in(SOURCE) == [
        place + "guard: n == '('",
        place + 'guard: there && (a != b || Old(n))',
        place + 'operand: there',
        place + 'operand: (a != b || Old(n))',
        place + 'operand: a != b',
        place + 'operand: Old(n)',
        place + 'guard: found != nullptr',
        place + 'guard: whole ? !gone : !gone && !damaged',
        place + 'guard: gone',
        place + 'guard: !head || head->size != n',
        place + 'operand: head->size != n',
        place + 'accept: ours',
        place + 'try: LF_TRY_OK(Walk(n))',
    ]


def test_names_do_not_move_with_lines_and_repeated_ones_are_counted():
    assert names_in('// A line more.\n' + SOURCE) == names_in(SOURCE)
    repeated = names_in('Status F() {\n  LF_TRY_OK(G());\n  LF_TRY_OK(G());\n}\n')
    assert repeated == ['engine/some.cc F try: LF_TRY_OK(G())', 'engine/some.cc F try: LF_TRY_OK(G()) #2']


def test_takes_away_one_guard_by_its_number():
    source, found = found_in('Status F() {\n  if (a && (b || c)) return Fail();\n  LF_TRY_OK(G());\n}\n')
    keeps = mutant_sites.KEEPS
    for number, mutant in enumerate(found, 1):
        mutant.number = number
    condition = (f'({keeps}(1) && ((!{keeps}(2) || (a)) && (!{keeps}(3) || ('
                 f'(({keeps}(4) && (b)) || ({keeps}(5) && (c)))))))')
    expected = (f'#include "some.h"\nStatus F() {{\n  if ({condition}) return Fail();\n'
                f'  if ({keeps}(6)) LF_TRY_OK(G());\n}}\n')
    assert squeezed(mutant_sites.applied(source, found, 'some.h')) == squeezed(expected)


def squeezed(text):
    """Without brackets around a bracket: how many there are does not matter."""
    return text.replace('((', '(').replace('((', '(').replace('))', ')').replace('))', ')').replace('))', ')')


def test_a_listed_text_that_is_not_there_once_is_an_error():
    source = mutant_sites.Source('engine/some.cc', 'bool F() {\n  return a == b;\n}\n')
    entry = 'file: engine/some.cc\ntext: {}\ninstead: true\nwhy: It tells.\n'
    listed = list(mutant_sites.listed([source], '# A list.\n\n' + entry.format('a == b')))
    assert [mutant.name for mutant in listed] == ['engine/some.cc F listed: a == b => true']
    keeps = mutant_sites.KEEPS
    number = mutant_sites.numbered(listed)[0].number
    applied = mutant_sites.applied(source, listed, 'h')
    assert f'return ({keeps}({number}) ? (a == b) : (true));' in applied
    marked = list(mutant_sites.listed([source], entry.format('return @a@ == b')))
    assert [mutant.name for mutant in marked] == ['engine/some.cc F listed: a => true']
    with pytest.raises(ValueError, match='0 times, not once: a == c'):
        list(mutant_sites.listed([source], entry.format('a == c')))


def test_numbers_come_from_names():
    _, one = found_in(SOURCE)
    _, more = found_in('Status First() {\n  LF_TRY_OK(G());\n}\n' + SOURCE)
    assert [mutant.number for mutant in more[1:]] != list(range(2, len(more) + 1))
    assert {mutant.name: mutant.number for mutant in one}.items() <= {m.name: m.number for m in more}.items()
    assert len({mutant.number for mutant in more}) == len(more)


def test_a_seed_draws_the_same_ones():
    class Words:
        random, seed, word = 3, 7, []

    chosen = [mutant.name for mutant in mutants.choose(found_in(SOURCE)[1], Words)]
    moved = [mutant.name for mutant in mutants.choose(found_in('\n\n' + SOURCE)[1], Words)]
    assert len(set(chosen)) == 3
    assert moved == chosen


@pytest.mark.parametrize('caught, explained, code, said', [
    (True, False, 0, 'caught '), (False, False, 1, 'SURVIVED '), (False, True, 0, 'explained '),
    (True, True, 1, 'take it out'),
])
def test_a_survivor_has_to_be_explained_and_nothing_else(capsys, caught, explained, code, said):
    mutant = found_in(SOURCE)[1][0]
    report = mutants.Report({mutant.name: 'it only words an error'} if explained else {})
    report.take(mutant, mutant_runs.Verdict(caught, 'a test', 1.0))
    assert report.close() == code
    assert said in capsys.readouterr().out


def test_an_explanation_of_nothing_is_an_error():
    report = mutants.Report({'engine/gone.cc F guard: x': 'why'})
    report.unknown(found_in(SOURCE)[1])
    assert report.close() == 1


def test_reads_explanations():
    text = '# Words.\n\none\n  first line\n  and second\ntwo\n  other\n'
    assert mutants.read_explained(text) == {'one': 'first line and second', 'two': 'other'}


def test_a_program_that_fails_or_never_ends_has_caught_the_mutant(tmp_path):
    program = tmp_path / 'tests/engine/engine_test'
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\ncase "$LAKEFERRY_MUTANT" in\n1) echo "[  FAILED  ] A.B (3 ms)"; exit 1;;\n'
                       '2) exec sleep 60;;\n3) kill -9 $$;;\nesac\n')
    program.chmod(0o755)
    runner = mutant_runs.Runner(tmp_path, tmp_path / 'reach.json')
    assert runner.caught_by('engine', 1, 60) == 'engine_test A.B'
    assert runner.caught_by('engine', 2, 0.2) == 'engine_test, which does not end'
    assert runner.caught_by('engine', 3, 60) == 'engine_test ends with -9'
    assert runner.caught_by('engine', 4, 60) == ''


def test_tries_what_is_quick_first_and_the_simulator_last(tmp_path):
    mutant = found_in('Status F() {\n  LF_TRY_OK(found);\n}\n')[1][0]
    runner = mutant_runs.Runner(tmp_path, tmp_path / 'reach.json')
    assert [(program, tests) for program, _, tests in runner.stages(mutant)] == [
        ('engine', '-*EveryCall*'), ('engine', '*EveryCall*'), ('sim', '-Broken*')]
    runner.reach['engine'] = {'A.B': {'seconds': 1, 'asked': [mutant.number]}, 'A.C': {'seconds': 1, 'asked': []}}
    assert next(runner.stages(mutant)) == ('engine', 21, 'A.B')
    runner.reach['engine'] = {}
    assert [program for program, _, _ in runner.stages(mutant)] == ['engine', 'sim']
    alone = mutant_runs.Runner(tmp_path, tmp_path / 'reach.json', simulates=False)
    assert [program for program, _, _ in alone.stages(mutant)] == ['engine', 'engine']
    guard = found_in(SOURCE)[1][0]
    assert [program for program, _, _ in alone.stages(guard)] == ['engine']


def test_the_daemons_are_tried_by_its_own_suites_and_never_drawn(tmp_path):
    mutant = found_in(SOURCE)[1][0]
    mutant.file = 'daemon/output/some.cc'
    runner = mutant_runs.Runner(tmp_path, tmp_path / 'reach.json')
    assert [program for program, _, _ in runner.stages(mutant)] == ['daemon', 'service']
    _, all_of_them = mutant_tree.find_mutants(ROOT)
    assert any(mutant_tree.is_daemons(mutant.file) for mutant in all_of_them)

    class Drawn:
        random, seed, word = len(all_of_them), 1, []
    assert not any(mutant_tree.is_daemons(mutant.file) for mutant in mutants.choose(all_of_them, Drawn))


def test_reads_the_list_of_tests():
    listing = 'Suite.\n  One\n  Two  # GetParam() = 3\nMore/Suite.\n  Three/0  # GetParam() = "x"\n'
    assert list(mutant_runs.tests_in(listing)) == ['Suite.One', 'Suite.Two', 'More/Suite.Three/0']


def test_the_tree_has_enough_of_them_and_explains_few():
    _, all_of_them = mutant_tree.find_mutants(ROOT)
    names = [mutant.name for mutant in all_of_them]
    assert len(set(names)) == len(names)
    assert len(names) >= 150
    explained = mutants.read_explained(mutants.EXPLAINED.read_text())
    assert set(explained) <= set(names)
    assert all(explained.values())
    assert len(explained) <= len(names) * 0.05


def test_names_them():
    done = subprocess.run([ROOT / 'scripts/mutants', '--list', 'receipt_desk.cc'], capture_output=True, text=True)
    assert done.returncode == 0
    assert all(line.startswith('engine/send/receipt_desk.cc ') for line in done.stdout.splitlines())
