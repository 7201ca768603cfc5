# A node that silently loses one instruction must be found out by the program SOAK.
cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND ${SOAK} --minutes 0.05 --nodes 2 --writers 1 --kill-every 0 --no-faults --sabotage lose
  OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
message("${out}${err}")
if(NOT code EQUAL 1)
  message(FATAL_ERROR "ended with ${code}")
endif()
if(NOT out MATCHES "\nlost: node-1 passed entry [0-9]+: .*\nlost 1, stuck 0, ")
  message(FATAL_ERROR "does not say that node-1 has lost one")
endif()
if(out MATCHES "\nkept: ([^\n]+)")
  file(REMOVE_RECURSE ${CMAKE_MATCH_1})
endif()
