#!/bin/sh
# What //tests/handles:update runs: brings docs/handles.md up to date.
exec tests/handles/handles_table.py --write \
  --page="${BUILD_WORKSPACE_DIRECTORY:?to be run by bazel run}/docs/handles.md" "$@"
