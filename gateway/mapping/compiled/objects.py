"""What one segment puts into the document, as a tree of objects, and the tree as statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from gateway.mapping.compiled.shape import Shape

INDENT = "    "


@dataclass(slots=True)
class Leaf:
    """A value: its expression, and the condition under which it is there ("" for always).
    `constant`: another value may stand there already; `again`: the same value may. `sure`: the
    expression never fails."""

    text: str
    given: str = ""
    constant: bool = False
    again: bool = False
    sure: bool = False


@dataclass(slots=True)
class Items:
    """New items of a list: an object, a value, or all that the list in the variable `made` holds,
    which may be empty unless `sure`. The `lines` make that list, `asked` are their look-ups, None
    where the list itself is needed."""

    item: Branch | Leaf | None = None
    made: str = ""
    sure: bool = False
    lines: list[str] = field(default_factory=list)
    asked: list[str] | None = None


@dataclass(slots=True)
class Branch:
    """An object, its members in the order in which they were first spoken of. `names` is its path
    in the document, for the schema."""

    names: tuple[str, ...] = ()
    members: dict[str, Leaf | Branch | Items] = field(default_factory=dict)

    def branch(self, names: tuple[str, ...]) -> Branch | None:
        """The object at a path inside, made when absent; None when something else is there."""
        at = self
        for name in names:
            found = at.members.setdefault(name, Branch((*at.names, name)))
            if not isinstance(found, Branch):
                return None
            at = found
        return at

    def put(self, names: tuple[str, ...], leaf: Leaf) -> bool:
        owner = self.branch(names[:-1])
        if owner is None or names[-1] in owner.members:
            return False
        owner.members[names[-1]] = leaf
        return True

    def leaves(self) -> Iterator[Leaf]:
        for member in self.members.values():
            if isinstance(member, Leaf):
                yield member
            elif isinstance(member, Branch):
                yield from member.leaves()
            elif isinstance(member.item, Branch):
                yield from member.item.leaves()
            elif member.item is not None:
                yield member.item
            else:
                yield Leaf("", "" if member.sure else member.made)

    def places(self, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The paths of values that are in no list."""
        for key, member in self.members.items():
            if isinstance(member, Leaf):
                yield (*at, key)
            elif isinstance(member, Branch):
                yield from member.places((*at, key))

    def paths(self, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """The path of every member, and of theirs."""
        for key, member in self.members.items():
            yield (*at, key)
            if isinstance(member, Branch):
                yield from member.paths((*at, key))

    def lists(self) -> Iterator[Items]:
        """The lists that statements make."""
        for member in self.members.values():
            if isinstance(member, Branch):
                yield from member.lists()
            elif isinstance(member, Items) and member.made:
                yield member

    @property
    def given(self) -> str:
        """When anything of it is there; "" for always."""
        conditions = list(dict.fromkeys(leaf.given for leaf in self.leaves()))
        return "" if "" in conditions or not conditions else " or ".join(conditions)


Paths = frozenset[tuple[str, ...]]
"""Paths in the object of one variable."""


class Writer:
    """Statements that put a tree's members into a variable's object. `shared` are the paths there
    that something else may have written already."""

    def __init__(self, shape: Shape | None, shared: Paths = frozenset()) -> None:
        self.shape = shape
        self.shared = shared
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"b{self.count}"

    def text(self, member: Branch | Leaf | Items) -> str:
        """A new member as one expression; "" where parts of it may be missing."""
        if isinstance(member, Leaf):
            return "" if member.given else member.text
        if isinstance(member, Items):
            if member.item is None:
                return member.made if member.sure else ""
            inner = self.text(member.item)
            return inner and f"[{inner}]"
        shown = {key: self.text(one) for key, one in member.members.items()}
        if not all(shown.values()) or self.needs(member):
            return ""
        return "{" + ", ".join(f"{key!r}: {text}" for key, text in shown.items()) + "}"

    def open(self, branch: Branch, name: str, at: tuple[str, ...] | None = None) -> list[str]:
        """A new object in a variable, filled."""
        sure = self.sure(branch)
        shown = ", ".join(f"{key!r}: {text}" for key, text in sure.items())
        rest = {key: member for key, member in branch.members.items() if key not in sure}
        filled = self.fill(Branch(branch.names, rest), name, at)
        return [*self.needs(branch), f"{name} = {{{shown}}}", *filled]

    def sure(self, branch: Branch) -> dict[str, str]:
        """The members that are always there and come first, as expressions."""
        found: dict[str, str] = {}
        for key, member in branch.members.items():
            text = self.text(member)
            if not text:
                break
            found[key] = text
        return found

    def needs(self, branch: Branch) -> list[str]:
        """Declines where a new object would lack what the schema requires of it."""
        lines = []
        for name in self.shape.required(branch.names) if self.shape and branch.names else ():
            member = branch.members.get(name)
            given = member.given if isinstance(member, Leaf | Branch) else "False"
            if given:
                lines.append(f"if not ({given}): return None")
        return lines

    def asked(self, member: Branch | Leaf | Items) -> list[str]:
        """What must be looked up, and what must be there, for a new member to be right, where
        nobody wants the member itself."""
        if isinstance(member, Leaf):
            plain = member.constant or member.sure
            return [] if plain else guarded(member.given, [member.text])
        if isinstance(member, Items):
            return self.asked(member.item) if member.item is not None else member.asked or []
        inner = [line for one in member.members.values() for line in self.asked(one)]
        return guarded(member.given, self.needs(member)) + inner

    def fill(self, branch: Branch, name: str, at: tuple[str, ...] | None) -> list[str]:
        """Adds members to the object of a variable, which stands at a path of the scope; at None
        it is new, and nothing else writes into it."""
        lines: list[str] = []
        for key, member in branch.members.items():
            place = None if at is None or (*at, key) not in self.shared else (*at, key)
            if isinstance(member, Leaf):
                lines += self.leaf(member, f"{name}[{key!r}]", f"{key!r} in {name}", place)
            elif isinstance(member, Branch):
                lines += self.inner(member, name, key, place)
            elif member.made:
                given = "" if member.sure else member.made
                lines += guarded(given, self.extend(member.made, name, key, place))
            else:
                lines += self.items(member, name, key, place)
        return lines

    def leaf(self, leaf: Leaf, home: str, taken: str, at: tuple[str, ...] | None) -> list[str]:
        if at is None:
            return guarded(leaf.given, [f"{home} = {leaf.text}"])
        if leaf.constant:
            return [f"if not ({taken}): {home} = {leaf.text}"]
        if leaf.again:
            known = [f"if {taken}:", f"{INDENT}if {home} != {leaf.text}: return None"]
            return guarded(leaf.given, [*known, f"else: {home} = {leaf.text}"])
        return guarded(leaf.given, [f"if {taken}: return None", f"{home} = {leaf.text}"])

    def inner(self, branch: Branch, name: str, key: str, at: tuple[str, ...] | None) -> list[str]:
        made = self.new()
        if at is None:
            text = self.text(branch)
            if text:
                return [f"{name}[{key!r}] = {text}"]
            return guarded(branch.given, [*self.open(branch, made), f"{name}[{key!r}] = {made}"])
        needs = self.needs(branch)
        new = [*needs, f"{name}[{key!r}] = {made} = {{}}"]
        found = [f"{made} = {name}.get({key!r})", f"if {made} is None:", *indented(new)]
        return guarded(branch.given, [*found, *self.fill(branch, made, at)])

    def extend(self, made: str, name: str, key: str, at: tuple[str, ...] | None) -> list[str]:
        if at is None:
            return [f"{name}[{key!r}] = {made}"]
        return [
            f"if {key!r} in {name}: {name}[{key!r}] += {made}",
            f"else: {name}[{key!r}] = {made}",
        ]

    def items(self, items: Items, name: str, key: str, at: tuple[str, ...] | None) -> list[str]:
        assert items.item is not None  # noqa: S101 -- one or the other
        if isinstance(items.item, Leaf):
            return guarded(items.item.given, self.append(items.item.text, name, key, at))
        made = self.new()
        lines = [*self.open(items.item, made), *self.append(made, name, key, at)]
        return guarded(items.item.given, lines)

    def append(self, item: str, name: str, key: str, at: tuple[str, ...] | None) -> list[str]:
        if at is None:
            return [f"{name}[{key!r}] = [{item}]"]
        return [
            f"if {key!r} in {name}: {name}[{key!r}].append({item})",
            f"else: {name}[{key!r}] = [{item}]",
        ]

    def add(self, item: str, name: str, path: tuple[str, ...]) -> list[str]:
        """Adds an item to the list at a path inside the object of a variable."""
        lines = []
        for key in path[:-1]:
            made = self.new()
            lines += [f"{made} = {name}.get({key!r})"]
            lines += [f"if {made} is None: {name}[{key!r}] = {made} = {{}}"]
            name = made
        return lines + self.append(item, name, path[-1], path)


def guarded(condition: str, lines: list[str]) -> list[str]:
    """The lines under a condition; "" is no condition."""
    if not condition or not lines:
        return lines
    if len(lines) == 1 and not lines[0].startswith(("if ", "for ")):
        return [f"if {condition}: {lines[0]}"]
    return [f"if {condition}:", *indented(lines)]


def indented(lines: list[str]) -> list[str]:
    return [INDENT + line for line in lines]
