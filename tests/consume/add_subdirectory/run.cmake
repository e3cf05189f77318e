include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DSTET_ROOT=${ROOT}
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
