# Fails if a place that states the version says another one than the project does.
# Run as: cmake -D ROOT=<folder> -D VERSION=<the project's> -P versions.cmake
cmake_minimum_required(VERSION 3.25)

# expect(<file> <regular expression whose group is the version> <version>): of its first match.
function(expect file pattern version)
  file(READ ${ROOT}/${file} text)
  string(REGEX MATCH "${pattern}" found "${text}")
  if(NOT CMAKE_MATCH_1 STREQUAL version)
    message(SEND_ERROR "${file} says '${CMAKE_MATCH_1}', and the project is ${version}.")
  endif()
endfunction()

string(REGEX MATCH "^[0-9]+\\.[0-9]+" minor ${VERSION})
expect(CHANGELOG.md "\n## ([0-9.]+)" ${VERSION})
expect(include/crier/version.hpp "as in \"([0-9.]+)\"" ${VERSION})
expect(packaging/debian/changelog "^crier \\(([0-9.]+)-" ${VERSION})
expect(packaging/debian/control "\nPackage: libcrier([0-9.]+)\n" ${minor})
foreach(page IN ITEMS README.md docs/start.md docs/using.md)
  expect(${page} "find_package\\(crier ([0-9.]+) REQUIRED\\)" ${minor})
endforeach()
