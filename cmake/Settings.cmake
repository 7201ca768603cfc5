# What holds for each of our own targets, and for no one else's: linked PRIVATE.
add_library(crier_settings INTERFACE)
target_compile_options(crier_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:GNU>:-Wno-overloaded-virtual>
  # So that __FILE__ is the same in each checkout, and ccache knows the object again.
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=
  # gcc bug 105651, mended in 13: with -O3 it takes "text" + std::string for an overlapping copy.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)

# The tests are run once each: what optimising them costs, they never save. Their flags otherwise
# stay those of the build.
set(CRIER_TEST_FLAGS "" CACHE STRING "Compiler flags of the tests, after all others")

if(CMAKE_EXPORT_COMPILE_COMMANDS STREQUAL "")
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()
include(GNUInstallDirs)
