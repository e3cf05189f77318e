include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
install_copy()
file(STRINGS ${SCRATCH}/library/CMakeCache.txt version REGEX "^CMAKE_PROJECT_VERSION:")
string(REGEX REPLACE "^.*=([0-9]+\\.[0-9]+)\\..*$" "\\1" version "${version}")
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix -DSTET_WANTED_VERSION=${version}
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
