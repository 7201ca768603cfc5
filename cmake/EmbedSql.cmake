# crier_embed_sql(<target> <folder> [NAMESPACE <name>]): makes `migrations()` of the folder's
# numbered .sql files and adds it to the target, in namespace crier::<name> (else the folder's
# name). Editing or adding a .sql file configures again.
function(crier_embed_sql target folder)
  cmake_parse_arguments(arg "" "NAMESPACE" "" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} sql)
    string(APPEND entries "      {\"${name}\", R\"crier_sql(${sql})crier_sql\"},\n")
  endforeach()
  get_filename_component(dialect ${folder} NAME)
  if(NOT arg_NAMESPACE)
    set(arg_NAMESPACE ${dialect})
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${dialect}_migrations.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made from migrations/${dialect}/*.sql.
#include \"store/migrator.hpp\"

namespace crier::${arg_NAMESPACE} {

std::vector<Migration> migrations() {
  return numbered({
${entries}  });
}

}  // namespace crier::${arg_NAMESPACE}
")
  target_sources(${target} PRIVATE ${source})
endfunction()
