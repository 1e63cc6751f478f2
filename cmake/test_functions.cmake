# What tests.cmake calls.

# event_selector_test_library(NAME SOURCES ... INCLUDES ... DEFINES ... DEPS ...
# KEPT_WHOLE) is a cc_library. What NAME_objects is built from is part of each
# program that the library is KEPT_WHOLE for (Bazel: alwayslink).
function(event_selector_test_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "KEPT_WHOLE" "" "SOURCES;INCLUDES;DEFINES;DEPS")
  event_selector_find_packages(${arg_DEPS})
  # The selected backend's is tested in the library that users get.
  get_target_property(there event_selector SOURCES)
  if(arg_SOURCES)
    list(REMOVE_ITEM arg_SOURCES ${there})
  endif()
  set(visibility PUBLIC)
  if(NOT arg_SOURCES)
    set(visibility INTERFACE)
    add_library(${name} INTERFACE)
  elseif(arg_KEPT_WHOLE)
    set(visibility INTERFACE)
    add_library(${name} INTERFACE)
    add_library(${name}_objects OBJECT ${arg_SOURCES})
    target_link_libraries(${name}_objects PRIVATE ${name})
  else()
    add_library(${name} STATIC ${arg_SOURCES})
    target_compile_definitions(${name} PRIVATE ${arg_DEFINES})
  endif()
  target_link_libraries(${name} ${visibility} event_selector ${arg_DEPS})
  foreach(folder IN LISTS arg_INCLUDES)
    target_include_directories(${name} ${visibility} ${PROJECT_SOURCE_DIR}/${folder})
  endforeach()
endfunction()

# event_selector_test(PATH SOURCES ... DEFINES ... DEPS ... OBJECTS ...) is a
# cc_test; OBJECTS are the libraries that are kept whole. The target of a folder,
# event_selector_tests_event for one, builds all of its tests.
function(event_selector_test path)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEFINES;DEPS;OBJECTS")
  string(REPLACE "/" "_" name "event_selector_${path}")
  add_executable(${name} ${arg_SOURCES})
  foreach(library IN LISTS arg_OBJECTS)
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:${library}_objects>)
  endforeach()
  target_compile_definitions(${name} PRIVATE ${arg_DEFINES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  get_filename_component(folder ${path} DIRECTORY)
  string(REPLACE "/" "_" folder "event_selector_${folder}")
  if(NOT TARGET ${folder})
    add_custom_target(${folder})
  endif()
  add_dependencies(${folder} ${name})
  add_test(NAME ${path} COMMAND ${name})
  set_tests_properties(${path} PROPERTIES TIMEOUT 300)
endfunction()
