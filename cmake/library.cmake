# event_selector_library(NAME LISTS) defines the library of the variables
# LISTS_SOURCES and so on in sources.cmake, and event_selector::NAME for those
# who use it. BUILD_SHARED_LIBS says whether it is a shared one.
function(event_selector_library name lists)
  # The libraries stand beside each other and find each other.
  if(APPLE)
    set(beside @loader_path)
  else()
    set(beside $ORIGIN)
  endif()
  add_library(${name} ${${lists}_SOURCES})
  # Without the project's name, where the library has it as well.
  string(REGEX REPLACE "^event_selector_" "" exported ${name})
  add_library(event_selector::${exported} ALIAS ${name})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/event_selector>)
  target_compile_features(${name} PUBLIC cxx_std_17)
  target_link_libraries(${name}
    PUBLIC ${${lists}_PUBLIC_DEPS} PRIVATE ${${lists}_PRIVATE_DEPS})
  set_target_properties(${name} PROPERTIES
    EXPORT_NAME ${exported}
    VERSION ${PROJECT_VERSION}
    # Until 1.0.0 a new minor version may have another binary interface.
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    INSTALL_RPATH ${beside}
    POSITION_INDEPENDENT_CODE ON
    # The sources do not say what a shared library exports: all of it, whatever
    # a project around this one has set.
    DEFINE_SYMBOL ""
    CXX_VISIBILITY_PRESET default
    VISIBILITY_INLINES_HIDDEN OFF
    WINDOWS_EXPORT_ALL_SYMBOLS ON)
endfunction()
