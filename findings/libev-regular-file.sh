#!/bin/sh
# libev 4.33 (Debian's libev-dev 1:4.33-1)
#
# Question: an ev_io watcher for reading is started on a regular file, with the
#   epoll backend, which refuses files. What does the program see?
# Guess: an error: the callback is called once, with EV_ERROR, and the watcher is
#   stopped.
# Seen: the callback is called with EV_READ in each turn, as if poll(2) had been
#   asked, which calls files always ready: libev notices the EPERM and plays that
#   readiness by itself. The program reads to the end, and stops the watcher.
# So: a program that ran with libev when its standard input was a file gets
#   kUnimplemented from Add here, and has to read the file without a selector.
. "$(dirname "$0")/common.sh"
packages libev-dev=1:4.33-1 libev4=1:4.33-1
cat >"$work/program.c" <<'END'
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
static int calls;
static void on_ready(struct ev_loop *loop, ev_io *watcher, int events) {
  if (++calls == 1) {
    printf("called%s%s\n", events & EV_READ ? " with EV_READ" : "",
           events & EV_ERROR ? " with EV_ERROR" : "");
  }
  if (calls == 3) ev_io_stop(loop, watcher);
}
int main(int argc, char **argv) {
  (void)argc;
  struct ev_loop *loop = ev_loop_new(EVBACKEND_EPOLL);
  ev_io watcher;
  ev_io_init(&watcher, on_ready, open(argv[0], O_RDONLY), EV_READ);
  ev_io_start(loop, &watcher);
  while (ev_is_active(&watcher) && ev_run(loop, EVRUN_NOWAIT) && calls < 3) {
  }
  printf("backend epoll: %s; calls until it was stopped: %d\n",
         ev_backend(loop) == EVBACKEND_EPOLL ? "yes" : "no", calls);
  return 0;
}
END
compile program.c -lev
seen='called with EV_READ
backend epoll: yes; calls until it was stopped: 3'
see "$work/program"
