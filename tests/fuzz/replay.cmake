# Shows a fuzz target the kept inputs of tests/fuzz/corpus and those made of the conformance data.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/inputs.cmake)
execute_process(
    COMMAND ${PROGRAM} ${inputs}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE names
)
message(STATUS "${TARGET}: ${output}")
if(NOT result EQUAL 0)
    # The last name is the input at which it ended, before what the program or a sanitizer says of it.
    string(LENGTH "${names}" length)
    math(EXPR begin "${length} > 6000 ? ${length} - 6000 : 0" OUTPUT_FORMAT DECIMAL)
    string(SUBSTRING "${names}" ${begin} -1 names)
    message(FATAL_ERROR "${names}\n${TARGET}: ${result}")
endif()
