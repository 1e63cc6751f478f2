"""Measures the library beside its peers and shows the result: see main.py."""
