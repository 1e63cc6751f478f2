# event_selector_find_packages(TARGET...) finds those named PkgConfig::NAME, which
# have no files for CMake, by pkg-config.
function(event_selector_find_packages)
  foreach(target IN LISTS ARGN)
    if(target MATCHES "^PkgConfig::(.*)$" AND NOT TARGET ${target})
      find_package(PkgConfig REQUIRED)
      pkg_check_modules(${CMAKE_MATCH_1} REQUIRED IMPORTED_TARGET GLOBAL ${CMAKE_MATCH_1})
    endif()
  endforeach()
endfunction()
