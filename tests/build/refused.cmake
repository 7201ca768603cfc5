# Each file of refused/ must fail to compile with the sentence of its first line, and must say no
# more than three errors in all: a wall of a library's own is no answer.
# Run as: cmake -D ROOT=<folder> -D COMPILER=<C++ compiler> -P refused.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB files ${CMAKE_CURRENT_LIST_DIR}/refused/*.cpp)
if(NOT files)
  message(FATAL_ERROR "${CMAKE_CURRENT_LIST_DIR}/refused/ is empty")
endif()
foreach(file IN LISTS files)
  file(STRINGS ${file} sentence LIMIT_COUNT 1)
  string(REGEX REPLACE "^// " "" sentence "${sentence}")
  execute_process(COMMAND ${COMPILER} -std=c++20 -I ${ROOT}/include -fsyntax-only ${file}
    RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
  string(FIND "${said}" "${sentence}" place)
  string(REGEX MATCHALL "error: " errors "${said}")
  list(LENGTH errors count)
  if(result EQUAL 0)
    message(SEND_ERROR "${file} compiles")
  elseif(place LESS 0 OR count GREATER 3)
    message(SEND_ERROR "${file}: ${count} errors, where '${sentence}' was to be said:\n${said}")
  endif()
endforeach()
