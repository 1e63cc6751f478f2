#!/bin/sh
# What //benchmarks/instrumentation runs: measures, and prints a table. Takes the
# flags of benchmarks/harness/comparison.h, the last of which counts.
set -eu
PYTHONPATH=$PWD/benchmarks exec python3 -B -m report.ratios \
  --baseline=selector benchmarks/instrumentation/compare_instrumented \
  --workload=ready_batch,churn,wake --min_time=10ms "$@"
