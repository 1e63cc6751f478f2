# Sets EVENT_SELECTOR_SYSTEM to the target system, by the names of Bazel's
# @platforms//os.
string(TOLOWER "${CMAKE_SYSTEM_NAME}" EVENT_SELECTOR_SYSTEM)
if(EVENT_SELECTOR_SYSTEM STREQUAL "darwin")
  set(EVENT_SELECTOR_SYSTEM macos)
endif()
