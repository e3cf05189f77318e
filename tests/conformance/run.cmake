# Runs the conformance program against the test data of this tree, or of the folder STET_TEST_DATA names.
cmake_minimum_required(VERSION 3.25)

if(NOT DEFINED ENV{STET_TEST_DATA})
    set(ENV{STET_TEST_DATA} ${ROOT}/tests/data)
endif()
execute_process(COMMAND ${EMULATOR} ${PROGRAM} ${SPEC} --allow-running-no-tests RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "conformance: ${result}")
endif()
