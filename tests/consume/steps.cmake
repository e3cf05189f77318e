# Shared by the run.cmake of each way. SCRATCH is emptied, so that nothing stale can help.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
set(consume ${ROOT}/tests/consume)
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})

# Runs a command; its failure is the test's.
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    message(STATUS "${output}")
    if(NOT result EQUAL 0)
        string(JOIN " " command ${ARGN})
        message(FATAL_ERROR "${result} from: ${command}")
    endif()
endfunction()

# Builds as the arguments say and installs under SCRATCH/prefix, moved there: an installed copy must not remember where
# it was.
function(install_copy)
    run(${CMAKE_COMMAND} -S ${ROOT} -B ${SCRATCH}/library -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
        -DCMAKE_INSTALL_PREFIX=${SCRATCH}/first -DSTET_BUILD_TESTS=OFF -DSTET_BUILD_EXAMPLES=OFF
        -DSTET_BUILD_BENCHMARKS=OFF ${ARGN}
    )
    run(${CMAKE_COMMAND} --build ${SCRATCH}/library)
    run(${CMAKE_COMMAND} --install ${SCRATCH}/library)
    file(RENAME ${SCRATCH}/first ${SCRATCH}/prefix)
endfunction()

# Packs what a consumer needs of the tree as a release does: SCRATCH/stet-0, and ${archive} of it, whose sum is ${hash}.
macro(archive_tree)
    set(archive ${SCRATCH}/stet.tar.gz)
    foreach(part include .packaging CMakeLists.txt meson.build meson.options LICENSE)
        file(COPY ${ROOT}/${part} DESTINATION ${SCRATCH}/stet-0)
    endforeach()
    run(${CMAKE_COMMAND} -E chdir ${SCRATCH} ${CMAKE_COMMAND} -E tar czf ${archive} stet-0)
    file(SHA256 ${archive} hash)
endmacro()
