# SPDX-License-Identifier: MIT
# What a release is made of, besides an installation: the source tarball, and the bill of materials.
add_custom_target(dist
  COMMAND ${PROJECT_SOURCE_DIR}/script/dist ${PROJECT_BINARY_DIR} VERBATIM)

# What is shipped, and what was compiled into it of others'. A static crier is in the tool.
set(shipped "")
set(inside $<TARGET_FILE:SQLiteCpp>)
find_file(NLOHMANN_JSON_HEADER nlohmann/json.hpp REQUIRED)
list(APPEND inside ${NLOHMANN_JSON_HEADER})
if(BUILD_SHARED_LIBS)
  list(APPEND shipped $<TARGET_FILE:crier>)
endif()
if(CRIER_BUILD_CLI)
  list(APPEND shipped $<TARGET_FILE:crier_tool>)
  find_file(CLI11_HEADER CLI/CLI.hpp REQUIRED)
  list(APPEND inside ${CLI11_HEADER})
endif()
if(shipped)
  list(TRANSFORM inside PREPEND --inside=)
  set(bill ${PROJECT_BINARY_DIR}/crier.cdx.json)
  add_custom_target(sbom
    COMMAND ${PROJECT_SOURCE_DIR}/script/sbom --version ${PROJECT_VERSION} ${inside} ${shipped}
            > ${bill}
    COMMENT "Writing ${bill}" VERBATIM)
  add_dependencies(sbom crier)
  if(CRIER_BUILD_CLI)
    add_dependencies(sbom crier_tool)
  endif()
  install(FILES ${bill} DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)  # if it was asked for
endif()
