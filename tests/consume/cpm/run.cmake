# CPM takes an archive by its address and its hash, and hands options on. With CPM's own script where CPM names it, else with
# a stand-in.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
if(NOT CPM)
    set(CPM ${CMAKE_CURRENT_LIST_DIR}/stand_in.cmake)
endif()
archive_tree()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler} -DCPM=${CPM}
    -DSTET_URL=file://${archive} -DSTET_HASH=${hash} -DCMAKE_INSTALL_PREFIX=${SCRATCH}/installed
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target consumer)
run(${SCRATCH}/build/consumer)
run(${CMAKE_COMMAND} --install ${SCRATCH}/build)
if(NOT EXISTS ${SCRATCH}/installed/include/stet/stet.hpp)
    message(FATAL_ERROR "the option STET_INSTALL was not handed on")
endif()
