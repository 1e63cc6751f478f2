#ifndef EVENT_VERSION_H_
#define EVENT_VERSION_H_

#include "event/internal/cxx17.h"

// The version of this library, which follows Semantic Versioning: while the
// major version is 0, a new minor version may break what was promised.
//
//   #if EVENT_SELECTOR_VERSION >= 100  // 0.1.0
//
// The headers alone say it. A program that loads the library as a shared object
// may meet a later patch of the same minor version.
#define EVENT_SELECTOR_VERSION_MAJOR 0
#define EVENT_SELECTOR_VERSION_MINOR 1
#define EVENT_SELECTOR_VERSION_PATCH 0

// As one number to compare: 0.1.0 is 100, 1.2.3 is 10203.
#define EVENT_SELECTOR_VERSION                                                 \
  (EVENT_SELECTOR_VERSION_MAJOR * 10000 + EVENT_SELECTOR_VERSION_MINOR * 100 + \
   EVENT_SELECTOR_VERSION_PATCH)

// As text.
#define EVENT_SELECTOR_VERSION_STRING "0.1.0"

#endif  // EVENT_VERSION_H_
