# The oldest CMake that users may have: it takes the tree as a subdirectory, installs it, and finds what it or a newer
# one installed.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
execute_process(
    COMMAND ${OLDEST} --version
    OUTPUT_VARIABLE version
    COMMAND_ERROR_IS_FATAL ANY
)
if(NOT version MATCHES "^cmake version 3\\.22\\.")
    message(FATAL_ERROR "3.22 is what is promised, and this is ${version}")
endif()
set(generator -G Ninja -DCMAKE_CXX_COMPILER=${compiler})
set(bare -DSTET_BUILD_TESTS=OFF -DSTET_BUILD_EXAMPLES=OFF -DSTET_BUILD_BENCHMARKS=OFF)

function(build_and_run name)
    run(${OLDEST} ${generator} -B ${SCRATCH}/${name} ${ARGN})
    run(${OLDEST} --build ${SCRATCH}/${name} --target consumer_stet)
    run(${SCRATCH}/${name}/consumer_stet)
endfunction()

build_and_run(subdirectory -S ${consume}/add_subdirectory -DSTET_ROOT=${ROOT})
foreach(one oldest newer)
    set(cmake ${CMAKE_COMMAND})
    if(one STREQUAL "oldest")
        set(cmake ${OLDEST})
    endif()
    run(${cmake} -S ${ROOT} -B ${SCRATCH}/library_${one} ${generator} ${bare}
        -DCMAKE_INSTALL_PREFIX=${SCRATCH}/installed_${one}
    )
    run(${cmake} --install ${SCRATCH}/library_${one})
    build_and_run(
        found_${one} -S ${consume}/find_package -DCMAKE_PREFIX_PATH=${SCRATCH}/installed_${one}
        -DSTET_WANTED_COMPONENTS=headers
    )
    file(GLOB_RECURSE files_${one} RELATIVE ${SCRATCH}/installed_${one} ${SCRATCH}/installed_${one}/*)
    run(${cmake} --install ${SCRATCH}/library_${one} --component headers --prefix ${SCRATCH}/headers_${one})
    file(GLOB_RECURSE headers_${one} RELATIVE ${SCRATCH}/headers_${one} ${SCRATCH}/headers_${one}/*)
endforeach()
foreach(kind files headers)
    if(NOT ${kind}_oldest STREQUAL ${kind}_newer)
        message(FATAL_ERROR "what is installed differs\n${${kind}_oldest}\n${${kind}_newer}")
    endif()
endforeach()
list(LENGTH files_oldest count)
message(STATUS "${count} files installed by both")

# Who develops with it is told so.
execute_process(
    COMMAND ${OLDEST} -S ${ROOT} -B ${SCRATCH}/develops ${generator}
    RESULT_VARIABLE result
    ERROR_VARIABLE output
    OUTPUT_QUIET
)
if(result EQUAL 0 OR NOT output MATCHES "take CMake 3.25 or newer")
    message(FATAL_ERROR "the tests were asked for, and this was said: ${output}")
endif()
