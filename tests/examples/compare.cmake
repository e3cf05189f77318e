# Runs PROGRAM in the empty folder SCRATCH; each line of its output must match the same line of EXPECTED, a
# regular expression, from end to end.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
execute_process(
    COMMAND ${PROGRAM}
    WORKING_DIRECTORY ${SCRATCH}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE printed
    ERROR_VARIABLE complaint
)
message(STATUS "${printed}${complaint}")
if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit: ${result}")
endif()
if(NOT EXISTS ${EXPECTED})
    return()
endif()

# Takes the first line off a text. Not a CMake list: lines hold semicolons and brackets.
macro(take_line text line)
    string(FIND "${${text}}" "\n" end)
    if(end EQUAL -1)
        set(${line} "${${text}}")
        set(${text} "")
    else()
        string(SUBSTRING "${${text}}" 0 ${end} ${line})
        math(EXPR end "${end} + 1")
        string(SUBSTRING "${${text}}" ${end} -1 ${text})
    endif()
endmacro()

file(READ ${EXPECTED} expected)
set(number 0)
while(NOT expected STREQUAL "" OR NOT printed STREQUAL "")
    math(EXPR number "${number} + 1")
    take_line(expected pattern)
    take_line(printed line)
    if(NOT line MATCHES "^${pattern}$")
        message(FATAL_ERROR "line ${number}\n  expected ${pattern}\n  printed  ${line}")
    endif()
endwhile()
