"""Who includes whom below libsync and daemon: by file and by room, which is a folder with sources in it.

A header and its source are one file here, named by their path from libsync, or from the root, without a suffix.
"""
import re
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
TOPS = ['libsync', 'daemon']


def name_of(path):
    return re.sub(r'\.(h|cc)$', '', path.removeprefix('libsync/'))


def room_of(name):
    return name.rsplit('/', 1)[0]


def files_of(root):
    """name -> names of what it includes, of every file of ours; what is none of ours is left out."""
    graph = {}
    for top in TOPS:
        for path in sorted((Path(root) / top).rglob('*')):
            if path.suffix not in ('.h', '.cc'):
                continue
            text = path.read_bytes().decode('utf-8', errors='replace')
            name = name_of(path.relative_to(root).as_posix())
            graph.setdefault(name, set()).update(name_of(found) for found in INCLUDE.findall(text))
    return {name: {other for other in seen if other in graph and other != name} for name, seen in graph.items()}


def rooms_of(files):
    """room -> rooms that its files include something of."""
    graph = {}
    for name, seen in files.items():
        others = {room_of(other) for other in seen}
        graph.setdefault(room_of(name), set()).update(others - {room_of(name)})
    return graph


def circles(graph):
    """Sets of two or more that reach each other, each sorted: Tarjan's strongly connected components."""
    number, lowest, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in number:
                visit(other)
            if other in stack:
                lowest[node] = min(lowest[node], lowest[other])
        if lowest[node] != number[node]:
            return
        component = stack[stack.index(node):]
        del stack[stack.index(node):]
        if len(component) > 1:
            found.append(sorted(component))

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return sorted(found)


def levels_of(graph):
    """node -> the number of steps of the longest way down; the graph has no circle."""
    levels = {}

    def level(node):
        if node not in levels:
            levels[node] = 1 + max((level(other) for other in graph[node]), default=-1)
        return levels[node]

    for node in graph:
        level(node)
    return levels


def without_shortcuts(graph):
    """The same without what is reached through another one as well; the graph has no circle."""
    below = {}

    def reach(node):
        if node not in below:
            below[node] = set(graph[node]).union(*(reach(other) for other in graph[node]))
        return below[node]

    return {node: {other for other in seen if not any(other in reach(third) for third in seen if third != other)}
            for node, seen in graph.items()}
