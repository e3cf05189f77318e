include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DSTET_ROOT=${ROOT}
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target consumer_stet)
file(GLOB_RECURSE built ${SCRATCH}/build/stet/*.o ${SCRATCH}/build/stet/*.a)
if(built)
    message(FATAL_ERROR "built though nobody asked for it: ${built}")
endif()
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer_stet)
run(${SCRATCH}/build/consumer_compiled)

# What a game installs is its own.
run(${CMAKE_COMMAND} --install ${SCRATCH}/build --prefix ${SCRATCH}/installed)
file(GLOB_RECURSE installed RELATIVE ${SCRATCH}/installed ${SCRATCH}/installed/*)
if(NOT installed STREQUAL "bin/consumer_stet")
    message(FATAL_ERROR "installed: ${installed}")
endif()
