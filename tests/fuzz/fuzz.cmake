# Lets a fuzzer look for inputs that a target does not stand, for STET_FUZZ_SECONDS seconds, else two minutes. What it
# finds stays in SCRATCH/found.
cmake_minimum_required(VERSION 3.25)

include(${CMAKE_CURRENT_LIST_DIR}/inputs.cmake)
set(seconds $ENV{STET_FUZZ_SECONDS})
if(NOT seconds)
    set(seconds 120)
endif()
file(MAKE_DIRECTORY ${SCRATCH}/work ${SCRATCH}/found)
execute_process(
    COMMAND ${PROGRAM} -max_total_time=${seconds} -max_len=1024 -timeout=10 -use_value_profile=1 -verbosity=0
            -print_final_stats=1 -artifact_prefix=${SCRATCH}/found/ ${SCRATCH}/work ${inputs}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE report
    ERROR_VARIABLE report
)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${report}\n${TARGET}: ${result}; the input is kept in ${SCRATCH}/found")
endif()
string(REGEX MATCH "stat::number_of_executed_units: +([0-9]+)" ignored "${report}")
message(STATUS "${TARGET}: ${CMAKE_MATCH_1} inputs in ${seconds} seconds")
