"""A rough reading of C++ text: enough to see statements and braces, nothing more."""
import re

_TOKENS = re.compile(
    r'R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'"
    r'|//[^\n]*'
    r'|/\*.*?\*/',
    re.DOTALL,
)
_CONTROL = re.compile(
    r'^(if|for|while|switch|catch|do|else|try|namespace|class|struct|enum|union|extern|return|co_return)\b')
_TYPE_HEAD = re.compile(r'^(template\s*<.*>\s*)?(class|struct|enum|union)\b')
_FUNCTION_HEAD = re.compile(r'\)\s*(?:(?:const|noexcept|mutable|override|final|&&?)\s*)*(?:->\s*[\w:<>,\s*&]+)?$')
_CONSTRUCTOR_HEAD = re.compile(r'\)\s*(?:noexcept\s*)?:\s*[\w:<>]+\s*[({]')
_NAMESPACE_HEAD = re.compile(r'^(?:inline\s+)?namespace\b\s*(?P<name>[\w:]*)$|^extern\s*"\s*"$')
_DEFINED_TYPE = re.compile(
    r'\b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:\[\[.*?\]\]\s*)?(?P<name>[\w:]+(?:\s*<.*>)?)\s*'
    r'(?:final\s*)?(?::(?!:).*)?$', re.DOTALL)
_DEFINED_FUNCTION = re.compile(
    r'(?P<name>(?:\w+::)*operator\s*(?:\(\)|[^\s\w(]+)|~?[A-Za-z_][\w:]*(?:<[^()]*>)?(?:::~?\w+)?)\s*\(')


def blank(text):
    """The text with comments and the insides of literals as spaces; every line and column stays where it was."""

    def replace(match):
        found = match.group(0)
        spaces = re.sub(r'[^\n]', ' ', found)
        if found[0] in '"R\'':
            return '"' + spaces[1:-1] + '"'
        return spaces

    return _TOKENS.sub(replace, text)


def line_of(text, position):
    return text.count('\n', 0, position) + 1


def opener_before(code, position):
    """The position of the innermost bracket that is open at `position`, or -1."""
    depth = 0
    for i in range(position - 1, -1, -1):
        if code[i] in ')]}':
            depth += 1
        elif code[i] in '([{':
            if depth == 0:
                return i
            depth -= 1
    return -1


def closer_of(code, position):
    """The position of the bracket that closes the one at `position`, or the end of the text."""
    depth = 0
    for i in range(position, len(code)):
        if code[i] in '([{':
            depth += 1
        elif code[i] in ')]}':
            depth -= 1
            if depth == 0:
                return i
    return len(code)


def statement_start(code, position):
    """Where the statement of `position` begins: after the last semicolon, block brace or bracket open at this depth."""
    depth = 0
    for i in range(position - 1, -1, -1):
        if code[i] in ')]':
            depth += 1
        elif code[i] in '([':
            if depth == 0:
                return i + 1
            depth -= 1
        elif code[i] in ';{}' and depth == 0:
            return i + 1
    return 0


def head_of(code, brace):
    """What stands in front of a '{', from the end of the statement before it. Preprocessor lines do not count."""
    head = code[statement_start(code, brace):brace]
    return re.sub(r'^\s*#[^\n]*$', '', head, flags=re.MULTILINE).strip()


def is_block(code, brace):
    """True for the '{' of statements or members, false for that of an initialiser."""
    head = head_of(code, brace)
    if head == '' or _CONTROL.match(head) and not head.startswith(('return', 'co_return')):
        return True
    if re.search(r'\b(else|do|try)$|:$|\]\s*(mutable\s*)?$', head):
        return True
    return any(pattern.search(head) for pattern in (_FUNCTION_HEAD, _CONSTRUCTOR_HEAD, _TYPE_HEAD))


def functions(code):
    """(position of '{', position of '}') of everything that looks like the body of a function."""
    for match in re.finditer(r'\{', code):
        head = head_of(code, match.start())
        if not head or _CONTROL.match(head) or _TYPE_HEAD.match(head):
            continue
        if _FUNCTION_HEAD.search(head) or _CONSTRUCTOR_HEAD.search(head):
            yield match.start(), closer_of(code, match.start())


def definitions(code):
    """(position of '{', name) of the types and functions that `code` defines for other files to see: with the
    namespaces around them, and functions with the types of their parameters. What stands in an unnamed namespace, is
    static or is a member defined in its class is left out."""
    code = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', lambda found: re.sub(r'[^\n]', ' ', found.group(0)), code,
                  flags=re.MULTILINE)
    scopes = []  # of each open brace: its namespace, None where nothing in it counts; and the parentheses open before
    start = depth = 0
    for match in re.finditer(r'[{}();]', code):
        token = match.group(0)
        if token in '()':
            depth += 1 if token == '(' else -1
        elif token == '{':
            namespace = None
            if depth == 0 and all(scope is not None for scope, _ in scopes):
                head = ' '.join(code[start:match.start()].split())
                around = [scope for scope, _ in scopes if scope]
                inner = _NAMESPACE_HEAD.match(head)
                name = None if inner else _defined_name(head)
                if inner and head not in ('namespace', 'inline namespace'):
                    namespace = inner.group('name') or ''
                elif name:
                    yield match.start(), '::'.join([*around, name])
            scopes.append((namespace, depth))
            depth = 0
        elif token == '}' and scopes:
            _, depth = scopes.pop()
        if token in '{};' and depth == 0:
            start = match.end()


def _defined_name(head):
    """The name that a definition with this head gives, or None."""
    defined = _DEFINED_TYPE.search(head)
    if defined:
        return defined.group('name').replace(' ', '')
    if not (_FUNCTION_HEAD.search(head) or _CONSTRUCTOR_HEAD.search(head)) or re.search(r'\bstatic\b|=\s*\[', head):
        return None
    template = re.match(r'template <.*?> (?=[\w:])', head)
    rest = head[template.end():] if template else head
    defined = _DEFINED_FUNCTION.search(rest)
    if not defined:
        return None
    closer = closer_of(rest, defined.end() - 1)
    types = [_parameter_type(parameter) for parameter in _split(rest[defined.end():closer])]
    const = ' const' if re.match(r'\)\s*const\b', rest[closer:]) else ''
    return f'{template.group(0) if template else ""}{defined.group("name")}({", ".join(types)}){const}'


def _split(parameters):
    """The parameters, cut at the commas outside of every bracket."""
    parts, depth = [''], 0
    for c in parameters:
        depth += (c in '([{<') - (c in ')]}>')
        if c == ',' and depth == 0:
            parts.append('')
        else:
            parts[-1] += c
    return [part.strip() for part in parts if part.strip()]


def _parameter_type(parameter):
    parameter = re.sub(r'\s*=(?!=).*', '', parameter)
    parameter = re.sub(r'(?<=[\w>])\s+(?!const$)\w+$|(?<=[&*])\s*\w+$', '', parameter)
    return re.sub(r'\s*([^\w\s])\s*', r'\1', parameter)
