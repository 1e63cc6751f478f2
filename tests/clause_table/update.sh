#!/bin/sh
# What //tests/clause_table:update runs: brings docs/portability.md up to date.
exec tests/clause_table/clause_table.py --write \
  --page="${BUILD_WORKSPACE_DIRECTORY:?to be run by bazel run}/docs/portability.md" "$@"
