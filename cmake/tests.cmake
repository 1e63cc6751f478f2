# Written by `bazel run //cmake:update` from the BUILD files.

# With every backend.
event_selector_test(tests/event/admission_test
  SOURCES tests/event/admission_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::strings absl::time event_selector)
event_selector_test(tests/event/described_error_test
  SOURCES tests/event/described_error_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector)
event_selector_test(tests/event/event_test
  SOURCES tests/event/event_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::hash event_selector event_selector_tests_event_print)
event_selector_test(tests/event/flag_set_test
  SOURCES tests/event/flag_set_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::hash event_selector event_selector_tests_event_print)
event_selector_test(tests/event/histogram_recorder_test
  SOURCES tests/event/histogram_recorder_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector_instrumented_selector)
event_selector_test(tests/event/histogram_test
  SOURCES tests/event/histogram_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector_instrumented_selector event_selector_tests_event_print)
event_selector_test(tests/event/instrumented_selector_test
  SOURCES tests/event/instrumented_selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_instrumented_selector event_selector_tests_event_instrumented_subject event_selector_tests_event_mock_selector)
event_selector_test(tests/event/instrumented_selector_threads_test
  SOURCES tests/event/instrumented_selector_threads_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_instrumented_selector event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/event/instrumented_time_test
  SOURCES tests/event/instrumented_time_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_instrumented_selector event_selector_testing event_selector_tests_event_instrumented_subject event_selector_tests_event_mock_selector)
event_selector_test(tests/event/interest_test
  SOURCES tests/event/interest_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_event_print)
event_selector_test(tests/event/last_return_test
  SOURCES tests/event/last_return_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector_instrumented_selector)
event_selector_test(tests/event/mode_test
  SOURCES tests/event/mode_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_event_print)
event_selector_test(tests/event/on_unwind_test
  SOURCES tests/event/on_unwind_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test(tests/event/owner_thread_test
  SOURCES tests/event/owner_thread_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test(tests/event/readiness_test
  SOURCES tests/event/readiness_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_event_print)
event_selector_test(tests/event/registration_rules_test
  SOURCES tests/event/registration_rules_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector)
event_selector_test(tests/event/scoped_registration_test
  SOURCES tests/event/scoped_registration_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_support_socket)
event_selector_test(tests/event/selector_statistics_test
  SOURCES tests/event/selector_statistics_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector_instrumented_selector event_selector_tests_event_print)
event_selector_test(tests/event/selector_test
  SOURCES tests/event/selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_event_mock_selector)
event_selector_test(tests/event/token_map_test
  SOURCES tests/event/token_map_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test(tests/event/token_test
  SOURCES tests/event/token_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::hash event_selector event_selector_tests_event_print)
event_selector_test(tests/event/version_test
  SOURCES tests/event/version_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings event_selector)
event_selector_test(tests/event/wait_timeout_test
  SOURCES tests/event/wait_timeout_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::time event_selector)
event_selector_test(tests/event/waker_flag_test
  SOURCES tests/event/waker_flag_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test(tests/mailbox/mailbox_test
  SOURCES tests/mailbox/mailbox_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector event_selector_tests_event_mock_selector event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/simulated/line_reader_test
  SOURCES tests/simulated/line_reader_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_simulated_line_reader)
event_selector_test(tests/simulated/mailbox_test
  SOURCES tests/simulated/mailbox_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::time event_selector event_selector_testing event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/pinger_test
  SOURCES tests/simulated/pinger_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing)
event_selector_test(tests/simulated/timers_test
  SOURCES tests/simulated/timers_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_simulated_simulated_test)
event_selector_test(tests/timers/timer_heap_test
  SOURCES tests/timers/timer_heap_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test(tests/timers/timer_model_test
  SOURCES tests/timers/timer_model_test.cc
  DEPS GTest::gmock absl::flags absl::statusor absl::time event_selector event_selector_tests_stress_stress_main)
event_selector_test(tests/timers/timer_queue_test
  SOURCES tests/timers/timer_queue_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::flat_hash_set absl::status absl::statusor absl::time event_selector event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test_library(event_selector_backends_selected)
event_selector_test_library(event_selector_tests_contract_contract_test
  SOURCES tests/contract/contract_test.cc
  DEPS GTest::gmock absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_backends event_selector_tests_support_fatal)
event_selector_test_library(event_selector_tests_contract_stopwatch
  DEPS absl::time)
event_selector_test_library(event_selector_tests_contract_waiting_thread
  DEPS absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_support_blocked_thread)
event_selector_test_library(event_selector_tests_event_instrumented_subject
  DEPS GTest::gmock absl::span absl::statusor absl::time event_selector event_selector_instrumented_selector event_selector_tests_event_mock_selector)
event_selector_test_library(event_selector_tests_event_mock_selector
  DEPS GTest::gmock absl::span absl::status absl::statusor absl::strings absl::time event_selector)
event_selector_test_library(event_selector_tests_event_print
  DEPS absl::strings)
event_selector_test_library(event_selector_tests_model_contract_model
  SOURCES tests/model/contract_model.cc
  DEPS absl::function_ref absl::inlined_vector absl::span absl::status absl::strings event_selector event_selector_tests_model_liberties event_selector_tests_model_registration event_selector_tests_model_registration_table event_selector_tests_model_script event_selector_tests_model_wait_judge event_selector_tests_model_world)
event_selector_test_library(event_selector_tests_model_generator
  SOURCES tests/model/generator.cc
  DEPS absl::strings event_selector event_selector_tests_model_script)
event_selector_test_library(event_selector_tests_model_judged_call
  SOURCES tests/model/judged_call.cc
  DEPS event_selector event_selector_tests_model_contract_model event_selector_tests_model_script event_selector_tests_model_wait_judge)
event_selector_test_library(event_selector_tests_model_liberties
  DEPS event_selector_tests_contract_backends)
event_selector_test_library(event_selector_tests_model_network
  SOURCES tests/model/network.cc
  DEPS absl::time event_selector event_selector_tests_support_fatal event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_model_registration
  SOURCES tests/model/registration.cc
  DEPS event_selector)
event_selector_test_library(event_selector_tests_model_registration_table
  SOURCES tests/model/registration_table.cc
  DEPS absl::flat_hash_map absl::inlined_vector event_selector event_selector_tests_model_registration event_selector_tests_model_script)
event_selector_test_library(event_selector_tests_model_script
  SOURCES tests/model/script.cc
  DEPS absl::status absl::statusor absl::strings event_selector)
event_selector_test_library(event_selector_tests_model_shrinker
  SOURCES tests/model/shrinker.cc
  DEPS absl::function_ref event_selector event_selector_tests_model_script)
event_selector_test_library(event_selector_tests_model_wait_judge
  SOURCES tests/model/wait_judge.cc
  DEPS absl::function_ref absl::inlined_vector absl::span absl::strings event_selector event_selector_tests_model_liberties event_selector_tests_model_registration event_selector_tests_model_registration_table event_selector_tests_model_script event_selector_tests_model_world)
event_selector_test_library(event_selector_tests_model_world
  SOURCES tests/model/world.cc
  DEPS absl::span event_selector event_selector_tests_model_network event_selector_tests_model_objects event_selector_tests_model_script event_selector_tests_support_fatal event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_simulated_line_reader
  SOURCES tests/simulated/line_reader.cc
  DEPS absl::span absl::status absl::statusor absl::time event_selector)
event_selector_test_library(event_selector_tests_simulated_simulated_play
  SOURCES tests/simulated/simulated_play.cc
  DEPS absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_model_contract_model event_selector_tests_model_judged_call event_selector_tests_model_script event_selector_tests_model_wait_judge event_selector_tests_model_world event_selector_tests_support_fatal)
event_selector_test_library(event_selector_tests_simulated_simulated_test
  DEPS GTest::gmock absl::span absl::status absl::statusor absl::time event_selector event_selector_testing)
event_selector_test_library(event_selector_tests_stress_stress_main
  SOURCES tests/stress/stress_main.cc
  DEPS GTest::gmock absl::flags_parse)
event_selector_test_library(event_selector_tests_support_count_allocations
  SOURCES tests/support/count_allocations.cc
  DEPS absl::config absl::core_headers
  KEPT_WHOLE)
event_selector_test_library(event_selector_tests_support_fatal
  SOURCES tests/support/fatal.cc
  DEPS absl::strings)
event_selector_test_library(event_selector_tests_support_wine
  SOURCES tests/support/wine.cc)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
event_selector_test(tests/event/chunk_table_test
  SOURCES tests/event/chunk_table_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector)
event_selector_test_library(event_selector_backends_child_exit
  DEPS event_selector_backends_posix_child_exit)
event_selector_test_library(event_selector_backends_posix_cancellation_shield)
event_selector_test_library(event_selector_backends_posix_errno_status
  SOURCES backends/posix/errno_status.cc
  DEPS absl::status absl::strings event_selector)
event_selector_test_library(event_selector_backends_posix_exit_source
  SOURCES backends/posix/exit_source.cc
  DEPS absl::status absl::statusor event_selector event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_posix_fork_generation
  SOURCES backends/posix/fork_generation.cc
  DEPS absl::status event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_posix_fork_proof_lock
  SOURCES backends/posix/fork_proof_lock.cc
  DEPS absl::core_headers event_selector_backends_posix_cancellation_shield event_selector_backends_posix_fork_generation)
event_selector_test_library(event_selector_backends_posix_private_pipe
  SOURCES backends/posix/private_pipe.cc)
event_selector_test_library(event_selector_backends_posix_signal_chain
  SOURCES backends/posix/signal_chain.cc
  DEPS absl::status absl::statusor event_selector event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_posix_signal_set
  SOURCES backends/posix/signal_set.cc
  DEPS absl::memory absl::span absl::status absl::statusor event_selector event_selector_backends_posix_signal_watch)
event_selector_test_library(event_selector_backends_posix_signal_watch
  SOURCES backends/posix/signal_watch.cc
  DEPS absl::status absl::statusor event_selector event_selector_backends_posix_fork_generation event_selector_backends_posix_fork_proof_lock event_selector_backends_posix_signal_chain)
event_selector_test_library(event_selector_backends_posix_signalled_exit
  SOURCES backends/posix/signalled_exit.cc
  DEPS absl::memory absl::status absl::statusor absl::strings event_selector event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_exit_source event_selector_backends_posix_private_pipe event_selector_backends_posix_signal_watch event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_posix_unique_descriptor
  DEPS event_selector_backends_posix_cancellation_shield)
event_selector_test_library(event_selector_backends_signal_set
  DEPS event_selector_backends_posix_signal_set)
event_selector_test_library(event_selector_tests_model_objects
  SOURCES tests/model/objects_posix.cc
  DEPS absl::span absl::strings event_selector event_selector_tests_model_eventfd event_selector_tests_model_network event_selector_tests_model_script event_selector_tests_support_fatal event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_support_child_process_posix
  SOURCES tests/support/child_process_posix.cc
  DEPS event_selector_tests_support_fatal)
event_selector_test_library(event_selector_tests_support_children_posix)
event_selector_test_library(event_selector_tests_support_pipe
  SOURCES tests/support/pipe.cc
  DEPS absl::strings event_selector event_selector_tests_support_fatal event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_support_socket
  SOURCES tests/support/socket.cc tests/support/socket_posix.cc
  DEPS absl::strings absl::time event_selector event_selector_tests_support_fatal event_selector_tests_support_wine)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/contract/exclusive_test
  SOURCES tests/contract/exclusive_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket)
event_selector_test(tests/contract/mailbox_test
  SOURCES tests/contract/mailbox_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/modes_test
  SOURCES tests/contract/modes_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket)
event_selector_test(tests/contract/registration_test
  SOURCES tests/contract/registration_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::random_random absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket)
event_selector_test(tests/contract/reports_test
  SOURCES tests/contract/reports_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_support_socket event_selector_tests_support_wine)
event_selector_test(tests/contract/resources_test
  SOURCES tests/contract/resources_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket)
event_selector_test(tests/contract/single_waiter_test
  SOURCES tests/contract/single_waiter_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_contract_backends event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket)
event_selector_test(tests/contract/threads_test
  SOURCES tests/contract/threads_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine)
event_selector_test(tests/contract/timers_test
  SOURCES tests/contract/timers_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/waiting_test
  SOURCES tests/contract/waiting_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine)
event_selector_test(tests/contract/waking_test
  SOURCES tests/contract/waking_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine)
event_selector_test(tests/simulated/model_test
  SOURCES tests/simulated/model_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings event_selector_testing event_selector_tests_model_generator event_selector_tests_model_script event_selector_tests_model_shrinker event_selector_tests_model_wait_judge event_selector_tests_simulated_simulated_play)
event_selector_test(tests/simulated/modes_test
  SOURCES tests/simulated/modes_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/registration_test
  SOURCES tests/simulated/registration_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/resources_test
  SOURCES tests/simulated/resources_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/simulated_selector_test
  SOURCES tests/simulated/simulated_selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/simulated_stream_test
  SOURCES tests/simulated/simulated_stream_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/spinning_test
  SOURCES tests/simulated/spinning_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test)
event_selector_test(tests/simulated/threads_test
  SOURCES tests/simulated/threads_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/waiting_test
  SOURCES tests/simulated/waiting_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
event_selector_test(tests/simulated/waking_test
  SOURCES tests/simulated/waking_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(linux|windows)$")
event_selector_test(tests/contract/child_exit_posix_test
  SOURCES tests/contract/child_exit_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_child_process_posix event_selector_tests_support_children_posix event_selector_tests_support_pipe)
event_selector_test(tests/contract/nesting_posix_test
  SOURCES tests/contract/nesting_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_backends event_selector_tests_contract_contract_test event_selector_tests_support_socket)
event_selector_test(tests/contract/registration_posix_test
  SOURCES tests/contract/registration_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::cleanup absl::status event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test(tests/contract/reports_posix_test
  SOURCES tests/contract/reports_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_contract_contract_test event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test(tests/contract/resources_posix_test
  SOURCES tests/contract/resources_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test(tests/contract/signal_set_posix_test
  SOURCES tests/contract/signal_set_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_child_process_posix event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/signals_posix_test
  SOURCES tests/contract/signals_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/simulated/differential_test
  SOURCES tests/simulated/differential_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_contract_backends event_selector_tests_model_objects event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_contract_backends
  SOURCES tests/contract/backends.cc tests/contract/backends_none.cc
  DEPS absl::statusor event_selector)
event_selector_test_library(event_selector_tests_model_eventfd
  SOURCES tests/model/eventfd_none.cc
  DEPS event_selector_tests_support_fatal event_selector_tests_support_socket)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(linux|macos|windows)$")
event_selector_test_library(event_selector_tests_support_blocked_thread
  SOURCES tests/support/blocked_thread.cc tests/support/thread_look_posix.cc
  DEPS absl::strings absl::time event_selector_tests_support_fatal)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(freebsd|ios|macos|openbsd)$")
event_selector_test_library(event_selector_backends_kqueue_exit_source
  SOURCES backends/kqueue/exit_source.cc
  DEPS absl::statusor event_selector_backends_kqueue_process_exit event_selector_backends_posix_exit_source)
event_selector_test_library(event_selector_backends_kqueue_process_exit
  SOURCES backends/kqueue/process_exit.cc
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_kqueue_system event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_exit_source event_selector_backends_posix_fork_generation event_selector_backends_posix_signalled_exit event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_kqueue_system
  DEPS event_selector)
event_selector_test_library(event_selector_backends_posix_child_exit
  SOURCES backends/posix/child_exit.cc
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_kqueue_exit_source event_selector_backends_posix_exit_source)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
event_selector_test_library(event_selector_backends_posix_child_exit
  SOURCES backends/posix/child_exit.cc
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_posix_exit_source event_selector_backends_posix_exit_source_linux)
event_selector_test_library(event_selector_backends_posix_exit_source_linux
  SOURCES backends/posix/exit_source_linux.cc
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_posix_errno_status event_selector_backends_posix_exit_source event_selector_backends_posix_signalled_exit event_selector_backends_posix_unique_descriptor)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(android|freebsd|ios|linux|macos|openbsd|windows)$")
event_selector_test_library(event_selector_backends_posix_child_exit
  SOURCES backends/posix/child_exit.cc
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_posix_exit_source event_selector_backends_posix_exit_source_signal)
event_selector_test_library(event_selector_backends_posix_exit_source_signal
  SOURCES backends/posix/exit_source_signal.cc
  DEPS absl::statusor event_selector_backends_posix_exit_source event_selector_backends_posix_signalled_exit)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/contract/child_exit_linux_test
  SOURCES tests/contract/child_exit_linux_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor event_selector event_selector_tests_contract_contract_test event_selector_tests_support_children_posix event_selector_tests_support_pipe
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/child_exit_posix_test
  SOURCES tests/contract/child_exit_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_child_process_posix event_selector_tests_support_children_posix event_selector_tests_support_pipe
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/exclusive_test
  SOURCES tests/contract/exclusive_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/hot_path_test
  SOURCES tests/contract/hot_path_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/mailbox_test
  SOURCES tests/contract/mailbox_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/modes_test
  SOURCES tests/contract/modes_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/nesting_posix_test
  SOURCES tests/contract/nesting_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_backends event_selector_tests_contract_contract_test event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/registration_posix_test
  SOURCES tests/contract/registration_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::cleanup absl::status event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/registration_test
  SOURCES tests/contract/registration_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::random_random absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/reports_posix_test
  SOURCES tests/contract/reports_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_contract_contract_test event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/reports_test
  SOURCES tests/contract/reports_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_support_socket event_selector_tests_support_wine
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/resources_posix_test
  SOURCES tests/contract/resources_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/resources_test
  SOURCES tests/contract/resources_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/signal_set_posix_test
  SOURCES tests/contract/signal_set_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_child_process_posix event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/signals_posix_test
  SOURCES tests/contract/signals_posix_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/single_waiter_test
  SOURCES tests/contract/single_waiter_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_contract_backends event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/threads_test
  SOURCES tests/contract/threads_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/timers_test
  SOURCES tests/contract/timers_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_support_count_allocations)
event_selector_test(tests/contract/waiting_test
  SOURCES tests/contract/waiting_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/contract/waking_test
  SOURCES tests/contract/waking_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_support_socket event_selector_tests_support_wine
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/differential_test
  SOURCES tests/simulated/differential_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_contract_backends event_selector_tests_model_objects event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/model_test
  SOURCES tests/simulated/model_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings event_selector_testing event_selector_tests_model_generator event_selector_tests_model_script event_selector_tests_model_shrinker event_selector_tests_model_wait_judge event_selector_tests_simulated_simulated_play
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/modes_test
  SOURCES tests/simulated/modes_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/registration_test
  SOURCES tests/simulated/registration_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/resources_test
  SOURCES tests/simulated/resources_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/simulated_selector_test
  SOURCES tests/simulated/simulated_selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/simulated_stream_test
  SOURCES tests/simulated/simulated_stream_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/spinning_test
  SOURCES tests/simulated/spinning_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/stream_differential_test
  SOURCES tests/simulated/stream_differential_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_testing event_selector_tests_support_socket)
event_selector_test(tests/simulated/threads_test
  SOURCES tests/simulated/threads_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/waiting_test
  SOURCES tests/simulated/waiting_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/simulated/waking_test
  SOURCES tests/simulated/waking_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_testing event_selector_tests_contract_contract_test event_selector_tests_simulated_simulated_test
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_epoll_control_error
  SOURCES backends/epoll/control_error.cc
  DEPS absl::status absl::strings event_selector event_selector_backends_posix_descriptor_kind event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_epoll_epoll_core
  SOURCES backends/epoll/epoll_core.cc
  DEPS absl::status absl::strings absl::time event_selector event_selector_backends_epoll_control_error event_selector_backends_epoll_epoll_queue event_selector_backends_epoll_eventfd_waker event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_epoll_epoll_events
  DEPS event_selector)
event_selector_test_library(event_selector_backends_epoll_epoll_queue
  SOURCES backends/epoll/epoll_queue.cc
  DEPS absl::core_headers absl::status event_selector event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_epoll_epoll_selector
  SOURCES backends/epoll/epoll_selector.cc
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_backends_epoll_control_error event_selector_backends_epoll_epoll_core event_selector_backends_epoll_epoll_events event_selector_backends_epoll_event_buffer event_selector_backends_epoll_eventfd_waker event_selector_backends_posix_cancellation_shield event_selector_backends_posix_fork_generation event_selector_backends_posix_selector_life)
event_selector_test_library(event_selector_backends_epoll_event_buffer
  DEPS absl::span event_selector)
event_selector_test_library(event_selector_backends_epoll_eventfd_waker
  SOURCES backends/epoll/eventfd_waker.cc
  DEPS absl::core_headers absl::status event_selector event_selector_backends_epoll_epoll_queue event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_epoll_rearm_prediction)
event_selector_test_library(event_selector_backends_epoll_registration
  DEPS event_selector event_selector_backends_epoll_rearm_prediction event_selector_backends_epoll_registration_mask)
event_selector_test_library(event_selector_backends_epoll_registration_mask
  DEPS event_selector event_selector_backends_epoll_epoll_events)
event_selector_test_library(event_selector_backends_epoll_registration_table
  DEPS event_selector event_selector_backends_epoll_registration)
event_selector_test_library(event_selector_backends_epoll_single_waiter_epoll_selector
  SOURCES backends/epoll/single_waiter_epoll_selector.cc
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_backends_epoll_control_error event_selector_backends_epoll_epoll_core event_selector_backends_epoll_event_buffer event_selector_backends_epoll_eventfd_waker event_selector_backends_epoll_registration event_selector_backends_epoll_registration_mask event_selector_backends_epoll_registration_table event_selector_backends_epoll_tagged_data event_selector_backends_posix_cancellation_shield event_selector_backends_posix_fork_generation event_selector_backends_posix_selector_life)
event_selector_test_library(event_selector_backends_epoll_tagged_data
  DEPS event_selector event_selector_backends_epoll_eventfd_waker)
event_selector_test_library(event_selector_backends_io_uring_ask_list
  DEPS event_selector event_selector_backends_io_uring_registration)
event_selector_test_library(event_selector_backends_io_uring_handle_kind
  SOURCES backends/io_uring/handle_kind.cc
  DEPS event_selector)
event_selector_test_library(event_selector_backends_io_uring_io_uring_selector
  SOURCES backends/io_uring/io_uring_selector.cc backends/io_uring/wait.cc
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_backends_epoll_epoll_core event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_eventfd_waker event_selector_backends_epoll_registration_mask event_selector_backends_epoll_single_waiter_epoll_selector event_selector_backends_io_uring_ask_list event_selector_backends_io_uring_handle_kind event_selector_backends_io_uring_poll_ring event_selector_backends_io_uring_registration event_selector_backends_io_uring_second_look event_selector_backends_posix_cancellation_shield event_selector_backends_posix_descriptor_kind event_selector_backends_posix_fork_generation event_selector_backends_posix_selector_life)
event_selector_test_library(event_selector_backends_io_uring_poll_ring
  SOURCES backends/io_uring/poll_ring.cc
  DEPS PkgConfig::liburing absl::core_headers absl::status event_selector event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_io_uring_registration
  DEPS event_selector event_selector_backends_epoll_rearm_prediction event_selector_backends_epoll_registration_mask)
event_selector_test_library(event_selector_backends_io_uring_second_look
  SOURCES backends/io_uring/second_look.cc
  DEPS absl::span event_selector event_selector_backends_posix_cancellation_shield)
event_selector_test_library(event_selector_backends_kqueue_change_list_over_shim
  SOURCES backends/kqueue/change_list.cc
  DEPS absl::span event_selector event_selector_backends_kqueue_registration_word_over_shim event_selector_backends_kqueue_system_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_control_error_over_shim
  SOURCES backends/kqueue/control_error.cc
  DEPS absl::status absl::strings event_selector event_selector_backends_kqueue_file_kind_over_shim event_selector_backends_posix_descriptor_kind event_selector_backends_posix_errno_status event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_event_merger_over_shim
  SOURCES backends/kqueue/event_merger.cc
  DEPS absl::core_headers absl::span event_selector event_selector_backends_kqueue_file_kind_over_shim event_selector_backends_kqueue_kevent_report_over_shim event_selector_backends_kqueue_registration_table_over_shim event_selector_backends_kqueue_registration_word_over_shim event_selector_backends_kqueue_system_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_file_kind_over_shim
  SOURCES backends/kqueue/file_kind.cc
  DEPS event_selector event_selector_backends_posix_cancellation_shield event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_kevent_report_over_shim
  DEPS event_selector event_selector_backends_kqueue_registration_word_over_shim event_selector_backends_kqueue_system_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_kqueue_queue_over_shim
  SOURCES backends/kqueue/kqueue_queue.cc
  DEPS absl::core_headers absl::span absl::status event_selector event_selector_backends_kqueue_change_list_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_selector_life event_selector_backends_posix_unique_descriptor event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_kqueue_selector_over_shim
  SOURCES backends/kqueue/kqueue_selector.cc
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_backends_kqueue_control_error_over_shim event_selector_backends_kqueue_event_merger_over_shim event_selector_backends_kqueue_kqueue_queue_over_shim event_selector_backends_kqueue_registrar_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_kqueue_timeout_resolution_over_shim event_selector_backends_kqueue_waker_over_shim event_selector_backends_posix_cancellation_shield event_selector_backends_posix_fork_generation event_selector_backends_posix_selector_life event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_pipe_waker_over_shim
  SOURCES backends/kqueue/pipe_waker.cc
  DEPS absl::status event_selector_backends_kqueue_kqueue_queue_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_unique_descriptor event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_registrar_over_shim
  SOURCES backends/kqueue/registrar.cc
  DEPS absl::core_headers absl::status absl::strings event_selector event_selector_backends_kqueue_change_list_over_shim event_selector_backends_kqueue_control_error_over_shim event_selector_backends_kqueue_event_merger_over_shim event_selector_backends_kqueue_file_kind_over_shim event_selector_backends_kqueue_kqueue_queue_over_shim event_selector_backends_kqueue_registration_table_over_shim event_selector_backends_kqueue_registration_word_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_posix_descriptor_kind event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_registration_table_over_shim
  SOURCES backends/kqueue/registration_table.cc
  DEPS event_selector event_selector_backends_kqueue_registration_word_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_registration_word_over_shim
  DEPS event_selector event_selector_backends_kqueue_system_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_system_over_shim
  DEPS event_selector event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_timeout_resolution_over_shim
  SOURCES backends/kqueue/timeout_resolution.cc
  DEPS absl::time event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_user_waker_over_shim
  SOURCES backends/kqueue/user_waker.cc
  DEPS absl::status event_selector_backends_kqueue_kqueue_queue_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_posix_errno_status event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_kqueue_waker_over_shim
  DEPS absl::status event_selector event_selector_backends_kqueue_kqueue_queue_over_shim event_selector_backends_kqueue_pipe_waker_over_shim event_selector_backends_kqueue_system_over_shim event_selector_backends_kqueue_user_waker_over_shim event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_backends_poll_notifier
  SOURCES backends/poll/notifier.cc
  DEPS absl::status event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_private_pipe event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_poll_object_identity
  SOURCES backends/poll/object_identity.cc
  DEPS event_selector event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_poll_poll_call
  SOURCES backends/poll/poll_call.cc
  DEPS absl::span event_selector event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_poll_poll_errors
  SOURCES backends/poll/poll_errors.cc
  DEPS absl::status absl::strings event_selector event_selector_backends_posix_descriptor_kind event_selector_backends_posix_errno_status)
event_selector_test_library(event_selector_backends_poll_poll_events
  DEPS event_selector)
event_selector_test_library(event_selector_backends_poll_poll_selector
  SOURCES backends/poll/poll_selector.cc
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_backends_poll_notifier event_selector_backends_poll_object_identity event_selector_backends_poll_poll_call event_selector_backends_poll_poll_errors event_selector_backends_poll_poll_events event_selector_backends_poll_poll_set event_selector_backends_poll_registration_table event_selector_backends_poll_waiter event_selector_backends_poll_waiter_list event_selector_backends_posix_cancellation_shield event_selector_backends_posix_descriptor_kind event_selector_backends_posix_fork_generation event_selector_backends_posix_selector_life)
event_selector_test_library(event_selector_backends_poll_poll_set
  SOURCES backends/poll/poll_set.cc
  DEPS absl::span event_selector_backends_poll_poll_events event_selector_backends_poll_registration_table)
event_selector_test_library(event_selector_backends_poll_registration_table
  SOURCES backends/poll/registration_table.cc
  DEPS event_selector event_selector_backends_poll_object_identity)
event_selector_test_library(event_selector_backends_poll_waiter
  SOURCES backends/poll/waiter.cc
  DEPS absl::status event_selector_backends_poll_notifier event_selector_backends_poll_poll_set event_selector_backends_poll_registration_table)
event_selector_test_library(event_selector_backends_poll_waiter_list
  SOURCES backends/poll/waiter_list.cc
  DEPS absl::status absl::statusor event_selector event_selector_backends_poll_notifier event_selector_backends_poll_waiter)
event_selector_test_library(event_selector_backends_posix_descriptor_kind
  SOURCES backends/posix/descriptor_kind.cc
  DEPS absl::status absl::strings event_selector)
event_selector_test_library(event_selector_backends_posix_selector_life
  SOURCES backends/posix/selector_life.cc
  DEPS absl::status event_selector event_selector_backends_posix_fork_generation)
event_selector_test_library(event_selector_tests_contract_backends
  SOURCES tests/contract/backends.cc tests/contract/backends_linux.cc
  DEPS absl::statusor event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_single_waiter_epoll_selector event_selector_backends_io_uring_io_uring_selector event_selector_backends_kqueue_kqueue_selector_over_shim event_selector_backends_poll_notifier event_selector_backends_poll_poll_selector event_selector_instrumented_selector event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test_library(event_selector_tests_kqueue_shim_condition
  SOURCES tests/kqueue_shim/condition.cc tests/kqueue_shim/socket_condition.cc
  DEPS event_selector_tests_kqueue_shim_event_header event_selector_tests_kqueue_shim_shim_interface)
event_selector_test_library(event_selector_tests_kqueue_shim_event_header
  INCLUDES tests/kqueue_shim/include)
event_selector_test_library(event_selector_tests_kqueue_shim_knote
  DEPS event_selector_tests_kqueue_shim_condition event_selector_tests_kqueue_shim_event_header)
event_selector_test_library(event_selector_tests_kqueue_shim_kqueue_shim
  SOURCES tests/kqueue_shim/kqueue_shim.cc
  INCLUDES tests/kqueue_shim/include
  DEPS event_selector event_selector_tests_kqueue_shim_condition event_selector_tests_kqueue_shim_event_header event_selector_tests_kqueue_shim_shim_faults event_selector_tests_kqueue_shim_shim_queue event_selector_tests_support_fatal -ldl
  KEPT_WHOLE)
event_selector_test_library(event_selector_tests_kqueue_shim_shim_faults
  SOURCES tests/kqueue_shim/shim_faults.cc
  DEPS event_selector_tests_kqueue_shim_event_header event_selector_tests_kqueue_shim_shim_interface)
event_selector_test_library(event_selector_tests_kqueue_shim_shim_interface
  DEPS event_selector_tests_kqueue_shim_event_header)
event_selector_test_library(event_selector_tests_kqueue_shim_shim_queue
  SOURCES tests/kqueue_shim/shim_queue.cc
  DEPS event_selector_tests_kqueue_shim_condition event_selector_tests_kqueue_shim_event_header event_selector_tests_kqueue_shim_knote event_selector_tests_kqueue_shim_shim_interface)
event_selector_test_library(event_selector_tests_linux_system_calls
  SOURCES tests/linux/system_calls.cc
  DEPS PkgConfig::liburing event_selector_tests_support_fatal -ldl
  KEPT_WHOLE)
event_selector_test_library(event_selector_tests_model_eventfd
  SOURCES tests/model/eventfd_linux.cc
  DEPS event_selector_tests_support_fatal event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_support_blocked_thread
  SOURCES tests/support/blocked_thread.cc tests/support/thread_look_linux.cc
  DEPS absl::strings absl::time event_selector_tests_support_fatal)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(macos)$")
event_selector_test_library(event_selector_tests_support_blocked_thread
  SOURCES tests/support/blocked_thread.cc tests/support/thread_look_macos.cc
  DEPS absl::strings absl::time event_selector_tests_support_fatal)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
event_selector_test(tests/contract/child_exit_windows_test
  SOURCES tests/contract/child_exit_windows_test.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS GTest::gmock GTest::gtest_main absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_fatal event_selector_tests_support_wine)
event_selector_test(tests/contract/signal_set_windows_test
  SOURCES tests/contract/signal_set_windows_test.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_fatal event_selector_tests_support_wine)
event_selector_test_library(event_selector_backends_child_exit
  DEPS event_selector_backends_iocp_child_exit)
event_selector_test_library(event_selector_backends_iocp_afd_device
  SOURCES backends/iocp/afd_device.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor event_selector event_selector_backends_iocp_ntdll event_selector_backends_iocp_unique_handle event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_afd_events
  SOURCES backends/iocp/afd_events.cc
  DEPS event_selector)
event_selector_test_library(event_selector_backends_iocp_base_socket
  SOURCES backends/iocp/base_socket.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor absl::strings event_selector event_selector_backends_iocp_windows_status -lws2_32)
event_selector_test_library(event_selector_backends_iocp_child_exit
  SOURCES backends/iocp/child_exit.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::memory absl::status absl::statusor event_selector event_selector_backends_iocp_iocp_selector event_selector_backends_iocp_unique_handle event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_completion_port
  SOURCES backends/iocp/completion_port.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::span absl::status event_selector event_selector_backends_iocp_unique_handle event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_console_events
  SOURCES backends/iocp/console_events.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::core_headers absl::status event_selector event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_iocp_selector
  SOURCES backends/iocp/iocp_selector.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::core_headers absl::memory absl::span absl::status absl::statusor absl::strings absl::synchronization absl::time event_selector event_selector_backends_iocp_base_socket event_selector_backends_iocp_completion_port event_selector_backends_iocp_ntdll event_selector_backends_iocp_port_waker event_selector_backends_iocp_registration event_selector_backends_iocp_registration_polls event_selector_backends_iocp_waitable_registrations event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_ntdll
  SOURCES backends/iocp/ntdll.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor absl::strings event_selector)
event_selector_test_library(event_selector_backends_iocp_poll_groups
  SOURCES backends/iocp/poll_groups.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor event_selector event_selector_backends_iocp_afd_device event_selector_backends_iocp_completion_port)
event_selector_test_library(event_selector_backends_iocp_port_waker
  DEPS event_selector event_selector_backends_iocp_completion_port)
event_selector_test_library(event_selector_backends_iocp_registration
  DEPS event_selector event_selector_backends_iocp_afd_device event_selector_backends_iocp_poll_groups event_selector_backends_iocp_socket_identity)
event_selector_test_library(event_selector_backends_iocp_registration_polls
  SOURCES backends/iocp/registration_polls.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::span absl::status absl::statusor absl::time event_selector event_selector_backends_iocp_afd_device event_selector_backends_iocp_afd_events event_selector_backends_iocp_base_socket event_selector_backends_iocp_completion_port event_selector_backends_iocp_ntdll event_selector_backends_iocp_poll_groups event_selector_backends_iocp_registration event_selector_backends_iocp_registration_queue event_selector_backends_iocp_socket_identity)
event_selector_test_library(event_selector_backends_iocp_registration_queue)
event_selector_test_library(event_selector_backends_iocp_signal_set
  SOURCES backends/iocp/signal_set.cc
  DEPS absl::memory absl::span absl::status absl::statusor event_selector event_selector_backends_iocp_console_events)
event_selector_test_library(event_selector_backends_iocp_socket_identity
  SOURCES backends/iocp/socket_identity.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS -lws2_32)
event_selector_test_library(event_selector_backends_iocp_unique_handle)
event_selector_test_library(event_selector_backends_iocp_waitable_object
  SOURCES backends/iocp/waitable_object.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor absl::strings event_selector event_selector_backends_iocp_unique_handle event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_waitable_registrations
  SOURCES backends/iocp/waitable_registrations.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::statusor event_selector event_selector_backends_iocp_completion_port event_selector_backends_iocp_registration_queue event_selector_backends_iocp_unique_handle event_selector_backends_iocp_waitable_object event_selector_backends_iocp_windows_status)
event_selector_test_library(event_selector_backends_iocp_windows_status
  SOURCES backends/iocp/windows_status.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS absl::status absl::strings event_selector event_selector_backends_iocp_ntdll)
event_selector_test_library(event_selector_backends_signal_set
  DEPS event_selector_backends_iocp_signal_set)
event_selector_test_library(event_selector_tests_contract_backends
  SOURCES tests/contract/backends.cc tests/contract/backends_windows.cc
  DEPS absl::statusor event_selector event_selector_backends_iocp_iocp_selector)
event_selector_test_library(event_selector_tests_model_objects
  SOURCES tests/model/objects_windows.cc
  DEPS absl::span absl::strings event_selector event_selector_tests_model_network event_selector_tests_model_script event_selector_tests_support_fatal event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_support_blocked_thread
  SOURCES tests/support/blocked_thread.cc tests/support/thread_look_windows.cc
  DEPS absl::strings absl::time event_selector_tests_support_fatal)
event_selector_test_library(event_selector_tests_support_socket
  SOURCES tests/support/socket.cc tests/support/socket_windows.cc
  DEPS absl::strings absl::time event_selector event_selector_tests_support_fatal event_selector_tests_support_wine -lws2_32)
endif()

# Of the backend epoll.
if(EVENT_SELECTOR_SELECTED STREQUAL epoll)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/epoll/deferred_changes_test
  SOURCES tests/epoll/deferred_changes_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_tests_epoll_single_waiter_fixture event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/epoll/errors_test
  SOURCES tests/epoll/errors_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_eventfd_waker event_selector_tests_linux_system_calls event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/epoll/event_buffer_test
  SOURCES tests/epoll/event_buffer_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span event_selector event_selector_backends_epoll_event_buffer)
event_selector_test(tests/epoll/flags_test
  SOURCES tests/epoll/flags_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::strings event_selector event_selector_backends_epoll_epoll_selector event_selector_tests_linux_system_calls event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/epoll/large_span_test
  SOURCES tests/epoll/large_span_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_tests_support_socket)
event_selector_test(tests/epoll/limits_test
  SOURCES tests/epoll/limits_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_single_waiter_epoll_selector event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test(tests/epoll/nesting_test
  SOURCES tests/epoll/nesting_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_tests_support_socket)
event_selector_test(tests/epoll/rearm_prediction_test
  SOURCES tests/epoll/rearm_prediction_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector_backends_epoll_rearm_prediction)
event_selector_test(tests/epoll/rearming_model_test
  SOURCES tests/epoll/rearming_model_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::strings absl::time event_selector event_selector_tests_contract_backends event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/epoll/rearming_test
  SOURCES tests/epoll/rearming_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::time event_selector event_selector_backends_epoll_rearm_prediction event_selector_tests_contract_stopwatch event_selector_tests_epoll_single_waiter_fixture event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations)
event_selector_test(tests/epoll/registration_table_test
  SOURCES tests/epoll/registration_table_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_backends_epoll_registration event_selector_backends_epoll_registration_mask event_selector_backends_epoll_registration_table event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/epoll/seccomp_test
  SOURCES tests/epoll/seccomp_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_tests_linux_refuse_call)
event_selector_test(tests/epoll/single_waiter_test
  SOURCES tests/epoll/single_waiter_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_default_selector event_selector_backends_epoll_epoll_events event_selector_backends_epoll_eventfd_waker event_selector_backends_epoll_single_waiter_epoll_selector event_selector_tests_contract_stopwatch event_selector_tests_epoll_single_waiter_fixture event_selector_tests_support_count_allocations event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations)
event_selector_test(tests/epoll/timeouts_test
  SOURCES tests/epoll/timeouts_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_eventfd_waker event_selector_tests_linux_system_calls
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/epoll/waker_test
  SOURCES tests/epoll/waker_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_epoll_epoll_queue event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_eventfd_waker event_selector_tests_contract_stopwatch event_selector_tests_linux_system_calls event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test_library(event_selector_backends_epoll_default_selector
  SOURCES backends/epoll/default_selector.cc
  DEPS absl::statusor event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_epoll_single_waiter_epoll_selector)
event_selector_test_library(event_selector_tests_epoll_single_waiter_fixture
  DEPS GTest::gmock absl::span absl::status absl::time event_selector event_selector_backends_epoll_single_waiter_epoll_selector event_selector_tests_linux_system_calls event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_linux_refuse_call
  SOURCES tests/linux/refuse_call.cc)
endif()
endif()

# Of the backend io_uring.
if(EVENT_SELECTOR_SELECTED STREQUAL io_uring)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/io_uring/faults_test
  SOURCES tests/io_uring/faults_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::strings absl::time event_selector event_selector_tests_faults_fault event_selector_tests_faults_workout event_selector_tests_io_uring_fixture event_selector_tests_linux_failing_system_calls event_selector_tests_linux_system_calls event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/io_uring/other_rings_test
  SOURCES tests/io_uring/other_rings_test.cc
  DEPS GTest::gmock GTest::gtest_main PkgConfig::liburing absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/io_uring/poll_ring_test
  SOURCES tests/io_uring/poll_ring_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_backends_io_uring_poll_ring event_selector_backends_posix_unique_descriptor)
event_selector_test(tests/io_uring/refused_test
  SOURCES tests/io_uring/refused_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_io_uring_io_uring_selector event_selector_tests_io_uring_fixture event_selector_tests_linux_failing_system_calls event_selector_tests_linux_system_calls event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test(tests/io_uring/selector_test
  SOURCES tests/io_uring/selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_io_uring_fixture event_selector_tests_linux_system_calls event_selector_tests_support_child_process_posix event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_linux_system_calls)
event_selector_test_library(event_selector_tests_faults_fault
  DEPS GTest::gmock absl::status absl::strings event_selector_tests_linux_failing_system_calls)
event_selector_test_library(event_selector_tests_faults_workout
  SOURCES tests/faults/workout.cc
  DEPS absl::span absl::status absl::statusor absl::strings absl::time event_selector event_selector_tests_contract_stopwatch event_selector_tests_support_socket)
event_selector_test_library(event_selector_tests_io_uring_fixture
  DEPS GTest::gmock absl::span absl::statusor absl::time event_selector event_selector_backends_io_uring_io_uring_selector)
event_selector_test_library(event_selector_tests_linux_failing_system_calls
  SOURCES tests/linux/failing_system_calls.cc
  DEPS event_selector_tests_linux_system_calls)
endif()
endif()

# Of the backend iocp.
if(EVENT_SELECTOR_SELECTED STREQUAL iocp)
event_selector_test(tests/iocp/afd_events_test
  SOURCES tests/iocp/afd_events_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_backends_iocp_afd_events)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
event_selector_test_library(event_selector_backends_iocp_afd_events
  SOURCES backends/iocp/afd_events.cc
  DEPS event_selector)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
event_selector_test(tests/iocp/afd_answers_test
  SOURCES tests/iocp/afd_answers_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::statusor event_selector event_selector_backends_iocp_ntdll event_selector_tests_contract_contract_test event_selector_tests_support_socket -Wl,--wrap=_ZN14event_selector4iocp9FindNtdllEv -Wl,--wrap=__imp_SetFileCompletionNotificationModes)
event_selector_test(tests/iocp/churn_test
  SOURCES tests/iocp/churn_test.cc
  DEPS GTest::gmock absl::flags absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_iocp_process_handles event_selector_tests_stress_stress_main event_selector_tests_support_socket)
event_selector_test(tests/iocp/hot_path_test
  SOURCES tests/iocp/hot_path_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::statusor absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_support_count_allocations event_selector_tests_support_socket
  OBJECTS event_selector_tests_support_count_allocations)
event_selector_test(tests/iocp/many_sockets_test
  SOURCES tests/iocp/many_sockets_test.cc
  DEPS GTest::gmock absl::flags absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_iocp_process_handles event_selector_tests_stress_stress_main event_selector_tests_support_socket)
event_selector_test(tests/iocp/not_a_socket_test
  SOURCES tests/iocp/not_a_socket_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status event_selector event_selector_tests_contract_contract_test)
event_selector_test(tests/iocp/reuse_test
  SOURCES tests/iocp/reuse_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_support_socket)
event_selector_test(tests/iocp/waitable_handles_test
  SOURCES tests/iocp/waitable_handles_test.cc
  DEFINES NOMINMAX WIN32_LEAN_AND_MEAN
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector event_selector_backends_iocp_iocp_selector event_selector_backends_iocp_unique_handle event_selector_tests_contract_contract_test event_selector_tests_contract_waiting_thread event_selector_tests_iocp_process_handles event_selector_tests_support_socket event_selector_tests_support_wine)
event_selector_test_library(event_selector_tests_iocp_process_handles
  SOURCES tests/iocp/process_handles.cc
  DEPS event_selector_tests_support_fatal event_selector_tests_support_socket)
endif()
endif()

# Of the backend poll.
if(EVENT_SELECTOR_SELECTED STREQUAL poll)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
event_selector_test(tests/poll/notifier_test
  SOURCES tests/poll/notifier_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::time event_selector_backends_poll_notifier event_selector_tests_support_pipe event_selector_tests_support_socket)
event_selector_test(tests/poll/poll_events_test
  SOURCES tests/poll/poll_events_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_backends_poll_poll_events)
event_selector_test(tests/poll/registration_table_test
  SOURCES tests/poll/registration_table_test.cc
  DEPS GTest::gmock GTest::gtest_main event_selector event_selector_backends_poll_object_identity event_selector_backends_poll_poll_set event_selector_backends_poll_registration_table event_selector_tests_support_count_allocations
  OBJECTS event_selector_tests_support_count_allocations)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(linux|windows)$")
event_selector_test_library(event_selector_backends_poll_notifier
  SOURCES backends/poll/notifier.cc
  DEPS absl::status event_selector_backends_posix_cancellation_shield event_selector_backends_posix_errno_status event_selector_backends_posix_private_pipe event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_poll_object_identity
  SOURCES backends/poll/object_identity.cc
  DEPS event_selector event_selector_backends_posix_unique_descriptor)
event_selector_test_library(event_selector_backends_poll_poll_events
  DEPS event_selector)
event_selector_test_library(event_selector_backends_poll_poll_set
  SOURCES backends/poll/poll_set.cc
  DEPS absl::span event_selector_backends_poll_poll_events event_selector_backends_poll_registration_table)
event_selector_test_library(event_selector_backends_poll_registration_table
  SOURCES backends/poll/registration_table.cc
  DEPS event_selector event_selector_backends_poll_object_identity)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/poll/files_linux_test
  SOURCES tests/poll/files_linux_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::status absl::strings event_selector event_selector_backends_epoll_epoll_selector event_selector_backends_poll_poll_selector event_selector_tests_contract_contract_test event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim)
event_selector_test(tests/poll/poll_selector_test
  SOURCES tests/poll/poll_selector_test.cc
  DEPS GTest::gmock GTest::gtest_main absl::span absl::status absl::time event_selector event_selector_backends_poll_poll_selector event_selector_tests_contract_contract_test event_selector_tests_contract_stopwatch event_selector_tests_contract_waiting_thread event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations event_selector_tests_support_pipe event_selector_tests_support_socket
  OBJECTS event_selector_tests_kqueue_shim_kqueue_shim event_selector_tests_linux_system_calls event_selector_tests_support_count_allocations)
endif()
endif()
