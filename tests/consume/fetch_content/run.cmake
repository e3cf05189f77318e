# An archive of the tree, as a release has one, is fetched by its address.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
foreach(part include .packaging CMakeLists.txt LICENSE)
    file(COPY ${ROOT}/${part} DESTINATION ${SCRATCH}/stet-0)
endforeach()
execute_process(
    COMMAND ${CMAKE_COMMAND} -E tar czf ${SCRATCH}/stet.tar.gz stet-0
    WORKING_DIRECTORY ${SCRATCH}
    COMMAND_ERROR_IS_FATAL ANY
)
file(SHA256 ${SCRATCH}/stet.tar.gz hash)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DSTET_URL=file://${SCRATCH}/stet.tar.gz -DSTET_HASH=${hash}
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target consumer)
run(${SCRATCH}/build/consumer)
