# crier_embed_sql(<target> <folder>): makes `migrations()` of the folder's numbered .sql files and
# adds it to the target. Editing or adding a .sql file configures again.
function(crier_embed_sql target folder)
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
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${dialect}_migrations.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made from migrations/${dialect}/*.sql.
#include \"store/migrator.hpp\"

namespace crier::${dialect} {

std::vector<Migration> migrations() {
  return numbered({
${entries}  });
}

}  // namespace crier::${dialect}
")
  target_sources(${target} PRIVATE ${source})
endfunction()
