#include "tests/support/libevent.h"

#include <dlfcn.h>

#include <string>

// The second is a part of the first that depends on the processor: a
// cross-compiler may see the one without the other.
#if __has_include(<event2/event.h>) && __has_include(<event2/event-config.h>)
#include <event2/event.h>
#include <event2/util.h>
#define HAS_LIBEVENTS_HEADERS 1
#else
#define HAS_LIBEVENTS_HEADERS 0
#endif

#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

void* Library() {
  static void* const library = [] {
    // That of version 2.1, in Debian and elsewhere; the second also has what
    // is not needed here.
    void* const core = dlopen("libevent_core-2.1.so.7", RTLD_NOW | RTLD_LOCAL);
    if (core != nullptr) return core;
    return dlopen("libevent-2.1.so.7", RTLD_NOW | RTLD_LOCAL);
  }();
  return library;
}

#if HAS_LIBEVENTS_HEADERS

template <typename Function>
Function* Find(const char* name) {
  void* const found = Library() == nullptr ? nullptr : dlsym(Library(), name);
  if (found == nullptr) Die(std::string("libevent has no ") + name);
  return reinterpret_cast<Function*>(found);
}

#endif

}  // namespace

bool HasLibevent() { return HAS_LIBEVENTS_HEADERS && Library() != nullptr; }

}  // namespace testing
}  // namespace event_selector

#if HAS_LIBEVENTS_HEADERS

using event_selector::testing::Find;

extern "C" {

struct event_base* event_base_new(void) {
  return Find<decltype(event_base_new)>("event_base_new")();
}

void event_base_free(struct event_base* base) {
  Find<decltype(event_base_free)>("event_base_free")(base);
}

int event_base_loop(struct event_base* base, int flags) {
  return Find<decltype(event_base_loop)>("event_base_loop")(base, flags);
}

struct event* event_new(struct event_base* base, evutil_socket_t fd,
                        short events, event_callback_fn callback,
                        void* argument) {
  return Find<decltype(event_new)>("event_new")(base, fd, events, callback,
                                                argument);
}

int event_add(struct event* added, const struct timeval* timeout) {
  return Find<decltype(event_add)>("event_add")(added, timeout);
}

void event_free(struct event* freed) {
  Find<decltype(event_free)>("event_free")(freed);
}

}  // extern "C"

#endif  // HAS_LIBEVENTS_HEADERS
