# Compiles SOURCE twice: as it stands it must compile; with STET_BREAK it must not, and the compiler must print
# every sentence the source asks for in lines of the form
#     // expect: some sentence
#     // expect-gcc: in this compiler only          // expect-clang: in this compiler only
#     // expect-first: some sentence, in the first error of all
# What only clang's attributes tell, gcc cannot know; a source says so, and must then compile with it:
#     // compiles-gcc
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
set(command ${compiler} -std=c++20 ${flags} -fmessage-length=0 -I${ROOT}/include -fsyntax-only ${SOURCE})

execute_process(COMMAND ${command} RESULT_VARIABLE result ERROR_VARIABLE output)
if(NOT result EQUAL 0)
    message(NOTICE "${output}")
    message(FATAL_ERROR "does not compile without STET_BREAK")
endif()

if(compiler_id STREQUAL "GNU")
    set(dialect gcc)
else()
    set(dialect clang)
endif()
# Searched as one text, not as a list: sentences hold semicolons and brackets.
file(READ ${SOURCE} rest)

execute_process(COMMAND ${command} -DSTET_BREAK RESULT_VARIABLE result ERROR_VARIABLE output)
if(rest MATCHES "// compiles-${dialect}\n")
    if(NOT result EQUAL 0)
        message(NOTICE "${output}")
        message(FATAL_ERROR "does not compile with STET_BREAK, though ${dialect} should not know: expect a sentence")
    endif()
    return()
endif()
if(result EQUAL 0)
    message(FATAL_ERROR "compiles with STET_BREAK")
endif()

set(count 0)
string(REGEX MATCH "error:[^\n]*" first_error "${output}")
while(rest MATCHES "// expect(-gcc|-clang|-first)?: *([^\n]+)\n")
    set(only "${CMAKE_MATCH_1}")
    set(sentence "${CMAKE_MATCH_2}")
    string(LENGTH "${CMAKE_MATCH_0}" length)
    string(FIND "${rest}" "${CMAKE_MATCH_0}" begin)
    math(EXPR begin "${begin} + ${length}")
    string(SUBSTRING "${rest}" ${begin} -1 rest)
    if(only STREQUAL "" OR only STREQUAL "-first" OR only STREQUAL "-${dialect}")
        math(EXPR count "${count} + 1")
        set(said "${output}")
        if(only STREQUAL "-first")
            set(said "${first_error}")
        endif()
        string(FIND "${said}" "${sentence}" found)
        if(found EQUAL -1)
            message(NOTICE "${output}")
            message(FATAL_ERROR "the compiler does not say\n  ${sentence}")
        endif()
    endif()
endwhile()
if(count EQUAL 0)
    message(FATAL_ERROR "no '// expect:' line for ${dialect} in ${SOURCE}")
endif()
