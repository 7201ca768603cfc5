# Fails where a file of the project names a folder of the machine it was written on.
cmake_minimum_required(VERSION 3.25)

find_program(GIT git)
if(GIT AND EXISTS ${ROOT}/.git)
  execute_process(COMMAND ${GIT} -C ${ROOT} -c safe.directory=* ls-files --cached --others
                          --exclude-standard OUTPUT_VARIABLE files COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "\n" ";" files "${files}")
else()
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*)
  list(FILTER files EXCLUDE REGEX "^(\\.git|build[^/]*)/")
endif()

foreach(file IN LISTS files)
  if(EXISTS ${ROOT}/${file} AND NOT file STREQUAL "")
    file(STRINGS ${ROOT}/${file} lines REGEX "(^|[^A-Za-z0-9._])/(work|root|home)/")
    if(lines)
      message(SEND_ERROR "${file} names a folder of one machine: ${lines}")
    endif()
  endif()
endforeach()
