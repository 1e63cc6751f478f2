# Which backend Selector::Create uses: sets EVENT_SELECTOR_SELECTED.
set(EVENT_SELECTOR_BACKEND auto CACHE STRING
  "The backend of Selector::Create; auto follows the target system")
set_property(CACHE EVENT_SELECTOR_BACKEND PROPERTY STRINGS ${EVENT_SELECTOR_BACKENDS})

string(REPLACE ";" ", " names "${EVENT_SELECTOR_BACKENDS}")
if(NOT EVENT_SELECTOR_BACKEND IN_LIST EVENT_SELECTOR_BACKENDS)
  message(FATAL_ERROR
    "EVENT_SELECTOR_BACKEND is \"${EVENT_SELECTOR_BACKEND}\", and has to be one of ${names}")
endif()

set(EVENT_SELECTOR_SELECTED ${EVENT_SELECTOR_BACKEND})
if(EVENT_SELECTOR_SELECTED STREQUAL "auto")
  set(EVENT_SELECTOR_SELECTED ${EVENT_SELECTOR_AUTO})
  if(NOT EVENT_SELECTOR_SELECTED)
    message(FATAL_ERROR
      "event_selector has no backend of its own choice for ${CMAKE_SYSTEM_NAME}: "
      "set EVENT_SELECTOR_BACKEND to one of ${names}")
  endif()
endif()
if(NOT EVENT_SELECTOR_${EVENT_SELECTOR_SELECTED}_SOURCES)
  message(FATAL_ERROR
    "The backend ${EVENT_SELECTOR_SELECTED} cannot be built for ${CMAKE_SYSTEM_NAME}: "
    "set EVENT_SELECTOR_BACKEND to auto or another of ${names}")
endif()
message(STATUS "event_selector: the backend is ${EVENT_SELECTOR_SELECTED}")
