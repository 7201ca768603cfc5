# A node that silently loses one instruction, or serves what it has loaded first for ever, must be
# found out by the program SOAK.
cmake_minimum_required(VERSION 3.25)

function(finds sabotage pattern)
  foreach(minutes 0.05 0.5 2)  # on a machine under load little happens in a few seconds
    execute_process(
      COMMAND ${SOAK} --minutes ${minutes} --nodes 2 --writers 1 --kill-every 0 --no-faults
              --sabotage ${sabotage}
      OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE code)
    message("${out}${err}")
    if(code EQUAL 1 AND out MATCHES "${pattern}")
      break()
    endif()
  endforeach()
  if(NOT code EQUAL 1)
    message(FATAL_ERROR "ended with ${code}")
  endif()
  if(NOT out MATCHES "${pattern}")
    message(FATAL_ERROR "does not say what is wrong with node-1")
  endif()
  if(out MATCHES "\nkept: ([^\n]+)")
    file(REMOVE_RECURSE ${CMAKE_MATCH_1})
  endif()
endfunction()

finds(lose "\nlost: [^\n]*: node-1 has passed entry [0-9]+, and has not applied [a-z]+/[0-9]+\n(.*\n)?lost 1, stuck 0, ")
finds(outdate "\nstale[^\n]*: [0-9]+ read node-1 .*\nlost 0, stuck 0, ")
