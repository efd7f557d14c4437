"""Numerical methods that know nothing of credit: compiled code, random numbers, risk measures, discrimination."""
