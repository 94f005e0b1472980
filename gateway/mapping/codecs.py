"""Which codec a binding names, for the element it stands at."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.definition import Node
from gateway.definition import suggestion
from gateway.guide.dictionary import ElementDef
from gateway.mapping import codec
from gateway.mapping import dates
from gateway.mapping import hatch
from gateway.mapping.codec import Codec
from gateway.mapping.hatch import FindHatch
from gateway.mapping.hatch import Hatch
from gateway.mapping.levels.sscc import SSCC_RANGE
from gateway.mapping.levels.sscc import sscc
from gateway.mapping.rules import Binding
from gateway.mapping.source import Faults
from gateway.mapping.tables import CodeTable


class Codecs:
    """The codecs of one map: its code tables and the Python it may use."""

    def __init__(
        self,
        dialect: str,
        tables: Mapping[str, CodeTable],
        find_hatch: FindHatch,
        faults: Faults,
    ) -> None:
        self.dialect = dialect
        self.tables = tables
        self.find_hatch = find_hatch
        self.faults = faults

    def codec(self, binding: Binding, element: ElementDef) -> Codec:
        """Reports what the binding names wrongly, and answers with text then."""
        match binding.codec:
            case "decimal":
                return codec.decimal(element, self.dialect)
            case "fraction":
                return codec.fraction(element, self.dialect)
            case "date":
                return dates.date(element)
            case "days":
                return dates.DAYS
            case "time":
                return dates.TIME
            case "period":
                return dates.PERIOD
            case "sscc":
                return sscc(*binding.arguments[:1])
            case "sscc_range":
                return SSCC_RANGE
            case "cut" if binding.arguments and binding.arguments[0].isdecimal():
                return codec.cut(int(binding.arguments[0]))
            case "code":
                return self.code(binding, element)
            case "python" if binding.arguments:
                return self.hatch(binding)
            case _:
                return codec.TEXT

    def code(self, binding: Binding, element: ElementDef) -> Codec:
        table = self.table(binding.arguments[0] if binding.arguments else "", binding.node)
        sourced = len(binding.arguments) > 1
        count = len(binding.paths)
        if sourced or count < 2:
            return codec.code(table, element, self.dialect, sourced)
        for code, row in table.rows.items():
            if len(row.word.split()) != count:
                text = f"table {table.name}: {code} needs {count} words, as {count} paths are bound"
                self.faults.add(binding.node, text)
        return codec.words(table, element, self.dialect, count)

    def table(self, name: str, node: Node) -> CodeTable:
        if name and name not in self.tables:
            self.faults.add(node, f"no code table {name!r}{suggestion(name, self.tables)}")
        return self.tables.get(name, CodeTable(name, {}, {}))

    def hatch(self, binding: Binding) -> Codec:
        name = binding.arguments[0]
        elements, values = len(binding.references), len(binding.paths)
        try:
            found = self.find_hatch(name)
        except LookupError as error:
            self.faults.add(binding.node, str(error.args[0]))
            return codec.TEXT
        for fault in hatch.faults_of(found, elements, values):
            self.faults.add(binding.node, f"{name}: {fault}")
        if not isinstance(found, Hatch):
            return codec.TEXT
        return hatch.to_codec(name, found, elements, values)
