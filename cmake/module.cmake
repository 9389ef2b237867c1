# tarn_module(NAME [DEPENDS lib...]): the library tarn_NAME of one folder under src/.
#
# Sources are every *.cc of the folder and its subfolders; *_test.cc and *_suite.cc become the program
# NAME_test, registered with CTest under the folder's name. What else lies in a testing/ subfolder
# becomes the library tarn_NAME_testing, which NAME_test and, by TEST_DEPENDS, the tests of higher
# folders link.
function(tarn_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB_RECURSE ALL CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(SOURCES ${ALL})
  list(FILTER SOURCES EXCLUDE REGEX "(_test|_fuzz|_main)\\.cc$|/testing/")
  set(TESTS ${ALL})
  list(FILTER TESTS INCLUDE REGEX "_(test|suite)\\.cc$")
  set(TESTING ${ALL})
  list(FILTER TESTING INCLUDE REGEX "/testing/")
  list(FILTER TESTING EXCLUDE REGEX "_(test|suite)\\.cc$")
  if(SOURCES)
    tarn_units(SOURCES)
    add_library(tarn_${NAME} STATIC ${SOURCES})
    target_include_directories(tarn_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tarn_${NAME} PUBLIC ${ARG_DEPENDS})
    tarn_use_pch(tarn_${NAME})
  else()
    add_library(tarn_${NAME} INTERFACE)
    target_include_directories(tarn_${NAME} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(tarn_${NAME} INTERFACE ${ARG_DEPENDS})
  endif()
  if(TESTING)
    add_library(tarn_${NAME}_testing STATIC ${TESTING})
    target_link_libraries(tarn_${NAME}_testing PUBLIC tarn_${NAME} GTest::gmock)
    tarn_use_pch(tarn_${NAME}_testing)
    list(APPEND ARG_TEST_DEPENDS tarn_${NAME}_testing)
  endif()
  if(TESTS)
    tarn_units(TESTS)
    add_executable(${NAME}_test ${TESTS})
    target_link_libraries(${NAME}_test PRIVATE tarn_${NAME} ${ARG_TEST_DEPENDS} GTest::gmock GTest::gtest_main)
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
      # Compiled in half the time; the precompiled header would bring its own level back.
      target_compile_options(${NAME}_test PRIVATE -Og)
    else()
      tarn_use_pch(${NAME}_test)
    endif()
    add_test(NAME ${NAME} COMMAND ${NAME}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endfunction()

# tarn_units(LIST): the sources of a list, grouped into units of TARN_UNITS (cmake/units.py).
function(tarn_units LIST)
  if(TARN_UNITS LESS 2)
    return()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${${LIST}})
  execute_process(COMMAND python3 ${CMAKE_SOURCE_DIR}/cmake/units.py ${TARN_UNITS}
                          ${CMAKE_CURRENT_BINARY_DIR}/units/${LIST} ${${LIST}}
                  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
                  OUTPUT_VARIABLE UNITS OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" UNITS "${UNITS}")
  set(${LIST} ${UNITS} PARENT_SCOPE)
endfunction()

function(tarn_use_pch TARGET)
  if(TARN_PCH)
    target_precompile_headers(${TARGET} REUSE_FROM tarn_pch)
    get_target_property(TYPE ${TARGET} TYPE)
    if(TYPE STREQUAL "EXECUTABLE")
      # The header was compiled for libraries; programs must be compiled alike to use it.
      set_target_properties(${TARGET} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${TARGET} PRIVATE -fPIC)
    endif()
  endif()
endfunction()
