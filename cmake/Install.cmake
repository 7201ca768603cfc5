# What `cmake --install` puts where: the library with its headers, the tool, and what
# find_package(crier) and pkg-config read.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/crier)

install(TARGETS crier EXPORT crierTargets FILE_SET HEADERS)
if(CRIER_BUILD_TESTING_KIT)
  install(TARGETS crier_testing EXPORT crierTargets FILE_SET HEADERS)
endif()
if(CRIER_BUILD_CLI)
  install(TARGETS crier_tool)
  install(DIRECTORY contrib DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
install(EXPORT crierTargets NAMESPACE crier:: DESTINATION ${package_dir})
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN site EXCLUDE)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/crierConfig.cmake.in
  ${PROJECT_BINARY_DIR}/crierConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/crierConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/crierConfig.cmake ${PROJECT_BINARY_DIR}/crierConfigVersion.cmake
  DESTINATION ${package_dir})

# The prefix is found from the .pc file itself, so that an installed tree can be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
# A static library is the only one there: whoever links it needs what it is made of.
set(pc_libs "")
if(NOT BUILD_SHARED_LIBS)
  set(pc_libs " -lSQLiteCpp -lsqlite3 -pthread")
  if(CRIER_REDIS)
    string(APPEND pc_libs " -lhiredis")
  endif()
  if(CRIER_REDIS_TLS)
    string(APPEND pc_libs " -lssl -lcrypto")
  endif()
  if(CRIER_POSTGRES)
    string(APPEND pc_libs " -lpq")
  endif()
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/crier.pc.in ${PROJECT_BINARY_DIR}/crier.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/crier.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(CRIER_BUILD_TESTING_KIT)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/crier-testing.pc.in ${PROJECT_BINARY_DIR}/crier-testing.pc
    @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/crier-testing.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
