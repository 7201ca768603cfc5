# Fails where the tree under ROOT breaks the rules of the house:
#   - an include goes only down a floor; folders of one floor, and the two stores, never meet
#   - a third-party header stands only in the folder that is there to hide it
#   - include/ needs std and crier/ alone
#   - cli/ sees of src/ only what base/ holds in headers alone: a shared crier exports nothing of it
#   - no file of src/, include/ or cli/ is longer than 300 lines
# Run as: cmake -D ROOT=<folder> -P floors.cmake
cmake_minimum_required(VERSION 3.25)

set(floor_base 0)
set(floor_codec 1)
set(floor_refresh 1)
set(floor_store 1)
set(floor_cache 1)
set(floor_messenger 2)
set(floor_poller 2)
set(floor_keeper 2)
set(floor_node 3)
set(floor_testing 1)
set(max_lines 300)

# A header's first word, and the files that may include it.
set(home_nlohmann "^(src/codec/|cli/json\\.hpp$|include/crier/(payload_refresher|json_value)\\.hpp$)")
set(home_SQLiteCpp "^(src/store/sqlite/|include/crier/sqlitecpp\\.hpp$)")
set(home_sqlite3 "^src/store/sqlite/")
set(home_libpq-fe "^src/store/postgres/")
set(home_pqxx "^src/store/postgres/")
set(home_hiredis "^src/cache/redis/")
set(home_openssl "^src/cache/redis/")
set(home_CLI "^cli/")
set(home_microhttpd "^cli/serve/")
set(home_doctest "^tests/")

set(good TRUE)
function(problem file)
  string(JOIN "" what ${ARGN})
  message(SEND_ERROR "${file}: ${what}")
  set(good FALSE PARENT_SCOPE)
endfunction()

function(count_lines content result)
  string(REGEX REPLACE "[^\n]" "" ends "${content}")
  string(LENGTH "${ends}" lines)
  set(${result} ${lines} PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${ROOT}
  ${ROOT}/src/*.[ch]pp ${ROOT}/include/*.[ch]pp ${ROOT}/cli/*.[ch]pp)
if(NOT files)
  message(FATAL_ERROR "${ROOT}: no C++ files in src/, include/ or cli/.")
endif()

foreach(file IN LISTS files)
  file(READ ${ROOT}/${file} content)
  count_lines("${content}" lines)
  if(lines GREATER max_lines)
    problem(${file} "${lines} lines, more than ${max_lines}: give its second purpose a file")
  endif()

  set(folder "")
  if(file MATCHES "^src/([^/]+)/")
    set(folder ${CMAKE_MATCH_1})
    if(NOT DEFINED floor_${folder})
      problem(${file} "the folder src/${folder}/ has no floor: add it to tests/floors.cmake")
      continue()
    endif()
  endif()

  string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]*[<\"][^>\"\n]+[>\"]" includes "\n${content}")
  foreach(include IN LISTS includes)
    string(REGEX MATCH "([<\"])([^>\"]+)[>\"]" ignored "${include}")
    set(quoted FALSE)
    if(CMAKE_MATCH_1 STREQUAL "\"")
      set(quoted TRUE)
    endif()
    set(header ${CMAKE_MATCH_2})

    string(REGEX MATCH "^[A-Za-z0-9_-]+" word ${header})
    if(NOT quoted AND DEFINED home_${word} AND NOT file MATCHES "${home_${word}}")
      problem(${file} "<${header}> does not belong here: only files that match ${home_${word}} may")
    endif()

    if(file MATCHES "^include/")
      if(quoted OR (header MATCHES "[./]" AND NOT header MATCHES "^(crier|nlohmann|SQLiteCpp)/"))
        problem(${file} "${header}: a public header includes std and <crier/...> only")
      endif()
    elseif(file MATCHES "^cli/")
      cmake_path(GET file PARENT_PATH parent)
      set(of_base FALSE)
      if(header MATCHES "^base/[a-z0-9_]+\\.hpp$" AND EXISTS ${ROOT}/src/${header})
        string(REPLACE ".hpp" ".cpp" source ${header})
        if(NOT EXISTS ${ROOT}/src/${source})
          set(of_base TRUE)
        endif()
      endif()
      if(quoted AND NOT of_base AND
         NOT EXISTS ${ROOT}/cli/${header} AND NOT EXISTS ${ROOT}/${parent}/${header})
        problem(${file} "${header} is no file of cli/: the tool sees the public headers, and those "
                        "of base/ that have no source file")
      endif()
    elseif(quoted)
      string(REGEX MATCH "^([^/]+)/" ignored ${header})
      set(other "${CMAKE_MATCH_1}")
      if(NOT DEFINED floor_${other})
        problem(${file} "\"${header}\" is not a path from src/, as in \"store/migrator.hpp\"")
      elseif(NOT other STREQUAL folder AND NOT floor_${other} LESS floor_${folder})
        problem(${file} "\"${header}\" is on floor ${floor_${other}}, and src/${folder}/ on floor "
                        "${floor_${folder}}: an include goes down only")
      elseif((file MATCHES "^src/store/sqlite/" AND header MATCHES "^store/postgres/") OR
             (file MATCHES "^src/store/postgres/" AND header MATCHES "^store/sqlite/"))
        problem(${file} "\"${header}\": the stores never meet")
      endif()
    endif()
  endforeach()
endforeach()

list(LENGTH files count)
if(good)
  message(STATUS "${count} files, each on its floor.")
endif()
