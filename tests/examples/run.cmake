# Runs COMMAND in the new FOLDER; it must end well, and its output match PATTERN. One that is given
# a server, by CRIER_TEST_POSTGRES, is skipped where that is not there.
cmake_minimum_required(VERSION 3.25)

set(server $ENV{CRIER_TEST_POSTGRES})
if(server AND NOT EXISTS ${server}/.s.PGSQL.5432)
  message("PostgreSQL was not tested: this machine has no server")
  return()
endif()

file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${COMMAND} WORKING_DIRECTORY ${FOLDER}
  OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
message("${out}${err}")
if(NOT code EQUAL 0)
  message(FATAL_ERROR "ended with ${code}")
endif()
if(NOT out MATCHES "${PATTERN}")
  message(FATAL_ERROR "the output does not match ${PATTERN}")
endif()
