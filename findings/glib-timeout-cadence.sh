#!/bin/sh
# GLib 2.74.6 (Debian's libglib2.0-dev 2.74.6-2+deb12u9)
#
# Question: g_timeout_add(100 ms, ...). The loop is late by 30 ms, once. When is the
#   source due again: 100 ms after it was due, or 100 ms after it ran?
# Guess: after it was due. A source that is told to go on keeps its cadence, as a
#   timerfd does; only what was missed altogether is left out.
# Seen: after it ran. Each delay is added to all that follow: a source of 100 ms in
#   a loop that is late by 5 ms each time runs 570 times a minute, not 600.
# So: what has to keep time counts from a clock of its own.
. "$(dirname "$0")/common.sh"
packages libglib2.0-dev=2.74.6-2+deb12u9 libglib2.0-0=2.74.6-2+deb12u9
cat >"$work/program.c" <<'END'
#include <glib.h>
#include <stdio.h>
static GMainLoop *loop;
static gint64 first_due;
static gint64 ran;
static int calls;
static gboolean on_time(gpointer data) {
  (void)data;
  if (++calls == 1) {
    ran = g_source_get_time(g_main_current_source());
    return G_SOURCE_CONTINUE;
  }
  return G_SOURCE_REMOVE;
}
// Looks, once the first call is over, when the next one is due.
static gboolean look(gpointer source) {
  if (calls == 0) return G_SOURCE_CONTINUE;
  const gint64 due = g_source_get_ready_time(source);
  const gint64 cadence = first_due + 100 * 1000;
  const gint64 late = ran - first_due;
  printf("late by at least 30 ms: %s\n", late >= 30 * 1000 ? "yes" : "no");
  if (due == cadence) puts("due 100 ms after it was due");
  if (due == ran + 100 * 1000) puts("due 100 ms after it ran");
  g_main_loop_quit(loop);
  return G_SOURCE_REMOVE;
}
int main(void) {
  loop = g_main_loop_new(NULL, FALSE);
  GSource *source = g_timeout_source_new(100);
  g_source_set_callback(source, on_time, NULL, NULL);
  g_source_attach(source, NULL);
  first_due = g_source_get_ready_time(source);
  g_usleep(130 * 1000);
  g_idle_add(look, source);
  g_main_loop_run(loop);
  return 0;
}
END
flags="-I$root/usr/include/glib-2.0 -I$libraries/glib-2.0/include"
compile program.c -l:libglib-2.0.so.0
seen='late by at least 30 ms: yes
due 100 ms after it ran'
see "$work/program"
