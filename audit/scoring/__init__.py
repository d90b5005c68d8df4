"""Rates, intervals and verdicts; every number names its formula. Pure."""
