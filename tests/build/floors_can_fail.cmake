# Builds small trees in the folder TREE, each with one fault, and demands that FLOORS
# (tests/floors.cmake) refuses it and names the fault; and that it accepts one without fault.
cmake_minimum_required(VERSION 3.25)

function(check_floors)
  execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${TREE} -P ${FLOORS}
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  set(code ${code} PARENT_SCOPE)
  # Messages are wrapped at the width of a terminal.
  string(REGEX REPLACE "[ \n]+" " " out "${out}")
  set(out "${out}" PARENT_SCOPE)
endfunction()

function(refuses file content message)
  file(REMOVE_RECURSE ${TREE})
  file(WRITE ${TREE}/${file} "${content}")
  check_floors()
  string(FIND "${out}" "${file}: ${message}" place)
  if(code EQUAL 0 OR place LESS 0)
    message(SEND_ERROR "${file} with ${content}: not refused with \"${message}\" but: ${out}")
  endif()
endfunction()

refuses(src/base/a.cpp "#include \"codec/json.hpp\"\n" "\"codec/json.hpp\" is on floor 1")
refuses(src/codec/a.cpp "#include \"store/migrator.hpp\"\n" "\"store/migrator.hpp\" is on floor 1")
refuses(src/poller/a.cpp "#  include \"messenger/m.hpp\"\n" "\"messenger/m.hpp\" is on floor 2")
refuses(src/store/sqlite/a.cpp "#include \"store/postgres/b.hpp\"\n"
        "\"store/postgres/b.hpp\": the stores never meet")
refuses(src/codec/a.cpp "#include \"../base/guid.hpp\"\n" "\"../base/guid.hpp\" is not a path")
refuses(src/codec/a.cpp "#include \"json.hpp\"\n" "\"json.hpp\" is not a path from src/")
refuses(src/attic/a.cpp "\n" "the folder src/attic/ has no floor")
refuses(src/refresh/a.cpp "#include <nlohmann/json.hpp>\n" "<nlohmann/json.hpp> does not belong")
refuses(include/crier/a.hpp "#include <nlohmann/json.hpp>\n" "<nlohmann/json.hpp> does not")
refuses(src/store/open_store.cpp "#include <SQLiteCpp/SQLiteCpp.h>\n" "<SQLiteCpp/SQLiteCpp.h> does")
refuses(src/node/a.cpp "#include <sqlite3.h>\n" "<sqlite3.h> does not belong here")
refuses(src/node/a.cpp "#include <CLI/CLI.hpp>\n" "<CLI/CLI.hpp> does not belong here")
refuses(cli/a.cpp "#include <doctest/doctest.h>\n" "<doctest/doctest.h> does not belong here")
refuses(cli/a.cpp "#include \"store/migrator.hpp\"\n" "store/migrator.hpp is no file of cli/")
refuses(include/crier/a.hpp "#include \"guid.hpp\"\n" "guid.hpp: a public header includes std")
refuses(include/crier/a.hpp "#include <unistd.h>\n" "unistd.h: a public header includes std")
string(REPEAT "int x;\n" 301 long)
refuses(src/base/long.cpp "${long}" "301 lines, more than 300")

file(REMOVE_RECURSE ${TREE})
string(REPEAT "int x;\n" 298 long)
file(WRITE ${TREE}/src/node/node.cpp
  "#include \"node/node.hpp\"\n#include \"store/sqlite/open.hpp\"\n${long}")
file(WRITE ${TREE}/src/codec/json.cpp "#include <crier/guid.hpp>\n#include <nlohmann/json.hpp>\n")
file(WRITE ${TREE}/cli/app.hpp "#include <CLI/CLI.hpp>\n")
file(WRITE ${TREE}/cli/commands/list.cpp "#include \"app.hpp\"\n#include <vector>\n")
check_floors()
if(NOT code EQUAL 0)
  message(SEND_ERROR "a tree without fault was refused: ${out}")
endif()
