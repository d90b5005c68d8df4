"""Estimators by name, for appeals and self-disclosure: the formulas payers and their contractors use. Pure."""
