"""The manual pages and completions are those of the program's own help, and shells do with them what they should."""
import json
import re
import shutil
import subprocess
import sys

import pytest
from lakeferry import BINARY, ROOT, Regions

EXAMPLE = ROOT / 'config' / 'lakeferry.example.yaml'


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False,
                          **options)
    assert done.returncode == 0, f'{command}\n{done.stdout}{done.stderr}'
    return done.stdout


@pytest.fixture(scope='module')
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp('pages')
    run(sys.executable, ROOT / 'scripts' / 'command_pages.py', '--version', '9', '--example', EXAMPLE, '--to', folder,
        input=run(BINARY, 'grammar'))
    return folder


def listed(text, title):
    """The first words of the entries below a title of a help."""
    found = re.search(rf'^{title}:\n((?:  .*\n)+)', text, re.M)
    return re.findall(r'^  (\S.*?)(?:  |$)', found[1], re.M) if found else []


def from_help(*words):
    """Command to its own options, as `--help` tells from the program down."""
    text = run(BINARY, *words, '--help')
    names = [word for entry in listed(text, 'Options') for word in re.findall(r'(?<!\S)--?[a-z-]+', entry)]
    commands = {' '.join(words): set(names)}
    for child in listed(text, 'Commands'):
        commands |= from_help(*words, child)
    return commands


@pytest.fixture(scope='module')
def commands():
    found = from_help()
    assert len(found) > 15 and found['status'] == {'-h', '--help', '--check', '--role'}
    return found


def test_the_manual_has_every_command_and_option_and_no_other(pages, commands):
    text = (pages / 'lakeferry.1').read_text().replace('\\-', '-')
    found = re.findall(r'^\.SS (.*)\n((?:(?!\.S[SH]).*\n)*)', text, re.M)
    sections = {title.partition(' ')[2]: body for title, body in found}
    assert set(sections) == {name for name in commands if name not in ('', 'runs', 'key')}
    for name, body in sections.items():
        tags = re.findall(r'^\.TP\n(.*)', body, re.M)
        options = {option for tag in tags for option in re.findall(r'\\fB(-[^\\]+)', tag)}
        assert options == commands[name] - {'-h', '--help'}, name
    head = text.partition('.SH COMMANDS')[0]
    assert commands[''] <= set(re.findall(r'\\fB(-[^\\]+)\\fR', head))


def test_the_manuals_are_without_a_warning(pages):
    for name in ('lakeferry.1', 'lakeferry.yaml.5'):
        done = subprocess.run(['groff', '-ww', '-man', '-Kutf8', '-Tutf8', '-z', pages / name], capture_output=True,
                              text=True, timeout=60, check=True)
        assert done.stderr == ''


def test_the_manual_of_the_configuration_is_the_example(pages):
    text = run('groff', '-man', '-Kutf8', '-Tutf8', '-P-cbou', '-rLL=200n', pages / 'lakeferry.yaml.5')
    shown = [line.strip() for line in text.splitlines()]
    for line in EXAMPLE.read_text().splitlines():
        assert line.strip().replace("'", '’') in shown or line.strip() in shown, line


def test_the_manual_of_the_configuration_has_every_key(pages):
    text = (pages / 'lakeferry.yaml.5').read_text().replace('\\-', '-')
    levels = json.loads(run(BINARY, 'grammar'))['configuration']
    assert len(levels) > 15
    for level in levels:
        section = text.partition(f'.SS {level["level"]}\n')[2].partition('.SS ')[0].partition('.SH ')[0]
        tags = re.findall(r'^\.TP\n\\fB([^\\]+)\\fR: .*\n\S.*', section, re.M)
        assert tags == [key['name'] for key in level['keys']], level['level']


def bash(pages, *words, env=None):
    """What bash offers for the last word."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              '$(complete -p lakeferry | sed "s/.*-F \\([^ ]*\\).*/\\1/"); printf "%s\\n" "${COMPREPLY[@]}"')
    return run('bash', '-c', script, 'bash', pages / 'lakeferry.bash', 'lakeferry', *words, env=env).split()


def fish(pages, *words, env=None):
    text = run('fish', '-c', 'source $argv[1]; complete -C (string join " " -- $argv[2..-1])', pages / 'lakeferry.fish',
               'lakeferry', *words, env=env)
    return [line.partition('\t')[0] for line in text.splitlines()]


def zsh(pages, *words, env=None):
    """With the two builtins that offer words replaced by ones that print all; the shell itself picks what fits."""
    script = ('compadd() { shift; print -l -- "$@" }; '
              '_describe() { print -l -- "${(@P)@[-1]}" | sed "s/:.*//" }; _files() { print FILES }; '
              'file=$1; shift; words=("$@"); CURRENT=$#; source $file')
    text = run('zsh', '-f', '-c', script, 'zsh', pages / '_lakeferry', 'lakeferry', *words, env=env)
    return [word for word in text.split() if word.startswith(words[-1]) or word == 'FILES']


@pytest.fixture(params=[bash, fish, zsh])
def shell(request, pages):
    if shutil.which(request.param.__name__) is None:
        pytest.fail(f'{request.param.__name__} is missing: run scripts/install')
    return lambda *words, **options: request.param(pages, *words, **options)


def test_shells_complete_commands_options_and_values(shell, commands):
    assert shell('sta') == ['status']
    assert set(shell('')) == {name.split()[0] for name in commands if name}
    assert set(shell('runs', '')) == {'add', 'remove', 'list'}
    assert set(shell('status', '--role', '')) == {'sender', 'receiver'}
    assert set(shell('init', '--role', '')) == {'sender', 'receiver', 'both'}
    assert shell('-v', '-c', 'runs', 'verify', '--de') == ['--deep'], 'a value of an option is no command'
    assert shell('log', '/x', '--timest') == ['--timestamp']
    assert shell('verify', '--role') == [], 'verify has no role'


def test_shells_complete_every_option_of_every_command(shell, commands):
    everywhere = {'--config', '--json', '--verbose'}
    for name, options in commands.items():
        wanted = {option for option in options | everywhere if option.startswith('--')}
        assert {word for word in shell(*name.split(), '--') if word.startswith('--')} == wanted, name


def test_shells_complete_the_names_of_groups_and_workflows(shell, tmp_path):
    regions = Regions(tmp_path / 'r', tables=['bronze'], group='orders-eu', workflow='nightly_eu')
    env = {'PATH': f'{BINARY.parent}:/usr/bin:/bin', 'HOME': str(tmp_path),
           'LAKEFERRY_CONFIG': str(regions.config('sender'))}
    assert shell('status', 'o', env=env) == ['orders-eu']
    assert shell('runs', 'add', 'n', env=env) == ['nightly_eu']


def test_bash_takes_the_configuration_that_is_named(pages, tmp_path):
    regions = Regions(tmp_path / 'r', tables=['bronze'], group='orders-eu')
    env = {'PATH': f'{BINARY.parent}:/usr/bin:/bin'}
    assert bash(pages, '-c', regions.config('sender'), 'status', 'o', env=env) == ['orders-eu']
    assert bash(pages, 'status', '--role', '=', 'se') == ['sender']


def test_shells_find_no_fault(pages):
    run('bash', '-n', pages / 'lakeferry.bash')
    run('zsh', '-n', pages / '_lakeferry')
    run('fish', '-n', pages / 'lakeferry.fish')


def test_the_grammar_is_json():
    assert json.loads(run(BINARY, 'grammar'))['name'] == 'lakeferry'
