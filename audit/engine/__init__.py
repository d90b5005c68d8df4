"""Where SQL runs. One narrow interface (``audit.domain.ports.Database``); DuckDB first."""
