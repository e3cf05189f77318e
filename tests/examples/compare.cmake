# Runs PROGRAM in the empty folder SCRATCH; each line of its output must match the same line of EXPECTED, a
# regular expression, from end to end.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/compare_lines.cmake)

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
file(READ ${EXPECTED} expected)
compare_lines("output" "${expected}" "${printed}")
