#!/usr/bin/env python3
"""Makes the manual pages and the completions of bash, zsh and fish from the grammar that the program tells of itself.

    lakeferry grammar | scripts/command_pages.py --version V --example config/lakeferry.example.yaml --to FOLDER

Writes lakeferry.1, lakeferry.yaml.5, lakeferry.bash, _lakeferry (zsh) and lakeferry.fish.
"""
import argparse
import json
import sys
from pathlib import Path

from config_pages import manual_of_configuration, roff

# What a value is, by the name that help has for it: how a shell completes it.
FILES = {'FILE', 'TABLE_URI'}
FOLDERS = {'DIR'}
NAMES = {'GROUP': 'groups', 'WORKFLOW': 'workflows'}

EXIT_CODES = [('0', 'done'), ('1', 'failed; the message says why and what to do'),
              ('2', 'command line or configuration'), ('3', 'refused: a guard or a fence said no'),
              ('4', 'not in sync (verify, status --check)')]
PLACES = [('/etc/lakeferry/lakeferry.yaml', 'the configuration, lakeferry.yaml(5); lakeferry init writes a first one'),
          ('/etc/lakeferry/credentials/', 'secrets, one a file, for LoadCredential= of the services'),
          ('/var/lib/lakeferry/', 'the metadata store'),
          ('/usr/share/doc/lakeferry/operations.md', 'how to install, watch and mend it'),
          ('/usr/share/doc/lakeferry/json.md', 'what --json prints')]


def value_of(option):
    return '|'.join(option['choices']) or option['value']


def every(command):
    """The command and all below it."""
    yield command
    for child in command['commands']:
        yield from every(child)


def global_options(program):
    return [option for option in program['options'] if not {'--help', '--version'} & set(option['names'])]


def options_of(command, program):
    """All that the command takes: its own, and those of every command."""
    return command['options'] + ([] if command is program else global_options(program))


# --- manual pages


def usage(command):
    words = [f'\\fB{roff(command["name"])}\\fR']
    for argument in command['arguments']:
        value = f'\\fI{roff(value_of(argument))}\\fR'
        words.append(value if argument['required'] else f'[{value}]')
    words += [f'\\fB{roff(option["names"][-1])}\\fR \\fI{roff(value_of(option))}\\fR' for option in command['options']
              if option['required']]
    if command['commands']:
        words.append('\\fICOMMAND\\fR')
    return ' '.join([*words, '[\\fIOPTIONS\\fR]'])


def sentence(option):
    text = option['help']
    if option['required'] and option['names']:
        text += ' (required)'
    if option['default']:
        text += f' (default: {option["default"]})'
    return text + '.'


def entry(option):
    names = ', '.join(f'\\fB{roff(name)}\\fR' for name in option['names'])
    value = f'\\fI{roff(value_of(option))}\\fR' if value_of(option) else ''
    return ['.TP', f'{names} {value}'.strip(), roff(sentence(option))]


def command_section(command):
    told = command['help'][:1].upper() + command['help'][1:] + '.'
    lines = [f'.SS {roff(command["name"])}', roff(told), '.PP', usage(command)]
    for option in command['arguments'] + [o for o in command['options'] if '--help' not in o['names']]:
        lines += entry(option)
    if command['examples']:
        lines += ['.PP', 'Examples:', '.PP', '.nf', '.RS', *map(roff, command['examples']), '.RE', '.fi']
    return lines


def definitions(pairs):
    return [line for name, text in pairs for line in ['.TP', f'\\fB{roff(name)}\\fR', roff(text) + '.']]


def manual(program, version):
    lines = [f'.TH LAKEFERRY 1 "" "lakeferry {version}" "User Commands"', '.nh', '.ad l', '.SH NAME',
             'lakeferry \\- keeps groups of Delta Lake tables in a second region', '.SH SYNOPSIS', usage(program),
             '.SH DESCRIPTION', roff(program['help']),
             'One long\\-running program, as sender in the region that owns the data and as receiver in the region',
             'that stands by; the other commands look at what they do, or do a part of it by hand.', '.SH OPTIONS']
    for option in program['options']:
        lines += entry(option)
    lines += ['.PP', 'All but \\fB\\-\\-version\\fR may stand behind a command as well.', '.SH COMMANDS']
    for command in every(program):
        if not command['commands']:
            lines += command_section(command)
    lines += ['.SH EXIT STATUS', *definitions(EXIT_CODES), '.SH ENVIRONMENT']
    lines += definitions([(option['variable'], f'in place of {option["names"][-1]}') for option in program['options']
                          if option['variable']])
    lines += ['.SH FILES', *definitions(PLACES), '.SH SEE ALSO',
              '\\fBlakeferry.yaml\\fR(5), \\fBsystemctl\\fR(1), \\fBsystemd.exec\\fR(5)']
    return '\n'.join(lines) + '\n'


# --- completions: a function that finds the command by its words, then one case for each


def shell(text):
    return "'" + text.replace("'", "'\\''") + "'"


def words_of(command):
    """Its name without the program's: '' for the program."""
    return command['name'].partition(' ')[2]


def completes(option):
    """How a value is completed, as the three shells' functions call it: words, files, folders, names or nothing."""
    if option['choices']:
        return 'words ' + ' '.join(option['choices'])
    value = option['value']
    return ('files' if value in FILES else 'folders' if value in FOLDERS else
            f'names {NAMES[value]}' if value in NAMES else 'nothing')


def child_names(command):
    return [child['name'].split()[-1] for child in command['commands']]


def with_values(program):
    """Names of options that take a value, of any command."""
    return sorted({name for command in every(program) for option in command['options'] if value_of(option)
                   for name in option['names']})


def values_by_option(program):
    """'COMMAND:OPTION' patterns and how their values are completed, those of every command last."""
    rows = []
    for command in every(program):
        for option in command['options']:
            if value_of(option) and command is not program:
                rows += [(f'{words_of(command)}:{name}', completes(option)) for name in option['names']]
    for option in global_options(program):
        if value_of(option):
            rows += [(f'*:{name}', completes(option)) for name in option['names']]
    return rows


def pattern(text):
    """For `case` of bash and zsh."""
    return '*' + shell(text[1:]) if text.startswith('*') else shell(text)


BASH = '''# Completion of lakeferry for bash. Made by scripts/command_pages.py from the program's grammar.

_lakeferry_value() {{  # HOW…: of an option or an argument
  local how=$1
  shift
  case $how in
    words) COMPREPLY=($(compgen -W "$*" -- "$cur")) ;;
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
    names) COMPREPLY=($(compgen -W "$(lakeferry names "$1" ${{config:+--config "$config"}} 2>/dev/null)" -- "$cur")) ;;
  esac
}}

_lakeferry() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} command='' config='' skip='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    [[ $word == = ]] && continue  # --option=value comes in three words
    [[ $skip == -c || $skip == --config ]] && config=$word
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $word in
      {with_values}) skip=$word ;;
      -*) ;;
      *) case "$command:$word" in
{children}
      esac ;;
    esac
  done
  [[ $cur == = ]] && cur=''
  if [[ -n $skip ]]; then
    case "$command:$skip" in
{values}
    esac
    return
  fi
  if [[ $cur == -* ]]; then
    case $command in
{options}
    esac
    return
  fi
  case $command in
{arguments}
  esac
}}

complete -F _lakeferry lakeferry
'''


def cases(program, told_options, told_children):
    """What the functions of bash and zsh have in common, by its place in their texts. `told_options(options)` and
    `told_children(command)` are the shell's words for what a command takes."""
    children, options, arguments = [], [], []
    for command in every(program):
        own = words_of(command)
        for name in child_names(command):
            children.append(f'        {shell(f"{own}:{name}")}) command={shell(f"{own} {name}".strip())} ;;')
        options.append(f'      {shell(own)}) {told_options(options_of(command, program))} ;;')
        if command['commands']:
            arguments.append(f'    {shell(own)}) {told_children(command)} ;;')
        elif command['arguments']:
            arguments.append(f'    {shell(own)}) _lakeferry_value {completes(command["arguments"][0])} ;;')
    values = [f'      {pattern(name)}) _lakeferry_value {how} ;;' for name, how in values_by_option(program)]
    return {'with_values': '|'.join(with_values(program)), 'children': '\n'.join(children),
            'values': '\n'.join(values), 'options': '\n'.join(options), 'arguments': '\n'.join(arguments)}


def bash(program):
    def words(names):
        return f'_lakeferry_value words {" ".join(names)}'

    return BASH.format(**cases(program, lambda options: words(name for option in options for name in option['names']),
                               lambda command: words(child_names(command))))


ZSH = '''#compdef lakeferry
# Completion of lakeferry for zsh. Made by scripts/command_pages.py from the program's grammar.

_lakeferry_value() {{  # HOW…: of an option or an argument
  local how=$1
  shift
  case $how in
    words) compadd -- "$@" ;;
    files) _files ;;
    folders) _files -/ ;;
    names) compadd -- ${{(f)"$(lakeferry names $1 2>/dev/null)"}} ;;
    *) _message 'a value' ;;
  esac
}}

_lakeferry() {{
  local command='' skip='' word
  local -a described
  for word in ${{words[2,CURRENT-1]}}; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $word in
      {with_values}) skip=$word ;;
      -*) ;;
      *) case "$command:$word" in
{children}
      esac ;;
    esac
  done
  if [[ -n $skip ]]; then
    case "$command:$skip" in
{values}
    esac
    return
  fi
  if [[ ${{words[CURRENT]}} == -* ]]; then
    case $command in
{options}
    esac
    _describe -o option described
    return
  fi
  case $command in
{arguments}
  esac
}}

_lakeferry "$@"
'''


def described(name, text):
    return shell(f'{name}:' + text.replace(':', '\\:'))


def zsh(program):
    def told(pairs):
        return f'described=({" ".join(described(*pair) for pair in pairs)})'

    def children(command):
        pairs = [(child['name'].split()[-1], child['help']) for child in command['commands']]
        return f'{told(pairs)}; _describe command described'

    return ZSH.format(**cases(
        program, lambda options: told((name, option['help']) for option in options for name in option['names']),
        children))


FISH = '''# Completion of lakeferry for fish. Made by scripts/command_pages.py from the program's grammar.

# Whether the words before the cursor lead to this command: '' for the program itself.
function __lakeferry_at
    set -l command ''
    set -l skip ''
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip ''
            continue
        end
        switch $word
            case {with_values}
                set skip $word
            case '-*'
                continue
            case '*'
                switch "$command:$word"
{children}
                end
        end
    end
    test "$command" = "$argv[1]"
end

complete -c lakeferry -f
{completions}
'''


def fish_text(text):
    return "'" + text.replace('\\', '\\\\').replace("'", "\\'") + "'"


def fish_value(how):
    kind, _, rest = how.partition(' ')
    return {'words': f' -x -a {fish_text(rest)}', 'files': ' -r -F',
            'folders': " -x -a '(__fish_complete_directories)'",
            'names': f" -x -a '(lakeferry names {rest} 2>/dev/null)'", 'nothing': ' -x'}[kind]


def fish(program):
    children, lines = [], []
    for command in every(program):
        own = words_of(command)
        at = f'complete -c lakeferry -n {fish_text(f"__lakeferry_at {fish_text(own)}")}'
        for child in command['commands']:
            name = child['name'].split()[-1]
            children.append(f'                    case {fish_text(f"{own}:{name}")}\n'
                            f'                        set command {fish_text(f"{own} {name}".strip())}')
            lines.append(f'{at} -a {name} -d {fish_text(child["help"])}')
        if command['arguments'] and not command['commands']:
            how = completes(command['arguments'][0])
            value = fish_value(how).replace(' -x', '').replace(' -r', '')
            lines += [f'{at}{value}'] if value else []
        for option in options_of(command, program):
            names = ''.join(f' -l {name[2:]}' if name.startswith('--') else f' -s {name[1:]}'
                            for name in option['names'])
            value = fish_value(completes(option)) if value_of(option) else ''
            lines.append(f'{at}{names}{value} -d {fish_text(option["help"])}')
    return FISH.format(with_values=' '.join(with_values(program)), children='\n'.join(children),
                       completions='\n'.join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--version', required=True)
    parser.add_argument('--example', required=True, type=Path, help='the configuration with every key')
    parser.add_argument('--to', required=True, type=Path, help='the folder to write to')
    arguments = parser.parse_args()
    program = json.load(sys.stdin)
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name, text in [('lakeferry.1', manual(program, arguments.version)),
                       ('lakeferry.yaml.5', manual_of_configuration(program['configuration'],
                                                                    arguments.example.read_text(), arguments.version)),
                       ('lakeferry.bash', bash(program)), ('_lakeferry', zsh(program)),
                       ('lakeferry.fish', fish(program))]:
        (arguments.to / name).write_text(text)


if __name__ == '__main__':
    main()
