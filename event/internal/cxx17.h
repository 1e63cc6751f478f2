#ifndef EVENT_INTERNAL_CXX17_H_
#define EVENT_INTERNAL_CXX17_H_

// For every public header: says in one line what is wrong with an older
// standard, rather than by the first word that such a one does not know.

// (Microsoft's compiler says 199711 in __cplusplus, unless it is told to tell
// the truth.)
#if __cplusplus < 201703L && (!defined(_MSVC_LANG) || _MSVC_LANG < 201703L)
#error "event_selector needs C++17: -std=c++17 or, for MSVC, /std:c++17"
#endif

#endif  // EVENT_INTERNAL_CXX17_H_
