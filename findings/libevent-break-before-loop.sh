#!/bin/sh
# libevent 2.1.12 (Debian's libevent-dev 2.1.12-stable-8+deb12u1)
#
# Question: a program that is told to stop while it still sets up calls
#   event_base_loopbreak, and then event_base_dispatch. Does the loop run?
# Guess: no. The request stands, and dispatch returns at once, as it does with
#   event_base_loopexit.
# Seen: with loopexit, dispatch returns at once. With loopbreak, which returns 0,
#   the request is forgotten when the loop begins, and it runs on.
# So: a stop signal that comes early is lost with loopbreak. (Here Close before
#   Wait ends the Wait, and so does Wake once: K5, K1.)
. "$(dirname "$0")/common.sh"
packages libevent-dev=2.1.12-stable-8+deb12u1 libevent-core-2.1-7=2.1.12-stable-8+deb12u1
cat >"$work/program.c" <<'END'
#include <event2/event.h>
#include <stdio.h>
static void on_time(evutil_socket_t fd, short what, void *base) {
  (void)fd, (void)what;
  puts("the timer ran");
  event_base_loopexit(base, NULL);
}
static void run(const char *name, int (*stop)(struct event_base *)) {
  struct event_base *base = event_base_new();
  struct timeval soon = {0, 1000};
  struct event *timer = evtimer_new(base, on_time, base);
  evtimer_add(timer, &soon);
  printf("%s before dispatch: %d\n", name, stop(base));
  printf("dispatch: %d\n", event_base_dispatch(base));
  event_free(timer);
  event_base_free(base);
}
static int stop_by_exit(struct event_base *base) {
  return event_base_loopexit(base, NULL);
}
int main(void) {
  run("loopexit", stop_by_exit);
  run("loopbreak", event_base_loopbreak);
  return 0;
}
END
compile program.c -levent_core
seen='loopexit before dispatch: 0
dispatch: 0
loopbreak before dispatch: 0
the timer ran
dispatch: 0'
see "$work/program"
