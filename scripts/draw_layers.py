#!/usr/bin/env python3
"""Draws the rooms of the source and what each includes, from the includes themselves: docs/layers.svg.

    scripts/draw_layers.py [--check]

A room stands above all that it includes; a line leads to what it includes and reaches by no other way. With --check
nothing is written, and the picture that lies there must be the one that would be drawn.
"""
import argparse
import sys
from pathlib import Path

import include_graph

PICTURE = 'docs/layers.svg'
BOX_WIDTH, BOX_HEIGHT, GAP, STEP, MARGIN = 138, 26, 16, 52, 14
KINDS = [('daemon', '#f3e3c8'), ('engine', '#cfe3f5'), ('plan', '#d5ecd2'), ('delta', '#d5ecd2'), ('json', '#e6e6e6'),
         ('base', '#e6e6e6'), ('async', '#e6e6e6'), ('env', '#e9dcf3')]
ADAPTER = '#f5d9d5'


def fill_of(room):
    return next((fill for top, fill in KINDS if room.split('/')[0] == top), ADAPTER)


def rows_of(rooms):
    """Rooms by level, the highest first. What only the wiring knows, the adapters, stands right of the others."""
    levels = include_graph.levels_of(rooms)
    rows = [[] for _ in range(max(levels.values()) + 1)]
    for room in sorted(rooms, key=lambda room: (fill_of(room) == ADAPTER, room)):
        rows[-1 - levels[room]].append(room)
    return rows


def places_of(rows):
    """room -> (x, y) of its box, and the size of the whole. Adapters stand in columns of their own."""
    own = max(sum(fill_of(room) != ADAPTER for room in row) for row in rows)
    places, width = {}, 0
    for number, row in enumerate(rows):
        inner = [room for room in row if fill_of(room) != ADAPTER]
        indent = (own - len(inner)) / 2
        columns = [indent + i for i in range(len(inner))] + [own + i for i in range(len(row) - len(inner))]
        for room, column in zip(row, columns):
            x = MARGIN + column * (BOX_WIDTH + GAP)
            places[room] = (x, MARGIN + number * STEP)
            width = max(width, x + BOX_WIDTH + MARGIN)
    return places, (width, 2 * MARGIN + (len(rows) - 1) * STEP + BOX_HEIGHT)


def draw(rooms):
    places, (width, height) = places_of(rows_of(rooms))
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
             'font-family="sans-serif" font-size="12">',
             f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>']
    for room, seen in sorted(include_graph.without_shortcuts(rooms).items()):
        x, y = places[room][0] + BOX_WIDTH / 2, places[room][1] + BOX_HEIGHT
        for other in sorted(seen):
            to_x, to_y = places[other][0] + BOX_WIDTH / 2, places[other][1]
            bend = (to_y - y) / 2
            lines.append(f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}" '
                         'fill="none" stroke="#777777"/>')
    for room, (x, y) in sorted(places.items()):
        lines.append(f'<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4" '
                     f'fill="{fill_of(room)}" stroke="#444444"/>')
        lines.append(f'<text x="{x + BOX_WIDTH / 2:g}" y="{y + 17:g}" text-anchor="middle">{room}</text>')
    return '\n'.join([*lines, '</svg>', ''])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--check', action='store_true')
    parser.add_argument('--root', type=Path, default=Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    rooms = include_graph.rooms_of(include_graph.files_of(arguments.root))
    for circle in include_graph.circles(rooms):
        print(f'draw_layers: {", ".join(circle)} include each other: no picture has one above the other')
        return 1
    picture = draw(rooms)
    path = arguments.root / PICTURE
    if arguments.check:
        if path.is_file() and path.read_text() == picture:
            return 0
        print(f'draw_layers: {PICTURE} is not what the includes come to: run scripts/draw_layers.py')
        return 1
    path.write_text(picture)
    return 0


if __name__ == '__main__':
    sys.exit(main())
