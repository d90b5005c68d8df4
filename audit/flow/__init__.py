"""One module per use case: the only place that knows two rooms."""
