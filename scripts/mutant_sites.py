"""Where guards stand in C++ sources, and how each is taken away: the mutants of scripts/mutants.

A mutant is one guard that is gone, or one condition of a guard. All of them stand in one build (mutant schemata): every
guard asks whether it is there, `lakeferry_mutants::Keeps(n)`, and an environment variable says which one is not. What a
mutant is called does not move with lines: file, function, kind, text of the guard, and a number where these repeat.
"""
import re
import zlib
from dataclasses import dataclass, field

import cpp_text

FOLDERS = ['engine', 'plan', 'delta', 'json']  # of libsync
# What the C++ tests of the daemon try: what a command does as a whole only the end-to-end tests see; wiring/ is theirs.
DAEMON_FOLDERS = ['config', 'control', 'output', 'service', 'setup']
KEEPS = '::lakeferry_mutants::Keeps'
NUMBER_MAX = 65536
# The makers of errors that every file has; the files' own are found by what they return.
COMMON_MAKERS = {'Fail', 'FailAt'}
_MAKER = re.compile(r'std::unexpected<Error>\s+(?:\w+::)*(\w+)\s*\(')
_TRY = re.compile(r'(?<!\w)LF_(?:CO_)?TRY_OK\(')
_IF = re.compile(r'(?<!\w)if\s*\(')
_DECLARATION = re.compile(r'^\s*(?:const\s+)?(?:auto|[\w:]+(?:<[^=]*>)?)\s*[&*]*\s+[&*]*(\w+)\s*=(?!=)')


@dataclass
class Edit:
    """Text put around code[start:end]."""
    start: int
    end: int
    before: str
    after: str = ''


@dataclass
class Mutant:
    """`guard` in `function` of `file` (below libsync/, or daemon/…); `edits(number)` takes it away where that is so."""
    file: str
    function: str
    kind: str  # guard, operand, accept, try, listed
    guard: str
    edits: object
    why: str = ''
    ordinal: int = 1
    number: int = 0

    @property
    def layer(self):
        return self.file.split('/')[0]

    @property
    def drops_an_error(self):
        """Whether an error is all that is lost with it: what is looked at was there before."""
        return self.kind == 'try' and self.guard.count('(') == 1

    @property
    def name(self):
        again = f' #{self.ordinal}' if self.ordinal > 1 else ''
        return f'{self.file} {self.function} {self.kind}: {self.guard}{again}'


@dataclass
class Source:
    file: str
    text: str
    code: str = field(init=False)
    bodies: list = field(init=False)

    def __post_init__(self):
        self.code = cpp_text.blank(self.text)
        self.bodies = list(cpp_text.functions(self.code))

    def words_errors(self, position):
        """Whether the function only chooses the words of an error that is returned in any case."""
        around = [start for start, end in self.bodies if start < position < end]
        return bool(around) and _MAKER.search(cpp_text.head_of(self.code, min(around))) is not None

    def condensed(self, start, end):
        return ' '.join(re.sub(r'//[^\n]*', '', self.text[start:end]).split())

    def function_at(self, position):
        """The name of the outermost function around `position`; lambdas belong to the function they stand in."""
        around = [start for start, end in self.bodies if start < position < end]
        if not around:
            return ''
        head = cpp_text.head_of(self.code, min(around))
        found = re.search(r'(?<![\w:])((?:\w+::)*~?\w+)\s*\(', re.sub(r'<[^<>()]*>', '', head))
        return found.group(1) if found else ''


def makers_of(texts):
    """The functions that make errors, by name."""
    return COMMON_MAKERS.union(*(_MAKER.findall(text) for text in texts))


def pieces(code, start, end, operator):
    """[start, end) cut at `operator` where no bracket is open."""
    cuts, depth = [], 0
    for i in range(start, end):
        if code[i] in '([{':
            depth += 1
        elif code[i] in ')]}':
            depth -= 1
        elif depth == 0 and code.startswith(operator, i):
            cuts.append(i)
    edges = [start, *(edge for cut in cuts for edge in (cut, cut + len(operator))), end]
    return list(zip(edges[::2], edges[1::2]))


def trimmed(code, start, end):
    while start < end and code[start].isspace():
        start += 1
    while end > start and code[end - 1].isspace():
        end -= 1
    return start, end


def operands(code, start, end):
    """(start, end, operator) of what || or && joins, also within brackets around a whole operand."""
    start, end = trimmed(code, start, end)
    while code[start] == '(' and cpp_text.closer_of(code, start) == end - 1:
        start, end = trimmed(code, start + 1, end - 1)
    if len(pieces(code, start, end, '?')) > 1:
        return  # it binds less than the operators do
    for operator in ('||', '&&'):
        parts = pieces(code, start, end, operator)
        if len(parts) > 1:
            for part in parts:
                yield *trimmed(code, *part), operator
                yield from operands(code, *part)
            return


def guards_access(operand, after):
    """Whether what follows could not be asked without the operand: it decides nothing by itself."""
    tested = operand.strip().lstrip('!').strip()
    uses = (f'{tested}->', f'*{tested}', f'{tested}.error()')
    return bool(re.fullmatch(r'[\w.>-]+', tested)) and any(use in after for use in uses)


def statement_after(code, position):
    """[start, end) of the statement at or after `position`: a block with its braces, or up to its semicolon."""
    start, _ = trimmed(code, position, len(code))
    if code[start] == '{':
        return start, cpp_text.closer_of(code, start) + 1
    depth = 0
    for i in range(start, len(code)):
        if code[i] in '([{':
            depth += 1
        elif code[i] in ')]}':
            depth -= 1
        elif code[i] == ';' and depth == 0:
            return start, i + 1
    return start, len(code)


class Finder:
    """Finds the mutants of one source."""

    def __init__(self, source, makers):
        self.source, self.code = source, source.code
        names = '|'.join(sorted(map(re.escape, makers)))
        self.failing = re.compile(rf'(?<!\w)(?:co_)?return\s+(?:\w+(?:\.|->))?(?:{names})\s*\(')
        self.leaving = re.compile(r'(?:co_)?return\b')
        self.found = []

    def add(self, kind, start, end, edits):
        source = self.source
        if source.words_errors(start):
            return
        self.found.append(Mutant(file=source.file, function=source.function_at(start), kind=kind,
                                 guard=source.condensed(start, end), edits=edits))

    def all(self):
        for match in _IF.finditer(self.code):
            opener = match.end() - 1
            closer = cpp_text.closer_of(self.code, opener)
            body = statement_after(self.code, closer + 1)
            if self.fails(*body):
                self.condition(opener + 1, closer, 'guard')
            elif self.passes_by_a_failure(*body):
                self.condition(opener + 1, closer, 'accept')
        for match in _TRY.finditer(self.code):
            end = cpp_text.closer_of(self.code, match.end() - 1) + 1
            self.add('try', match.start(), end, dropped_statement(match.start(), end))
        return self.found

    def fails(self, start, end):
        """Whether the statement, or one directly in the block, returns an error that is made there."""
        if self.code[start] != '{':
            return self.failing.match(self.code, start) is not None
        return any(cpp_text.opener_before(self.code, found.start()) == start and self.stands_alone(found.start())
                   for found in self.failing.finditer(self.code, start, end))

    def stands_alone(self, position):
        """Whether no other statement governs the one that begins here."""
        return not self.code[cpp_text.statement_start(self.code, position):position].strip()

    def passes_by_a_failure(self, start, end):
        """Whether the statement returns what is fine, and the next one an error."""
        if self.leaving.match(self.code, start) is None:
            return False
        after, _ = trimmed(self.code, end, len(self.code))
        return self.failing.match(self.code, after) is not None

    def condition(self, start, end, kind):
        start = pieces(self.code, start, end, ';')[-1][0]
        start, end = trimmed(self.code, start, end)
        declared = _DECLARATION.match(self.code[start:end])
        if declared:
            self.add(kind, start, end, declaration(start, end, declared.group(1), kind))
            return
        self.add(kind, start, end, never(start, end) if kind == 'guard' else always(start, end))
        for part_start, part_end, operator in operands(self.code, start, end):
            if guards_access(self.code[part_start:part_end], self.code[part_end:end]):
                continue
            drop = never if operator == '||' else always
            self.add('operand', part_start, part_end, drop(part_start, part_end))


def never(start, end):
    return lambda number: [Edit(start, end, f'({KEEPS}({number}) && (', '))')]


def always(start, end):
    return lambda number: [Edit(start, end, f'(!{KEEPS}({number}) || (', '))')]


def declaration(start, end, name, kind):
    test = f'{KEEPS}({{}}) && ' if kind == 'guard' else f'!{KEEPS}({{}}) || '
    return lambda number: [Edit(start, end, '', f'; {test.format(number)}static_cast<bool>({name})')]


def dropped_statement(start, end):
    return lambda number: [Edit(start, end, f'if ({KEEPS}({number})) ')]


def replaced(start, end, text):
    """An expression, or, ending with a semicolon, a statement that declares nothing."""
    if text.endswith(';'):
        return lambda number: [Edit(start, end, f'if ({KEEPS}({number})) {{ ', f' }} else {{ {text} }}')]
    return lambda number: [Edit(start, end, f'({KEEPS}({number}) ? (', f') : ({text}))')]


def listed(sources, text):
    """The mutants of a list: blocks of `file:`, `text:`, `instead:`, `why:`. Of a text that marks a part by @ on either
    side that part is taken, else the whole. A text found not once is a ValueError."""
    by_file = {source.file: source for source in sources}
    for block in re.split(r'\n\s*\n', re.sub(r'^#[^\n]*\n?', '', text, flags=re.MULTILINE).strip()):
        entry = dict(re.findall(r'^(file|text|instead|why): *(.*)$', block, re.MULTILINE))
        if set(entry) != {'file', 'text', 'instead', 'why'}:
            raise ValueError(f'not file, text, instead and why: {block!r}')
        source = by_file.get(entry['file'])
        parts = entry['text'].split('@')
        before, marked, after = parts if len(parts) == 3 else ('', entry['text'], '')
        count = source.text.count(before + marked + after) if source else 0
        if count != 1:
            raise ValueError(f"{entry['file']} holds {count} times, not once: {entry['text']}")
        start = source.text.index(before + marked + after) + len(before)
        end = start + len(marked)
        yield Mutant(file=source.file, function=source.function_at(start), kind='listed',
                     guard=f"{source.condensed(start, end)} => {entry['instead']}",
                     edits=replaced(start, end, entry['instead']), why=entry['why'])


def numbered(mutants):
    """Tells those of one name apart, and gives every mutant a number from 1 that comes from its name: a source whose
    guards are the same has the same text, and is not compiled again."""
    met, taken = {}, set()
    for mutant in mutants:
        mutant.ordinal = 1
        met[mutant.name] = met.get(mutant.name, 0) + 1
        mutant.ordinal = met[mutant.name]
    for mutant in sorted(mutants, key=lambda mutant: mutant.name):
        number = zlib.crc32(mutant.name.encode()) % NUMBER_MAX
        while number in taken or number == 0:
            number = (number + 1) % NUMBER_MAX
        taken.add(number)
        mutant.number = number
    return mutants


def applied(source, mutants, header):
    """The text of the source with all of the mutants in it, each asleep until its number is chosen."""
    inserts = []
    for mutant in mutants:
        for edit in mutant.edits(mutant.number):
            width = edit.end - edit.start
            # Of two that begin together the wider one is outside; of two that end together as well.
            inserts.append((edit.start, 1, -width, mutant.number, edit.before))
            inserts.append((edit.end, 0, width, -mutant.number, edit.after))
    out, done = [f'#include "{header}"\n'], 0
    for position, _, _, _, text in sorted(inserts):
        out += [source.text[done:position], text]
        done = position
    return ''.join(out) + source.text[done:]
