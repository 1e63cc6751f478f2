"""The column "seen" of docs/handles.md: see handles_table.py."""
