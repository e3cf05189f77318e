# The component `tool` of the tree in BUILD, installed into SCRATCH: the program, and what it prints of itself.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${SCRATCH})
execute_process(
    COMMAND ${CMAKE_COMMAND} --install ${BUILD} --component tool --prefix ${SCRATCH}
    OUTPUT_QUIET
    COMMAND_ERROR_IS_FATAL ANY
)
file(GLOB_RECURSE installed RELATIVE ${SCRATCH} ${SCRATCH}/*)
list(SORT installed)
set(expected
    bin/stet
    share/bash-completion/completions/stet.bash
    share/fish/vendor_completions.d/stet.fish
    share/man/man1/stet.1
    share/zsh/site-functions/_stet
)
if(NOT installed STREQUAL expected)
    message(FATAL_ERROR "installed ${installed}\nexpected  ${expected}")
endif()
execute_process(COMMAND ${SCRATCH}/bin/stet --version OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL "stet ${VERSION}\n")
    message(FATAL_ERROR "stet --version says '${printed}'")
endif()
foreach(file IN LISTS expected)
    file(SIZE ${SCRATCH}/${file} size)
    if(size LESS 1000)
        message(FATAL_ERROR "${file} has ${size} bytes")
    endif()
endforeach()
