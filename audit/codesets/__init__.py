"""Dated reference tables: official files in, look-ups out. A look-up always takes a date."""
