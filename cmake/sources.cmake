# Written by `bazel run //cmake:update` from the BUILD files.

# What EVENT_SELECTOR_BACKEND may be.
set(EVENT_SELECTOR_BACKENDS auto epoll io_uring iocp kqueue poll)

# What `auto` stands for.
set(EVENT_SELECTOR_AUTO)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
  set(EVENT_SELECTOR_AUTO epoll)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
  set(EVENT_SELECTOR_AUTO iocp)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(freebsd|ios|macos|openbsd)$")
  set(EVENT_SELECTOR_AUTO kqueue)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(qnx)$")
  set(EVENT_SELECTOR_AUTO poll)
endif()

# The backend epoll.
set(EVENT_SELECTOR_epoll_SOURCES)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
list(APPEND EVENT_SELECTOR_epoll_SOURCES
  backends/epoll/control_error.cc
  backends/epoll/default_selector.cc
  backends/epoll/epoll_core.cc
  backends/epoll/epoll_queue.cc
  backends/epoll/epoll_selector.cc
  backends/epoll/eventfd_waker.cc
  backends/epoll/single_waiter_epoll_selector.cc
  backends/posix/descriptor_kind.cc
  backends/posix/selector_life.cc
)
endif()
set(EVENT_SELECTOR_epoll_DEPS)

# The backend io_uring.
set(EVENT_SELECTOR_io_uring_SOURCES)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
list(APPEND EVENT_SELECTOR_io_uring_SOURCES
  backends/epoll/control_error.cc
  backends/epoll/epoll_core.cc
  backends/epoll/epoll_queue.cc
  backends/epoll/epoll_selector.cc
  backends/epoll/eventfd_waker.cc
  backends/epoll/single_waiter_epoll_selector.cc
  backends/io_uring/default_selector.cc
  backends/io_uring/handle_kind.cc
  backends/io_uring/io_uring_selector.cc
  backends/io_uring/poll_ring.cc
  backends/io_uring/second_look.cc
  backends/io_uring/wait.cc
  backends/posix/descriptor_kind.cc
  backends/posix/selector_life.cc
)
endif()
set(EVENT_SELECTOR_io_uring_DEPS)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
list(APPEND EVENT_SELECTOR_io_uring_DEPS
  PkgConfig::liburing
)
endif()

# The backend iocp.
set(EVENT_SELECTOR_iocp_SOURCES)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
list(APPEND EVENT_SELECTOR_iocp_SOURCES
  backends/iocp/default_selector.cc
)
endif()
set(EVENT_SELECTOR_iocp_DEPS)

# The backend kqueue.
set(EVENT_SELECTOR_kqueue_SOURCES)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux|windows)$")
list(APPEND EVENT_SELECTOR_kqueue_SOURCES
  backends/kqueue/change_list.cc
  backends/kqueue/control_error.cc
  backends/kqueue/default_selector.cc
  backends/kqueue/event_merger.cc
  backends/kqueue/file_kind.cc
  backends/kqueue/kqueue_queue.cc
  backends/kqueue/kqueue_selector.cc
  backends/kqueue/pipe_waker.cc
  backends/kqueue/registrar.cc
  backends/kqueue/registration_table.cc
  backends/kqueue/timeout_resolution.cc
  backends/kqueue/user_waker.cc
  backends/posix/descriptor_kind.cc
  backends/posix/selector_life.cc
)
endif()
set(EVENT_SELECTOR_kqueue_DEPS)

# The backend poll.
set(EVENT_SELECTOR_poll_SOURCES)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
list(APPEND EVENT_SELECTOR_poll_SOURCES
  backends/poll/default_selector.cc
  backends/poll/notifier.cc
  backends/poll/object_identity.cc
  backends/poll/poll_call.cc
  backends/poll/poll_errors.cc
  backends/poll/poll_selector.cc
  backends/poll/poll_set.cc
  backends/poll/registration_table.cc
  backends/poll/waiter.cc
  backends/poll/waiter_list.cc
  backends/posix/descriptor_kind.cc
  backends/posix/selector_life.cc
)
endif()
set(EVENT_SELECTOR_poll_DEPS)

# The library event_selector.
set(EVENT_SELECTOR_SOURCES
  event/interest.cc
  event/internal/flag_set.cc
  event/internal/owner_thread.cc
  event/internal/registration_rules.cc
  event/internal/selector_errors.cc
  event/internal/timer_heap.cc
  event/internal/wait_timeout.cc
  event/mode.cc
  event/readiness.cc
  event/scoped_registration.cc
  event/selector.cc
)
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
list(APPEND EVENT_SELECTOR_SOURCES
  backends/posix/child_exit.cc
  backends/posix/errno_status.cc
  backends/posix/exit_source.cc
  backends/posix/fork_generation.cc
  backends/posix/fork_proof_lock.cc
  backends/posix/private_pipe.cc
  backends/posix/signal_chain.cc
  backends/posix/signal_set.cc
  backends/posix/signal_watch.cc
  backends/posix/signalled_exit.cc
)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(freebsd|ios|macos|openbsd)$")
list(APPEND EVENT_SELECTOR_SOURCES
  backends/kqueue/exit_source.cc
  backends/kqueue/process_exit.cc
)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(android|linux)$")
list(APPEND EVENT_SELECTOR_SOURCES
  backends/posix/exit_source_linux.cc
)
endif()
if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(android|freebsd|ios|linux|macos|openbsd|windows)$")
list(APPEND EVENT_SELECTOR_SOURCES
  backends/posix/exit_source_signal.cc
)
endif()
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
list(APPEND EVENT_SELECTOR_SOURCES
  backends/iocp/afd_device.cc
  backends/iocp/afd_events.cc
  backends/iocp/base_socket.cc
  backends/iocp/child_exit.cc
  backends/iocp/completion_port.cc
  backends/iocp/console_events.cc
  backends/iocp/iocp_selector.cc
  backends/iocp/ntdll.cc
  backends/iocp/poll_groups.cc
  backends/iocp/registration_polls.cc
  backends/iocp/signal_set.cc
  backends/iocp/socket_identity.cc
  backends/iocp/waitable_object.cc
  backends/iocp/waitable_registrations.cc
  backends/iocp/windows_status.cc
)
endif()
set(EVENT_SELECTOR_HEADERS
  event/capabilities.h
  event/child_exit.h
  event/event.h
  event/handle.h
  event/interest.h
  event/internal/clock_nanoseconds.h
  event/internal/cxx17.h
  event/internal/described_error.h
  event/internal/flag_set.h
  event/internal/mutex.h
  event/internal/timer_heap.h
  event/mailbox.h
  event/mode.h
  event/readiness.h
  event/scoped_registration.h
  event/selector.h
  event/selector_options.h
  event/signal_set.h
  event/timer_id.h
  event/timer_queue.h
  event/token.h
  event/token_map.h
  event/version.h
)
set(EVENT_SELECTOR_PUBLIC_DEPS
  absl::config
  absl::core_headers
  absl::span
  absl::status
  absl::statusor
  absl::strings
  absl::time
)
set(EVENT_SELECTOR_PRIVATE_DEPS
  absl::memory
)
if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")
list(APPEND EVENT_SELECTOR_PRIVATE_DEPS
  absl::synchronization
)
endif()

# The library event_selector_instrumented_selector.
set(EVENT_SELECTOR_INSTRUMENTED_SELECTOR_SOURCES
  event/histogram.cc
  event/instrumented_selector.cc
  event/internal/last_return.cc
  event/selector_statistics.cc
)
set(EVENT_SELECTOR_INSTRUMENTED_SELECTOR_HEADERS
  event/histogram.h
  event/instrumented_selector.h
  event/internal/histogram_recorder.h
  event/internal/log_linear_buckets.h
  event/selector_statistics.h
)
set(EVENT_SELECTOR_INSTRUMENTED_SELECTOR_PUBLIC_DEPS
  absl::any_invocable
  absl::bits
  absl::core_headers
  absl::function_ref
  absl::span
  absl::status
  absl::statusor
  absl::str_format
  absl::strings
  absl::time
)
set(EVENT_SELECTOR_INSTRUMENTED_SELECTOR_PRIVATE_DEPS
  absl::config
)

# The library event_selector_testing.
set(EVENT_SELECTOR_TESTING_SOURCES
  event/testing/internal/call_log.cc
  event/testing/internal/handle_table.cc
  event/testing/internal/registration_set.cc
  event/testing/internal/simulation_core.cc
  event/testing/selector_call.cc
  event/testing/simulated_selector.cc
  event/testing/simulated_stream.cc
  event/testing/simulation.cc
)
set(EVENT_SELECTOR_TESTING_HEADERS
  event/internal/admission.h
  event/internal/owner_thread.h
  event/internal/registration_rules.h
  event/internal/selector_errors.h
  event/testing/internal/byte_queue.h
  event/testing/internal/call_log.h
  event/testing/internal/handle_table.h
  event/testing/internal/registration.h
  event/testing/internal/registration_set.h
  event/testing/internal/seeded_random.h
  event/testing/internal/simulation_core.h
  event/testing/internal/standstill.h
  event/testing/internal/stream_end.h
  event/testing/internal/timeline.h
  event/testing/selector_call.h
  event/testing/simulated_faults.h
  event/testing/simulated_selector.h
  event/testing/simulated_stream.h
  event/testing/simulation.h
)
set(EVENT_SELECTOR_TESTING_PUBLIC_DEPS
  absl::any_invocable
  absl::core_headers
  absl::function_ref
  absl::span
  absl::status
  absl::statusor
  absl::strings
  absl::time
)
set(EVENT_SELECTOR_TESTING_PRIVATE_DEPS
  absl::config
)
