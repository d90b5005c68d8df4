"""The term table's public names: compile it, dump it, load it."""

from audit.chart.compile import compile_terms
from audit.chart.table import TermTable, load_terms

__all__ = ["TermTable", "compile_terms", "load_terms"]
