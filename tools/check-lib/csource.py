"""Reads C well enough to check its shape: comments, includes and top-level items.

No preprocessor runs. Comments, literals and directives are blanked in place, so offsets and
lines stay those of the file; what is left is cut at top-level braces and semicolons.
"""

import bisect
import re
from typing import NamedTuple

TOKEN = re.compile(r"//(?:[^\n\\]|\\.)*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
                   re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*", re.M | re.S)
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"]?)([^>\"\n]*)", re.M)
MACRO_LINE = re.compile(r"[A-Z][A-Z0-9_]*[ \t]*(\([^()]*\))?[ \t]*\n\s*")
NAME_BEFORE_PARENS = re.compile(r"([A-Za-z_]\w*)\s*\(\)")
NOT_A_FUNCTION = {"__attribute__", "_Static_assert", "static_assert", "_Alignas", "typeof"}


class Comment(NamedTuple):
    start: int  # offsets in the text, end exclusive
    end: int
    text: str


class Include(NamedTuple):
    line: int
    quote: str  # '<', '"', or empty for a macro
    path: str


class Item(NamedTuple):
    kind: str  # function | declaration | type | typedef | other
    name: str
    start: int  # offsets in the text, end exclusive
    end: int
    n_params: int


class Source:
    def __init__(self, text):
        self.text = text
        self._starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.comments = [Comment(m.start(), m.end(), m.group())
                         for m in TOKEN.finditer(text) if m.group()[0] == "/"]
        bare = TOKEN.sub(lambda m: blank(m) if m.group()[0] == "/" else m.group(), text)
        self.includes = [Include(self.line(m.start()), m[1], m[2].strip())
                         for m in INCLUDE.finditer(bare)]
        self.words = TOKEN.sub(blank, text)  # directives still there, for macro bodies
        self.code = DIRECTIVE.sub(blank, self.words)
        self.balanced = True
        self.items = list(self._items())

    def line(self, offset):
        return bisect.bisect_right(self._starts, offset)

    @property
    def n_lines(self):
        return len(self.text.splitlines())

    def comment_before(self, item):
        """The comment that ends on the line before the item, or an empty string."""
        before = self.line(item.start) - 1
        return next((c.text for c in self.comments if self.line(c.end - 1) == before), "")

    def _items(self):
        code, begin, body, depth, paren = self.code, 0, None, 0, 0
        for m in re.finditer(r"[{}();]", code):
            c, at = m.group(), m.start()
            if c in "()" and depth == 0:
                paren += 1 if c == "(" else -1
            elif c == "{":
                if depth == 0 and code[begin:at].strip() == "extern":  # extern "C" {
                    begin = at + 1
                    continue
                if depth == 0 and paren == 0 and body is None:
                    body = at
                depth += 1
            elif c == "}" and depth == 0:  # closes extern "C"
                begin = at + 1
            elif c == "}":
                depth -= 1
                if depth == 0 and body is not None and function_name(code[begin:body]):
                    yield self._item("function", begin, body, at + 1)
                    begin, body = at + 1, None
            elif c == ";" and depth == 0 and paren == 0:
                yield self._item(None, begin, body or at, at + 1)
                begin, body = at + 1, None
        self.balanced = depth == 0 and paren == 0

    def _item(self, kind, begin, body, end):
        """The item whose head is code[begin:body]; `body` is its first brace, or its end."""
        head = self.code[begin:body]
        start = begin + len(head) - len(head.lstrip())
        while (m := MACRO_LINE.match(self.code, start, body)) and m.end() < body:
            start = m.end()
        head = self.code[start:body]
        name = function_name(head)
        type_name = re.search(r"\b(?:struct|union|enum)\s+(\w+)", head)
        if kind:
            pass
        elif head.startswith("typedef"):
            kind = "typedef"
            name = re.findall(r"\w+", self.code[start:end].split("(")[0])[-1]
        elif body < end - 1 and "=" not in head and re.match(r"(struct|union|enum)\b", head):
            kind, name = "type", type_name.group(1) if type_name else "(unnamed)"
        elif name:
            kind = "declaration"
        else:
            kind, name = "other", ""
        return Item(kind, name, start, end, count_params(head, name))


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def collapse(head):
    """The head with what is in parentheses left out: `int f(int (*g)(void))` is `int f()`."""
    out, depth = [], 0
    for c in head:
        depth -= c == ")"
        if depth == 0:
            out.append(c)
        depth += c == "("
    return "".join(out)


def function_name(head):
    """The name of the function that a head declares, or None: a variable, a type, an assertion."""
    short = collapse(head)
    if "=" in short or re.search(r"\(\)\s*\(\)", short):
        return None
    for name in NAME_BEFORE_PARENS.findall(short):
        if name in {"_Static_assert", "static_assert"}:
            return None
        if name not in NOT_A_FUNCTION and not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            return name
    return None


def count_params(head, name):
    """How many parameters the function of this name takes in this head: commas outside parentheses."""
    m = re.search(rf"\b{re.escape(name)}\s*\(", head) if name else None
    if not m:
        return 0
    depth, commas, end = 1, 0, m.end()
    while end < len(head) and depth:
        depth += {"(": 1, ")": -1}.get(head[end], 0)
        commas += head[end] == "," and depth == 1
        end += 1
    inside = head[m.end():end - 1].strip()
    return 0 if inside in ("", "void") else commas + 1
