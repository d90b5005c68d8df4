"""Reading the chart: is each submitted code supported, contradicted, or not found in the documentation?"""

from audit.chart.vocabulary import VOCABULARY

__all__ = ["VOCABULARY"]
