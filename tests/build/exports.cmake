# Compares what a shared crier exports with what include/ marks CRIER_EXPORT: no name beyond these,
# each of these, and the type of Error, by which other libraries catch it.
# Run as: cmake -D ROOT=<folder> -D LIBRARY=<libcrier.so> -D NM=<nm> -P exports.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers ${ROOT}/include/crier/*.hpp)
# The test kit is a library of its own.
list(REMOVE_ITEM headers ${ROOT}/include/crier/export.hpp ${ROOT}/include/crier/testing.hpp)
set(marked "")
foreach(header IN LISTS headers)
  file(READ ${header} text)
  # `class CRIER_EXPORT Node {`, `CRIER_EXPORT std::string to_json(`: the last word before what ends
  # the name.
  string(REGEX MATCHALL "CRIER_EXPORT [^({;]*[({]" marks "${text}")
  foreach(mark IN LISTS marks)
    string(REGEX REPLACE " (final )?(: [^{]*)?[({]$|[({]$" "" mark "${mark}")
    string(REGEX MATCH "[A-Za-z_]+$" name "${mark}")
    list(APPEND marked ${name})
  endforeach()
endforeach()
list(REMOVE_DUPLICATES marked)
# Marked for who derives from them; the library itself has no function of theirs to export.
list(REMOVE_ITEM marked Observer FallbackRefresher)

execute_process(COMMAND ${NM} --dynamic --defined-only --demangle ${LIBRARY}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE "\n$" "" symbols "${symbols}")
string(REPLACE ";" "," symbols "${symbols}")
string(REPLACE "\n" ";" symbols "${symbols}")
set(exported "")
foreach(symbol IN LISTS symbols)
  string(REGEX REPLACE "^[0-9a-f]* [A-Za-z] " "" name "${symbol}")
  string(REGEX REPLACE "^(typeinfo name|typeinfo|vtable|VTT|non-virtual thunk|virtual thunk|guard variable) (for|to) " "" name "${name}")
  if(name MATCHES "^crier::(detail::)?([A-Za-z_]+)" AND CMAKE_MATCH_2 IN_LIST marked)
    list(APPEND exported ${CMAKE_MATCH_2})
  else()
    message(SEND_ERROR "exported, and not marked CRIER_EXPORT in include/: ${symbol}")
  endif()
endforeach()
foreach(name IN LISTS marked)
  if(NOT name IN_LIST exported)
    message(SEND_ERROR "marked CRIER_EXPORT, and not exported: ${name}")
  endif()
endforeach()
if(NOT symbols MATCHES "typeinfo for crier::Error(;|$)")
  message(SEND_ERROR "the type of crier::Error is not exported: who links crier can't catch it")
endif()
list(LENGTH marked count)
message(STATUS "${count} names are exported.")
