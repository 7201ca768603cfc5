# Fails if <crier/crier.hpp> brings what most applications have no use for and all would pay for:
# JSON, SQLiteCpp, the headers of threads (0.4 s a file with gcc 12), or what is for tools alone.
# Run as: cmake -D ROOT=<folder> -D COMPILER=<C++ compiler> -P light_headers.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${COMPILER} -std=c++20 -I ${ROOT}/include -M
  ${ROOT}/include/crier/crier.hpp OUTPUT_VARIABLE brought COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \\\n]+" brought "${brought}")
list(LENGTH brought count)
if(count LESS 50)
  message(FATAL_ERROR "the compiler named only ${count} files: ${brought}")
endif()
set(heavy "/(nlohmann|SQLiteCpp|crier/admin)/|/c\\+\\+/.*/(algorithm|atomic|condition_variable|future|iostream|map|mutex|regex|thread)$")
list(FILTER brought INCLUDE REGEX "${heavy}")
foreach(file IN LISTS brought)
  message(SEND_ERROR "<crier/crier.hpp> brings ${file}: g++ -H tells through which header")
endforeach()
