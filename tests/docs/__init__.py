"""A package, so that its test finds what it tests."""
