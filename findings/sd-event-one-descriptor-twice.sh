#!/bin/sh
# sd-event of systemd 252 (Debian's libsystemd-dev 252.39-1~deb12u2)
#
# Question: a program has one source for reading from a socket (sd_event_add_io with
#   EPOLLIN) and adds a second one for writing to it (EPOLLOUT). Does it work?
# Guess: yes, as in libevent, GLib and Asio, where reading and writing are watchers
#   of their own.
# Seen: no. The second one is refused with EEXIST, as epoll_ctl does: each source is a
#   registration of its own.
# So: as with a selector, the two directions of a descriptor are one source, whose
#   events are changed.
. "$(dirname "$0")/common.sh"
packages libsystemd-dev=252.39-1~deb12u2 libsystemd0=252.39-1~deb12u2
cat >"$work/program.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <unistd.h>
static int on_ready(sd_event_source *source, int fd, uint32_t revents,
                    void *name) {
  (void)fd, (void)revents;
  printf("%s: called\n", (const char *)name);
  return sd_event_source_set_enabled(source, SD_EVENT_OFF);
}
static void add(sd_event *event, int fd, unsigned events, const char *name) {
  int result = sd_event_add_io(event, NULL, fd, events, on_ready, (void *)name);
  printf("%s: %s\n", name, result < 0 ? strerror(-result) : "added");
}
int main(void) {
  sd_event *event;
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  if (write(ends[1], "x", 1) != 1) return 1;
  sd_event_new(&event);
  add(event, ends[0], EPOLLIN, "reading");
  add(event, ends[0], EPOLLOUT, "writing");
  while (sd_event_run(event, 0) > 0) {
  }
  return 0;
}
END
compile program.c -lsystemd
seen='reading: added
writing: File exists
reading: called'
see "$work/program"
