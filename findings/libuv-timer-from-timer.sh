#!/bin/sh
# libuv 1.44.2 (Debian's libuv1-dev 1.44.2-1+deb12u1)
#
# Question: a timer's callback starts the same timer again with a timeout of 0, ten
#   times. A socket is readable all the while. When is the socket's turn?
# Guess: after the first timer callback: a timer started by a callback is due in
#   the next turn of the loop, so that timers and sockets alternate.
# Seen: after all ten. What a callback starts with a timeout of 0 is due in the same
#   pass over the timers.
# So: in one's own loop, run what was due when the turn began, and no more.
. "$(dirname "$0")/common.sh"
packages libuv1-dev=1.44.2-1+deb12u1 libuv1=1.44.2-1+deb12u1
cat >"$work/program.c" <<'END'
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>
static int fired;
static void on_time(uv_timer_t *timer) {
  if (++fired < 10) uv_timer_start(timer, on_time, 0, 0);
}
static void on_ready(uv_poll_t *poll, int status, int events) {
  (void)status, (void)events;
  printf("the socket's turn after %d of 10 timer callbacks\n", fired);
  uv_poll_stop(poll);
}
int main(void) {
  int ends[2];
  uv_timer_t timer;
  uv_poll_t poll;
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  if (write(ends[1], "x", 1) != 1) return 1;
  uv_poll_init(uv_default_loop(), &poll, ends[0]);
  uv_poll_start(&poll, UV_READABLE, on_ready);
  uv_timer_init(uv_default_loop(), &timer);
  uv_timer_start(&timer, on_time, 0, 0);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  return 0;
}
END
compile program.c -luv
seen='the socket'\''s turn after 10 of 10 timer callbacks'
see "$work/program"
