# Installs the libraries, the public headers, and what find_package and
# pkg-config read.
include(CMakePackageConfigHelpers)

# In a folder of their own, since others may have an event/event.h as well.
set(event_selector_include ${CMAKE_INSTALL_INCLUDEDIR}/event_selector)
set(event_selector_package ${CMAKE_INSTALL_LIBDIR}/cmake/event_selector)

foreach(header IN LISTS
    EVENT_SELECTOR_HEADERS
    EVENT_SELECTOR_INSTRUMENTED_SELECTOR_HEADERS
    EVENT_SELECTOR_TESTING_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${event_selector_include}/${folder})
endforeach()

install(TARGETS event_selector event_selector_instrumented_selector event_selector_testing
  EXPORT event_selector
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT event_selector
  FILE event_selectorTargets.cmake
  NAMESPACE event_selector::
  DESTINATION ${event_selector_package})
set(event_selector_packages ${EVENT_SELECTOR_${EVENT_SELECTOR_SELECTED}_DEPS})
list(FILTER event_selector_packages INCLUDE REGEX "^PkgConfig::")
configure_package_config_file(cmake/event_selectorConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/event_selectorConfig.cmake
  INSTALL_DESTINATION ${event_selector_package})
# Until 1.0.0 a new minor version may break what was promised.
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/event_selectorConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/event_selectorConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/event_selectorConfigVersion.cmake
  DESTINATION ${event_selector_package})
install(FILES cmake/packages.cmake
  DESTINATION ${event_selector_package} RENAME event_selectorPackages.cmake)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# event_selector_pkg_config(NAME LISTS DESCRIPTION [NAME OF ANOTHER...]) writes
# the file for pkg-config of a library that needs the others.
function(event_selector_pkg_config name lists description)
  get_target_property(type ${name} TYPE)
  set(deps ${${lists}_PUBLIC_DEPS})
  set(libs_private)
  if(name STREQUAL "event_selector")
    set(libs_private ${CMAKE_THREAD_LIBS_INIT})
    if(WIN32)
      list(APPEND libs_private -lws2_32)
    endif()
    set(more_deps ${EVENT_SELECTOR_${EVENT_SELECTOR_SELECTED}_DEPS})
  endif()
  # Who links an archive links all that it needs, whether or not he asked for
  # --static: there is no shared library that would bring it.
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND deps ${${lists}_PRIVATE_DEPS} ${more_deps})
    set(libs ${libs_private})
  endif()
  list(REMOVE_DUPLICATES deps)
  list(TRANSFORM deps REPLACE "^absl::" "absl_")
  list(TRANSFORM deps REPLACE "^PkgConfig::" "")
  list(JOIN deps ", " requires)
  foreach(other IN LISTS ARGN)
    set(requires "${other} = ${PROJECT_VERSION}, ${requires}")
  endforeach()
  list(JOIN libs " " libs)
  configure_file(cmake/event_selector.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

event_selector_pkg_config(event_selector EVENT_SELECTOR "${PROJECT_DESCRIPTION}")
event_selector_pkg_config(event_selector_instrumented_selector
  EVENT_SELECTOR_INSTRUMENTED_SELECTOR
  "A selector that counts what passes through another one" event_selector)
event_selector_pkg_config(event_selector_testing EVENT_SELECTOR_TESTING
  "A simulated selector for tests" event_selector)
