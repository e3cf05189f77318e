# An archive of the tree, as a release has one, is fetched by its address and its hash. ARCHIVE names one that is there.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
if(NOT ARCHIVE)
    set(ARCHIVE ${SCRATCH}/stet.tar.gz)
    foreach(part include .packaging CMakeLists.txt LICENSE)
        file(COPY ${ROOT}/${part} DESTINATION ${SCRATCH}/stet-0)
    endforeach()
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E tar czf ${ARCHIVE} stet-0
        WORKING_DIRECTORY ${SCRATCH}
        COMMAND_ERROR_IS_FATAL ANY
    )
endif()
file(SHA256 ${ARCHIVE} hash)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DSTET_URL=file://${ARCHIVE} -DSTET_HASH=${hash}
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target consumer)
run(${SCRATCH}/build/consumer)
