"""Checks of what nfmon writes, format by format, with readers that are not nfmon's."""

import csv
import io
import json
import re
import unicodedata

# Everything that can steer a terminal: C0 but the line's end, DEL, C1. And what can hide or turn text around.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def refuse(text, what):
    raise AssertionError(f"{what}: {text!r}")


def check_terminal(data):
    """No byte can steer a terminal. Returns the text."""
    text = data.decode()  # malformed UTF-8 fails here
    found = STEERING.search(text)
    if found:
        refuse(text[max(0, found.start() - 40) : found.end() + 40], "this steers a terminal")
    for character in set(text):
        if unicodedata.category(character) in ("Cc", "Cf") and character != "\n":
            refuse(character, "this is invisible")
    return text


def rows_of_csv(text):
    rows = list(csv.reader(io.StringIO(text), strict=True))
    for number, row in enumerate(rows):
        if len(row) != len(rows[0]):
            refuse(row, f"row {number} has {len(row)} fields instead of {len(rows[0])}")
    if len(rows) != text.count("\n"):
        refuse(text[:200], "a row is more than a line")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def strict_json(text):
    """Python's parser takes more than JSON is: not this one."""
    def no_twins(pairs):
        if len({name for name, _ in pairs}) != len(pairs):
            refuse(pairs, "a name twice")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=no_twins, parse_constant=lambda word: refuse(word, "no JSON"))


def validate(data, format_):
    """Reads the output of `events` or `sessions`; returns its records (lines, where the format has no others)."""
    text = check_terminal(data)
    if text and not text.endswith("\n"):
        refuse(text[-80:], "the last line has no end")
    if format_ == "json":
        document = strict_json(text)
        return document["sessions"] if isinstance(document, dict) else document
    if format_ == "ndjson":
        return [strict_json(line) for line in text.splitlines()]
    if format_ == "csv":
        return rows_of_csv(text)
    return text.splitlines()
