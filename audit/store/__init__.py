"""The database: SQLAlchemy Core schema, rows to values and back, migrations. It never sees PHI in clear."""
