# One file is copied. README's first program is compiled with it in every mode and saves the bytes that it saves with
# the tree.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
set(script ${ROOT}/.packaging/single_header.cmake)
set(most_bytes_writer 400000)

function(make_single face file)
    run(${CMAKE_COMMAND} -DFACE=${face} -DRESULT=${SCRATCH}/${file} -P ${script})
    file(READ ${SCRATCH}/${file} text)
    if(NOT text MATCHES "^// SPDX-License-Identifier: MIT\n// stet [0-9]+\\.[0-9]+\\.[0-9]+, commit ([0-9a-f]+(-dirty)?|unknown): ")
        message(FATAL_ERROR "${file} does not say on top which version and commit it is")
    endif()
    if(NOT text MATCHES "\n// Copyright \\(c\\) [^\n]*\n.*\n#ifndef STET_")
        message(FATAL_ERROR "${file} does not have the licence before the code")
    endif()
    if(text MATCHES "# *include +\"([^\"]*)\"")
        message(FATAL_ERROR "${file} still includes ${CMAKE_MATCH_1}")
    endif()
    string(REGEX MATCHALL "#ifndef STET_[A-Z_]*_HPP" guards "${text}")
    list(LENGTH guards count)
    if(NOT count EQUAL 1)
        message(FATAL_ERROR "${file} has ${count} guards")
    endif()
endfunction()

make_single(stet.hpp single/stet/stet.hpp)
make_single(stet.hpp again/stet.hpp)
make_single(all.hpp single/stet/all.hpp)
file(SHA256 ${SCRATCH}/single/stet/stet.hpp first)
file(SHA256 ${SCRATCH}/again/stet.hpp second)
if(NOT first STREQUAL second)
    message(FATAL_ERROR "made twice, the file is not the same")
endif()
file(SIZE ${SCRATCH}/single/stet/stet.hpp size)
if(size GREATER most_bytes_writer)
    message(FATAL_ERROR "stet.hpp has ${size} bytes, ${most_bytes_writer} at most")
endif()
message(STATUS "stet.hpp has ${size} bytes")

file(READ ${ROOT}/README.md readme)
if(NOT readme MATCHES "```cpp\n(#include <stet/stet.hpp>\n[^`]*)```")
    message(FATAL_ERROR "README.md begins with no program")
endif()
file(WRITE ${SCRATCH}/save.cpp "${CMAKE_MATCH_1}")
file(WRITE ${SCRATCH}/bodies.cpp "#define STET_IMPLEMENTATION\n#include <stet/stet.hpp>\n")
file(WRITE ${SCRATCH}/all.cpp "#include <stet/all.hpp>\n#include <stet/all.hpp>\n")
file(WRITE ${SCRATCH}/with_the_tree.cpp "#include \"single/stet/all.hpp\"\n#include <stet/interop/exceptions.hpp>\n")
file(WRITE ${SCRATCH}/after_the_tree.cpp "#include <stet/read.hpp>\n#include \"single/stet/stet.hpp\"\n")

# The program's own lines are not held to the library's warnings: the single header comes by -I, not as a system's.
set(compile ${compiler} -std=c++20 ${flags})
set(single -I${SCRATCH}/single)
set(declares ${single} -DSTET_HEADER_ONLY=0)
run(${compile} -I${ROOT}/include ${SCRATCH}/save.cpp -o ${SCRATCH}/of_the_tree)
run(${compile} ${single} ${SCRATCH}/save.cpp -o ${SCRATCH}/of_one_file)
run(${compile} ${declares} ${SCRATCH}/save.cpp ${SCRATCH}/bodies.cpp -o ${SCRATCH}/compiled_once)
# The definition alone is enough in the unit that has it.
run(${compile} ${single} -c ${SCRATCH}/bodies.cpp -o ${SCRATCH}/bodies.o)
run(${compile} ${declares} ${SCRATCH}/save.cpp ${SCRATCH}/bodies.o -o ${SCRATCH}/compiled_apart)

set(saved output/checkpoints/ComfyUI_00001_.safetensors)
foreach(program of_the_tree of_one_file compiled_once compiled_apart)
    file(MAKE_DIRECTORY ${SCRATCH}/ran/${program})
    execute_process(
        COMMAND ${SCRATCH}/${program}
        WORKING_DIRECTORY ${SCRATCH}/ran/${program}
        OUTPUT_VARIABLE output
        OUTPUT_STRIP_TRAILING_WHITESPACE
        COMMAND_ERROR_IS_FATAL ANY
    )
    if(NOT output STREQUAL saved)
        message(FATAL_ERROR "${program} says: ${output}")
    endif()
    file(SHA256 ${SCRATCH}/ran/${program}/${saved} bytes)
    list(APPEND different ${bytes})
endforeach()
list(REMOVE_DUPLICATES different)
list(LENGTH different count)
if(NOT count EQUAL 1)
    message(FATAL_ERROR "${count} different files are saved")
endif()

# Every face, in every mode, and beside headers of the tree that it does not hold.
set(look ${compile} -fsyntax-only)
run(${look} ${single} ${SCRATCH}/all.cpp)
run(${look} ${declares} ${SCRATCH}/all.cpp)
run(${look} ${declares} -DSTET_IMPLEMENTATION ${SCRATCH}/all.cpp)
run(${compiler} -std=c++20 -fsyntax-only -I${ROOT}/include ${SCRATCH}/with_the_tree.cpp)
execute_process(
    COMMAND ${look} -I${ROOT}/include ${SCRATCH}/after_the_tree.cpp
    RESULT_VARIABLE result
    ERROR_VARIABLE output
)
if(result EQUAL 0 OR NOT output MATCHES "stet: another header of stet came before this one")
    message(FATAL_ERROR "the tree before the single header, and this was said: ${output}")
endif()
find_program(clang clang++)
if(clang)
    set(look ${clang} -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
    run(${look} ${single} ${SCRATCH}/save.cpp)
    run(${look} ${declares} ${SCRATCH}/save.cpp)
    run(${look} ${declares} ${SCRATCH}/bodies.cpp)
    run(${look} ${single} ${SCRATCH}/all.cpp)
endif()
# For Windows other parts of the file are compiled.
find_program(mingw NAMES x86_64-w64-mingw32-g++-posix)
if(mingw)
    set(look ${mingw} -std=c++20 -fsyntax-only -Wall -Werror)
    run(${look} ${single} ${SCRATCH}/all.cpp)
    run(${look} ${declares} ${SCRATCH}/bodies.cpp)
endif()
