# crier_embed_files(<target> <header> <file>...): makes `embedded_file(name)`, which <header> of the
# target's declares in crier::cli, of these files, and adds it to the target. Editing one configures
# again.
function(crier_embed_files target header)
  set(entries "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(APPEND entries "  if (name == \"${name}\") {\n    return R\"crier_file(${text})crier_file\";\n  }\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"// Made from files of the tree.
#include \"${header}\"

namespace crier::cli {

std::string_view embedded_file(std::string_view name) {
${entries}  return {};
}

}  // namespace crier::cli
")
  target_sources(${target} PRIVATE ${source})
endfunction()
