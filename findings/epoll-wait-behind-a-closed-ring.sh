#!/bin/sh
# liburing 2.3 (Debian's liburing-dev 2.3-3) on Linux 6.18
#
# Question: a thread closes its io_uring, in which a poll request is pending, and
#   waits elsewhere: without a timeout, for an eventfd that another thread writes
#   to within two seconds. The process has no signal handler, and gets no signal. What
#   do epoll_wait and poll answer?
# Guess: both sleep until the eventfd is readable, and return 1.
# Seen: epoll_wait fails at once with EINTR. The kernel takes the ring down in
#   another thread, which sends the last piece of work back to the thread that
#   used the ring, and wakes it as a signal would. poll sleeps on, but the kernel
#   has ended the call and restarted it: in /proc it is call number 219,
#   restart_syscall, and not poll.
# So: "EINTR cannot happen here, I block all signals" does not hold in a thread
#   that ever closed a ring. And who reads in /proc which call a thread sleeps in
#   has to know of restart_syscall.
. "$(dirname "$0")/common.sh"
packages liburing-dev=2.3-3 liburing2=2.3-3
cat >"$work/program.cc" <<'END'
#include <errno.h>
#include <initializer_list>
#include <liburing.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

static void use_and_close_a_ring(int handle) {
  io_uring ring;
  if (io_uring_queue_init(8, &ring, 0) != 0) {
    puts("no io_uring here");
    return;
  }
  io_uring_prep_poll_multishot(io_uring_get_sqe(&ring), handle, POLLIN);
  io_uring_submit(&ring);
  io_uring_queue_exit(&ring);
}

static long call_of(long thread) {
  char path[64];
  long number = -1;
  snprintf(path, sizeof(path), "/proc/self/task/%ld/syscall", thread);
  FILE *file = fopen(path, "r");
  if (file == nullptr || fscanf(file, "%ld", &number) != 1) number = -1;
  if (file != nullptr) fclose(file);
  return number;
}

int main() {
  const long waiter = syscall(SYS_gettid);
  for (const bool with_epoll : {true, false}) {
    const int handle = eventfd(0, EFD_NONBLOCK);
    const int epoll = epoll_create1(0);
    epoll_event event = {EPOLLIN, {}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, handle, &event);
    pollfd polled = {handle, POLLIN, 0};
    use_and_close_a_ring(handle);
    long call = 0;
    std::thread writer([&] {
      // Up to two seconds, for a machine that is busy.
      for (int look = 0; look < 200 && call != SYS_restart_syscall; ++look) {
        usleep(10 * 1000);
        call = call_of(waiter);
      }
      eventfd_write(handle, 1);
    });
    const int result =
        with_epoll ? epoll_wait(epoll, &event, 1, -1) : poll(&polled, 1, -1);
    const bool interrupted = result < 0 && errno == EINTR;
    writer.join();
    if (with_epoll) {
      printf("epoll_wait: %s\n", interrupted ? "EINTR" : "no EINTR");
    } else {
      printf("poll: %d, meanwhile in %s\n", result,
             call == SYS_restart_syscall ? "restart_syscall"
             : call == SYS_poll          ? "poll"
                                         : "something else");
    }
    close(handle);
    close(epoll);
  }
}
END
flags=-std=c++17
compile program.cc -luring -lpthread
seen='epoll_wait: EINTR
poll: 1, meanwhile in restart_syscall'
see "$work/program"
