"""ChartAssay: batch audit of medical coding against documentation and guidelines."""

__version__ = "0.1.0"
