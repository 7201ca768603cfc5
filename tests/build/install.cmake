# Installs the build in BUILD to PREFIX, and looks at what came: all that is public, nothing else,
# and no path of the machine that it was built on.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

set(public
  "^include/crier/(admin/)?[a-z_]+\\.hpp$"
  "^lib[^/]*(/[^/]+-linux-[^/]+)?/libcrier\\.(a|so[0-9.]*)$"
  "^lib[^/]*(/[^/]+-linux-[^/]+)?/libcrier_testing\\.a$"
  "/cmake/crier/crier[A-Za-z-]+\\.cmake$"
  "/pkgconfig/crier\\.pc$"
  "/pkgconfig/crier-testing\\.pc$"
  "^share/doc/crier/(LICENSE|README\\.md|CHANGELOG\\.md|crier\\.cdx\\.json|docs/.*)$")
if(TOOL)
  list(APPEND public
    "^bin/crier$"
    "^share/doc/crier/contrib/"
    "^share/man/man1/crier\\.1$"
    "^share/man/man1/crier-cache-set\\.1$"
    "^share/man/man1/crier-[a-z-]+\\.1$"
    "^share/bash-completion/completions/crier$"
    "^share/zsh/site-functions/_crier$"
    "^share/fish/vendor_completions\\.d/crier\\.fish$")
endif()
file(GLOB_RECURSE files RELATIVE ${PREFIX} ${PREFIX}/*)
list(JOIN public "|" any)
foreach(file IN LISTS files)
  if(NOT file MATCHES "${any}")
    message(SEND_ERROR "${file} was installed, and nobody has use for it there.")
  endif()
  if(file MATCHES "\\.(cmake|pc)$")
    file(READ ${PREFIX}/${file} text)
    string(FIND "${text}" ${SOURCE} place)
    if(NOT place LESS 0)
      message(SEND_ERROR "${file} points into the source folder.")
    endif()
  endif()
endforeach()
if(TOOL)
  execute_process(COMMAND ${PREFIX}/bin/crier --version
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  # Made by this very tool.
  foreach(pair IN ITEMS bash:bash-completion/completions/crier zsh:zsh/site-functions/_crier
                        fish:fish/vendor_completions.d/crier.fish)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 shell)
    list(GET pair 1 path)
    execute_process(COMMAND ${PREFIX}/bin/crier completion ${shell}
      OUTPUT_VARIABLE script COMMAND_ERROR_IS_FATAL ANY)
    file(READ ${PREFIX}/share/${path} installed)
    if(NOT installed STREQUAL script)
      message(SEND_ERROR "share/${path} is not what crier completion ${shell} prints.")
    endif()
  endforeach()
endif()
foreach(pattern IN LISTS public)
  set(found ${files})
  list(FILTER found INCLUDE REGEX "${pattern}")
  if(NOT found)
    message(SEND_ERROR "Nothing that matches ${pattern} was installed.")
  endif()
endforeach()
