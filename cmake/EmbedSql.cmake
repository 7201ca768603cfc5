# crier_embed_migrations(<target> <folder> [NAMESPACE <name>]): makes `migrations()` of the folder's
# numbered .sql files and adds it to the target, in namespace crier::<name> (else the folder's
# name). Editing or adding a .sql file configures again.
function(crier_embed_migrations target folder)
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
#include \"store/sql/migrator.hpp\"

namespace crier::${arg_NAMESPACE} {

std::vector<Migration> migrations() {
  return numbered({
${entries}  });
}

}  // namespace crier::${arg_NAMESPACE}
")
  target_sources(${target} PRIVATE ${source})
endfunction()

# crier_embed_statements(<target> <file> [NAMESPACE <name>]): makes `statements()` of the file and
# adds it to the target, in namespace crier::<name> (else the file's name). Editing the file
# configures again.
function(crier_embed_statements target file)
  cmake_parse_arguments(arg "" "NAMESPACE" "" ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} sql)
  get_filename_component(dialect ${file} NAME_WE)
  if(NOT arg_NAMESPACE)
    set(arg_NAMESPACE ${dialect})
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${dialect}_statements.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made from statements/${dialect}.sql.
#include \"store/${arg_NAMESPACE}/statements.hpp\"

namespace crier::${arg_NAMESPACE} {

const sql::StatementFile& statements() {
  // Never destroyed: threads may go on while the process calls exit().
  static const auto& file = *new sql::StatementFile(R\"crier_sql(${sql})crier_sql\");
  return file;
}

}  // namespace crier::${arg_NAMESPACE}
")
  target_sources(${target} PRIVATE ${source})
endfunction()

# crier_embed_schema(<target> <file> [NAMESPACE <name>]): makes `schema_text()` of the file and adds
# it to the target, in namespace crier::<name> (else the file's name). Editing the file configures
# again.
function(crier_embed_schema target file)
  cmake_parse_arguments(arg "" "NAMESPACE" "" ${ARGN})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} sql)
  get_filename_component(dialect ${file} NAME_WE)
  if(NOT arg_NAMESPACE)
    set(arg_NAMESPACE ${dialect})
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${dialect}_schema.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made from schema/${dialect}.sql.
#include \"store/${arg_NAMESPACE}/repair.hpp\"

namespace crier::${arg_NAMESPACE} {

const std::string& schema_text() {
  // Never destroyed: threads may go on while the process calls exit().
  static const auto& text = *new std::string(R\"crier_sql(${sql})crier_sql\");
  return text;
}

}  // namespace crier::${arg_NAMESPACE}
")
  target_sources(${target} PRIVATE ${source})
endfunction()
