# Links the two translation units with link-time optimisation, where the compiler compares their types.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(MAKE_DIRECTORY ${SCRATCH})

function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(NOTICE "${output}")
        message(FATAL_ERROR "${result}")
    endif()
endfunction()

set(common ${flags} -I${ROOT}/include -O1 -flto -Wodr)
run(${compiler} -std=c++20 ${common} -c ${ROOT}/tests/odr/first.cpp -o ${SCRATCH}/first.o)
run(${compiler} -std=c++2b ${common} -c ${ROOT}/tests/odr/second.cpp -o ${SCRATCH}/second.o)
run(${compiler} -std=c++20 ${common} -c ${ROOT}/tests/odr/main.cpp -o ${SCRATCH}/main.o)
run(${compiler} ${common} ${SCRATCH}/first.o ${SCRATCH}/second.o ${SCRATCH}/main.o -o ${SCRATCH}/program)
run(${SCRATCH}/program)
