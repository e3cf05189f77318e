include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
install_copy(-DSTET_BUILD_COMPILED=ON -DBUILD_SHARED_LIBS=ON)
file(STRINGS ${SCRATCH}/library/CMakeCache.txt version REGEX "^CMAKE_PROJECT_VERSION:")
string(REGEX REPLACE "^.*=([0-9]+\\.[0-9]+)\\..*$" "\\1" version "${version}")
set(consumer -S ${CMAKE_CURRENT_LIST_DIR} -G Ninja -DCMAKE_CXX_COMPILER=${compiler} -DSTET_WANTED_VERSION=${version})

run(${CMAKE_COMMAND} ${consumer} -B ${SCRATCH}/build -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix
    -DSTET_WANTED_COMPONENTS=headers,writers,compiled
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
foreach(way stet writers compiled)
    run(${SCRATCH}/build/consumer_${way})
endforeach()

# gdb finds what shows the types by the shared library's name.
file(GLOB_RECURSE printers RELATIVE ${SCRATCH}/prefix/share/gdb/auto-load ${SCRATCH}/prefix/share/gdb/auto-load/*)
if(NOT printers MATCHES "/libstet\\.so\\.[0-9.]+-gdb\\.py$")
    message(FATAL_ERROR "for gdb is installed: ${printers}")
endif()

# The headers alone are a package too, which says what it lacks.
run(${CMAKE_COMMAND} --install ${SCRATCH}/library --component headers --prefix ${SCRATCH}/headers)
foreach(file include/stet/stet.cpp include/stet/save/impl/save.ipp share/licenses/stet/LICENSE
        share/stet/stet_gdb.py share/stet/stet.natvis share/stet/stet.cppm
)
    if(NOT EXISTS ${SCRATCH}/headers/${file})
        message(FATAL_ERROR "${file} is not installed")
    endif()
endforeach()
if(EXISTS ${SCRATCH}/headers/lib)
    message(FATAL_ERROR "the headers are independent of the architecture, and lib/ is not")
endif()
run(${CMAKE_COMMAND} ${consumer} -B ${SCRATCH}/without -DCMAKE_PREFIX_PATH=${SCRATCH}/headers
    -DSTET_WANTED_COMPONENTS=headers
)
execute_process(
    COMMAND ${CMAKE_COMMAND} ${consumer} -B ${SCRATCH}/refused -DCMAKE_PREFIX_PATH=${SCRATCH}/headers
            -DSTET_WANTED_COMPONENTS=compiled
    RESULT_VARIABLE result
    ERROR_VARIABLE output
    OUTPUT_QUIET
)
if(result EQUAL 0 OR NOT output MATCHES "component .compiled. of stet is not installed")
    message(FATAL_ERROR "the compiled library is missing, and this was said: ${output}")
endif()
