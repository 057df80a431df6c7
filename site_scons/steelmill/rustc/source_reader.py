"""The reader behind ``file_scan.scan_file``: goes through one Rust source file and notes what it mentions.

Follows the Rust reference, "Modules", https://doc.rust-lang.org/reference/items/modules.html, and the lexical structure
in ``lexis``. Macros are not expanded. A ``macro_rules!`` keeps what its body mentions, a call keeps its arguments, and
both meet in ``source_scan.resolve``; ``cfg_if!`` and ``cfg_select!`` are understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from steelmill.rustc import lexis
from steelmill.rustc.file_scan import FileScan, Node
from steelmill.rustc.lexis import OPAQUE, TRIVIA
from steelmill.rustc.literal import STRING, string_value, unescape

_EMPTY = FileScan()

# ``mod``, a whole simple attribute, the head of any other attribute, the head of a macro call.
_TOKEN = re.compile(
    rf"{OPAQUE}"
    r"|(?P<mod>mod(?<![\w$#']mod)(?!\w))"
    r'|(?P<attribute>\#!?\s*+\[(?:[^\[\]"\'/]++|"(?<!r")(?:[^"\\]++|\\[\s\S])*+")*+\])'
    r"|(?P<head>\#!?\s*+\[)"
    r"|(?P<call>!(?<=[\w\s]!)\s*+[({\[])"
    r"|(?P<rules>!(?<=[\w\s]!)\s*+(?:r\#)?[^\W\d]\w*+\s*+[({\[])"
)
_MENTION = re.compile(
    r"mod(?<!\wmod)(?!\w)(?!\s+\w+\s*\{)|include(?=\w*\s*!)|env(?=\s*!)|macro_rules|!(?<=[\w\s]!)\s*+[({\[]"
)
_ASSEMBLED = re.compile(r'\.(?:incbin|include)[ \t]+\\?"([^"\\\n]+)\\?"')
# Beyond ASCII whatever continues a name does, combining marks among it: rustc refuses the rest.
_MOD = re.compile(rf"mod{TRIVIA}(?:r\#)?(\$?[^\W\d][\w\u0080-\U0010ffff]*+){TRIVIA}([;{{])")
_VISIBILITY = re.compile(rf"{TRIVIA}(?:(?:pub(?!\w)(?:{TRIVIA}\([^()]*\))?|crate(?!\w)|unsafe(?!\w)|\$\w+){TRIVIA})*+")
_NAME_BEFORE = re.compile(r"([^\W\d]\w*)\s*\Z")
_META = re.compile(rf"{TRIVIA}((?:r\#)?[\w:]+){TRIVIA}([(=]?)")
_MACRO = re.compile(rf"{OPAQUE}|(?P<call>!(?<=[\w\s]!)\s*+[({{\[])")
_PATH_VALUE = re.compile(rf"{TRIVIA}(?:({STRING})|(\$\w+)){TRIVIA}")
_ATOM = re.compile(
    rf"{TRIVIA}(?:(?P<string>{STRING})"
    r"|(?P<var>\$(?!crate\b)\w+)"
    r"|(?:\$?\w+\s*::\s*|::\s*)*(?P<macro>concat|env|option_env|stringify)\s*!\s*[({\[]"
    rf"|'(?P<char>[^'\\\n]|\\[^\n][^'\n]*)'|(?P<plain>-?\d\w*|true|false)){TRIVIA}"
)
_AFTER_PART = re.compile(rf"{TRIVIA}(?P<mark>[,)\]}}]?)")
_WORD_LIST = re.compile(r"[\s\w,;|$#]*+[)\]}]")
_EARLY_STRING = re.compile(rf'[^"(){{}}\[\];/]{{0,80}}?({STRING})')
_ARGUMENT = re.compile(rf"(?P<string>{STRING})|//[^\n]*|/\*[\s\S]*?\*/|(?P<word>[^\W\d]\w*)")
_LONGEST_ARGUMENT = 200
_ELSE_IF = re.compile(rf"{TRIVIA}(?:else(?!\w))?{TRIVIA}(?:if(?!\w){TRIVIA}\#{TRIVIA}\[{TRIVIA}cfg{TRIVIA}(?=\())?")
_ARROW = re.compile(rf"{OPAQUE}|(?P<arrow>=>)")

_INCLUDES = frozenset({"include", "include_str", "include_bytes"})
_ENVS = frozenset({"env", "option_env"})
# Words before ``!(`` that are not a macro's name, and macros of core and std that read no file by themselves.
_WORDS = """
    as break else for if in let loop match move mut ref return unsafe while yield
    addr_of addr_of_mut asm assert assert_eq assert_ne cfg column compile_error concat const_format_args dbg
    debug_assert debug_assert_eq debug_assert_ne eprint eprintln file format format_args global_asm line matches
    module_path naked_asm offset_of panic print println ready stringify thread_local todo try unimplemented
    unreachable vec write writeln
    """
_NO_READER = frozenset(_WORDS.split())


@dataclass(slots=True)
class _Scope:
    """A file, an inline module or a macro definition while it is read."""

    kind: str
    name: str
    start: int
    """Where its body begins."""
    end: int
    conditions: tuple[str, ...] = ()
    paths: list[tuple[str, str]] = field(default_factory=list)
    nodes: dict[Node, None] = field(default_factory=dict)
    prolog: int = 0
    """How far nothing but inner attributes was met."""

    def node(self) -> Node:
        return Node(self.kind, self.name, self.conditions, tuple(self.paths), tuple(self.nodes))


@dataclass(slots=True)
class _Attributes:
    """Attributes that follow one another, before it is known what they belong to."""

    end: int
    cfg: list[str] = field(default_factory=list)
    paths: list[tuple[str, str]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class _Region:
    """A stretch of text that counts under a condition only; ``end`` is found when first asked for."""

    start: int
    end: int | None
    condition: str


def read_source(text: str) -> FileScan:
    """Find what ``text`` mentions. Never raises."""
    assembled: tuple[str, ...] = ()
    if ".inc" in text:
        assembled = tuple(dict.fromkeys(_ASSEMBLED.findall(text)))
    if _MENTION.search(text) is None:
        return _EMPTY._replace(assembled=assembled) if assembled else _EMPTY
    reader = _Reader(lexis.prepared(text))
    reader.read()
    file = reader.scopes[0]
    return FileScan(tuple(file.nodes), file.conditions, assembled)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.scopes = [_Scope("file", "", 0, len(text))]
        self.regions: list[_Region] = []
        self.pending: _Attributes | None = None
        self.readers: set[str] = set()
        """Macros defined in this file whose bodies mention something."""

    def read(self) -> None:
        attribute_end = 0
        scopes = self.scopes
        for token in _TOKEN.finditer(self.text):
            kind = token.lastgroup
            if kind is None or kind == "hash":
                continue
            position = token.start()
            if position < attribute_end:
                continue
            while scopes[-1].end <= position:
                self.close_scope()
            if kind == "attribute":
                attribute_end = token.end()
                # Most attributes say nothing here; they matter only where they stand between others.
                if self.pending is not None or self.text[position + 1] == "!" or _says(token[0]):
                    self.attribute(position, attribute_end)
            elif kind == "mod":
                self.module(position)
            elif kind == "head":
                attribute_end = lexis.balanced_end(self.text, token.end() - 1)
                self.attribute(position, attribute_end)
            else:
                self.call(position, token.end() - 1, rules=kind == "rules")
        while len(scopes) > 1:
            self.close_scope()
        self.settle()

    # Scopes and conditions ------------------------------------------------------------------------------------------

    def close_scope(self) -> None:
        self.settle()
        scope = self.scopes.pop()
        if scope.nodes:
            self.scopes[-1].nodes[scope.node()] = None
            if scope.kind == "rules":
                self.readers.add(scope.name)

    def settle(self) -> None:
        """Give the pending attributes to whatever item follows them."""
        pending, self.pending = self.pending, None
        if pending is None:
            return
        conditions = (*self.conditions_at(pending.end), *pending.cfg)
        for node in pending.nodes:
            self.add(node, conditions)
        self.regions += [_Region(pending.end, None, condition) for condition in pending.cfg]

    def add(self, node: Node, conditions: tuple[str, ...]) -> None:
        if conditions:
            node = node._replace(conditions=(*conditions, *node.conditions))
        self.scopes[-1].nodes[node] = None

    def conditions_at(self, position: int) -> tuple[str, ...]:
        """List the conditions of the regions around a position; positions come in ascending order."""
        if not self.regions:
            return ()
        found: list[str] = []
        open_regions: list[_Region] = []
        for region in self.regions:
            if region.start <= position:
                if region.end is None:
                    region.end = lexis.item_end(self.text, region.start, len(self.text))
                if region.end <= position:
                    continue
                found.append(region.condition)
            open_regions.append(region)
        self.regions = open_regions
        return tuple(dict.fromkeys(found))

    # Attributes -----------------------------------------------------------------------------------------------------

    def attribute(self, start: int, end: int) -> None:
        text = self.text
        opening = text.index("[", start)
        attributes = _Attributes(end)
        self.meta(text[opening + 1 : end - 1], (), attributes)
        if text[start + 1] == "!":
            self.inner_attribute(start, attributes)
            return
        pending = self.pending
        if pending is not None and lexis.is_trivia(text, pending.end, start):
            pending.end = end
            pending.cfg += attributes.cfg
            pending.paths += attributes.paths
            pending.nodes += attributes.nodes
            return
        self.settle()
        if attributes.cfg or attributes.paths or attributes.nodes:
            self.pending = attributes

    def inner_attribute(self, start: int, attributes: _Attributes) -> None:
        self.settle()
        scope = self.scopes[-1]
        if lexis.is_trivia(self.text, max(scope.prolog, scope.start), start):
            scope.prolog = attributes.end
            scope.conditions += tuple(attributes.cfg)
            scope.paths += attributes.paths
        for node in attributes.nodes:
            self.add(node, self.conditions_at(start))

    def meta(self, body: str, conditions: tuple[str, ...], found: _Attributes) -> None:
        """Read the inside of one attribute; ``conditions`` are those of the ``cfg_attr`` around it."""
        head = _META.match(body)
        if head is None:
            return
        name, follows = head[1], head[2]
        if name in ("cfg", "cfg_attr") and follows == "(":
            end = lexis.balanced_end(body, head.end() - 1)
            parts = lexis.split_at_commas(body[head.end() : end - 1])
            if not parts:
                return
            if name == "cfg":
                predicate = parts[0].strip()
                found.cfg.append(f"any(not({_both(conditions)}),{predicate}\n)" if conditions else predicate)
                return
            for part in parts[1:]:
                self.meta(part, (*conditions, parts[0].strip()), found)
        elif name == "path" and follows == "=":
            value = _PATH_VALUE.fullmatch(body, head.end())
            if value is not None:
                found.paths.append((_both(conditions), string_value(value[1]) if value[1] else value[3]))
        elif "!" in body:
            for token in _MACRO.finditer(body):
                if token.lastgroup == "call":
                    node = _builtin(body, token.start(), token.end())
                    if node is not None:
                        found.nodes.append(node._replace(conditions=conditions))

    # Modules --------------------------------------------------------------------------------------------------------

    def module(self, start: int) -> None:
        text = self.text
        match = _MOD.match(text, start)
        if match is None:
            return
        own: list[str] = []
        paths: list[tuple[str, str]] = []
        pending = self.pending
        if pending is not None and _VISIBILITY.fullmatch(text, pending.end, start):
            self.pending = None
            own, paths = pending.cfg, pending.paths
            around = self.conditions_at(start)
            for node in pending.nodes:
                self.add(node, (*around, *own))
        else:
            self.settle()
            around = self.conditions_at(start)
        conditions = (*around, *own)
        name = match[1]
        if match[2] == ";":
            self.add(Node("mod", name, (), tuple(paths)), conditions)
            if paths:
                self.find_blocks()
            return
        body = match.end()
        scope = _Scope("inline", name, body, lexis.balanced_end(text, body - 1), conditions, list(paths))
        self.scopes.append(scope)

    def find_blocks(self) -> None:
        """Mark the inline modules around that stand in a block: there ``#[path]`` starts from another folder."""
        for outer, scope in zip(self.scopes, self.scopes[1:], strict=False):
            if scope.kind == "inline" and outer.kind != "rules":
                braces: list[int] = []
                for mark, position in lexis.marks(self.text, outer.start, scope.start - 1):
                    if mark == "{":
                        braces.append(position)
                    elif mark == "}" and braces:
                        braces.pop()
                in_macro = any(self.text[max(0, brace - 40) : brace].rstrip().endswith("!") for brace in braces)
                if outer.kind == "inner" or (braces and not in_macro):
                    scope.kind = "inner"

    # Macros ---------------------------------------------------------------------------------------------------------

    def call(self, start: int, opening: int, *, rules: bool) -> None:
        text = self.text
        before = _NAME_BEFORE.search(text, max(0, start - 80), start)
        if before is None:
            return
        name = before[1]
        if rules:
            if name == "macro_rules":
                self.settle()
                defined = text[start + 1 : opening].strip().removeprefix("r#")
                conditions = self.conditions_at(start)
                end = lexis.balanced_end(text, opening)
                self.scopes.append(_Scope("rules", defined, opening + 1, end, conditions))
            return
        if name in _NO_READER:
            return
        if name == "cfg_if":
            self.cfg_if(opening)
            return
        if name == "cfg_select":
            self.cfg_select(opening)
            return
        node = _builtin(text, start, opening + 1) if name in _INCLUDES or name in _ENVS else None
        if node is None:
            node = Node("call", name, (), _arguments(text, opening, everything=name in self.readers))
        else:
            self.settle()
        # A call's conditions are not looked for: most calls mean nothing, and to list too much does no harm.
        self.add(node, self.conditions_at(start) if node.kind != "call" else ())

    def cfg_if(self, opening: int) -> None:
        """Note the branches of ``cfg_if! { if #[cfg(a)] { } else if #[cfg(b)] { } else { } }``."""
        text = self.text
        end = lexis.balanced_end(text, opening)
        earlier: list[str] = []
        position = opening + 1
        while position < end:
            head = _ELSE_IF.match(text, position)
            position = head.end() if head else position
            predicate = ""
            if text.startswith("(", position):
                close = lexis.balanced_end(text, position)
                predicate = text[position + 1 : close - 1].strip().rstrip(",")
                position = close
            brace = text.find("{", position, end)
            if brace < 0:
                return
            position = lexis.balanced_end(text, brace)
            self.branch(brace, position, predicate, earlier)

    def cfg_select(self, opening: int) -> None:
        """Note the arms of ``cfg_select! { a => { } b => expression, _ => { } }``."""
        text = self.text
        end = lexis.balanced_end(text, opening) - 1
        earlier: list[str] = []
        position = opening + 1
        while position < end:
            arrow = next((m for m in _ARROW.finditer(text, position, end) if m.lastgroup == "arrow"), None)
            if arrow is None:
                return
            position = lexis.trivia_end(text, position)
            position = lexis.trivia_end(text, position + 1) if text[position] == "," else position
            predicate = text[position : arrow.start()].strip()
            body = arrow.end()
            position = lexis.item_end(text, body, end)
            self.branch(body, position, "" if predicate == "_" else predicate, earlier)
            position += 1  # behind the comma or the brace

    def branch(self, start: int, end: int, predicate: str, earlier: list[str]) -> None:
        parts = [*(f"not({other}\n)" for other in earlier), *([f"{predicate}\n"] if predicate else [])]
        if parts:
            self.regions.append(_Region(start, end, f"all({','.join(parts)})"))
        if predicate:
            earlier.append(predicate)


def _says(attribute: str) -> bool:
    return "cfg" in attribute or "path" in attribute or "!" in attribute


def _both(conditions: tuple[str, ...]) -> str:
    # The line break ends a line comment that a predicate may end with.
    return "all(" + ",".join(f"{condition}\n" for condition in conditions) + ")" if conditions else ""


def _builtin(text: str, start: int, inside: int) -> Node | None:
    """Read a call of ``include*!`` or ``env!``; None for other macros and for arguments that cannot be foreseen."""
    before = _NAME_BEFORE.search(text, max(0, start - 80), start)
    if before is None or not (before[1] in _INCLUDES or before[1] in _ENVS):
        return None
    parsed = _path_parts(text, inside)
    if parsed is None:
        return None
    return Node("include" if before[1] in _INCLUDES else "env", before[1], (), parsed[0])


def _path_parts(text: str, position: int) -> tuple[tuple[tuple[str, str], ...], int] | None:
    """Read an expression that makes a string: its parts, and the position behind it."""
    atom = _ATOM.match(text, position)
    if atom is None:
        return None
    if atom["string"]:
        return (("text", string_value(atom["string"])),), atom.end()
    if atom["var"]:
        return (("var", atom["var"]),), atom.end()
    if atom["char"]:
        return (("text", unescape(atom["char"])),), atom.end()
    if atom["plain"]:
        return (("text", atom["plain"]),), atom.end()
    opening = text.rindex("!", position, atom.end()) + 1
    while text[opening] not in "({[":
        opening += 1
    inside, end = opening + 1, lexis.balanced_end(text, opening)
    if atom["macro"] == "stringify":
        written = text[inside : end - 1].strip()
        return (("var" if written.startswith("$") else "text", written),), end
    parts: list[tuple[str, str]] = []
    position = inside
    while not lexis.is_trivia(text, position, end - 1):
        part = _path_parts(text, position)
        if part is None:
            return None
        parts += part[0]
        after = _AFTER_PART.match(text, part[1])
        if after is None or not after["mark"]:
            return None
        position = after.end() if after["mark"] == "," else after.end() - 1
        if atom["macro"] != "concat":
            break  # what follows is env!'s own error message
    if atom["macro"] == "concat":
        return tuple(parts), end
    if len(parts) != 1:
        return None
    kind, name = parts[0]
    return (("env" if kind == "text" else "env-var", name),), end


def _arguments(text: str, opening: int, *, everything: bool) -> tuple[tuple[str, str], ...]:
    """Keep of a call what may be part of a path: a string near its beginning, or a list of words."""
    if everything:
        end = lexis.balanced_end(text, opening)
        found: dict[tuple[str, str], None] = {}
        for match in _ARGUMENT.finditer(text, opening, end):
            if match["string"]:
                found["text", string_value(match["string"])] = None
            elif match["word"]:
                found["word", match["word"]] = None
        return tuple(pair for pair in found if len(pair[1]) <= _LONGEST_ARGUMENT)
    words = _WORD_LIST.match(text, opening + 1)
    if words is not None:
        names = re.findall(r"[^\W\d]\w*", words[0])
        return tuple(("word", name) for name in dict.fromkeys(names) if len(name) <= _LONGEST_ARGUMENT)
    early = _EARLY_STRING.match(text, opening + 1)
    if early is not None and len(early[1]) <= _LONGEST_ARGUMENT and "\n" not in early[1]:
        return (("text", string_value(early[1])),)
    return ()
