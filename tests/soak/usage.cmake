# A command line that is wrong ends the program SOAK with 2, and is said.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${SOAK} --nodes 0
  OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
if(NOT code EQUAL 2 OR NOT out STREQUAL "")
  message(FATAL_ERROR "ended with ${code}: ${out}${err}")
endif()
if(NOT err STREQUAL "soak: --nodes wants a whole number from 1 to 200, not '0'\n")
  message(FATAL_ERROR "says: ${err}")
endif()
