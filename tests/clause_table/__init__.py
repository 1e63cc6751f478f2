"""The table of docs/portability.md: see clause_table.py."""
