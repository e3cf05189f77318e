# The writer's core is compiled as for a machine without a system, and asks the linker for nothing but C's functions on
# memory and texts: no file, no heap, no exception, no lock, nothing of the C++ library.
# std::string_view::substr() would bring an exception along, so a piece of text is made of its place and size there.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
find_program(nm nm REQUIRED)
file(MAKE_DIRECTORY ${SCRATCH})

execute_process(
    COMMAND
        ${compiler} -std=c++20 ${flags} -ffreestanding -fno-exceptions -fno-rtti -O2 -DNDEBUG -I${ROOT}/include
        -c ${ROOT}/tests/modes/core_alone.cpp -o ${SCRATCH}/core_alone.o COMMAND_ERROR_IS_FATAL ANY
)
execute_process(
    COMMAND ${nm} --undefined-only -P ${SCRATCH}/core_alone.o
    OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY
)
string(REGEX MATCHALL "[^\n]+" lines "${output}")
list(TRANSFORM lines REPLACE " .*" "")
message(STATUS "undefined: ${lines}")
if(NOT "memcpy" IN_LIST lines)
    message(FATAL_ERROR "no memcpy among them: is this the right file?")
endif()
list(REMOVE_ITEM lines bcmp memchr memcmp memcpy memmove memset strlen)
if(lines)
    message(FATAL_ERROR "the writer's core asks for more than memory and texts: ${lines}")
endif()
