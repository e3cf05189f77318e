# The unit tests that include public headers only, built on one file that holds every face: what else they name of its
# headers leads to it. Once with the functions in every file, once with STET_IMPLEMENTATION in one. Takes long;
# -DCHOSEN=<part of a path> looks at some of them only.
include(${CMAKE_CURRENT_LIST_DIR}/../steps.cmake)
run(${CMAKE_COMMAND} -DFACE=all.hpp -DRESULT=${SCRATCH}/include/all.hpp -P ${ROOT}/.packaging/single_header.cmake)
file(READ ${SCRATCH}/include/all.hpp all)
file(GLOB_RECURSE headers RELATIVE ${ROOT}/include ${ROOT}/include/*.hpp)
foreach(header IN LISTS headers)
    file(READ ${ROOT}/include/${header} text)
    string(REGEX MATCH "#define STET_[A-Z0-9_]+_HPP\n" guard "${text}")
    string(FIND "${all}" "\n${guard}" held)
    if(NOT held EQUAL -1)
        file(WRITE ${SCRATCH}/include/${header} "#include <all.hpp>\n")
    elseif(header MATCHES "^stet/interop/")
        file(WRITE ${SCRATCH}/include/${header} "${text}")
    endif()
endforeach()

file(GLOB_RECURSE sources ${ROOT}/tests/unit/*.test.cpp)
set(chosen)
foreach(source IN LISTS sources)
    file(READ ${source} text)
    # A test that sets what the library is configured by has the one header see it too late, or in all of itself.
    if(NOT text MATCHES "#include <stet/[a-z0-9_/]*/impl/" AND NOT text MATCHES "#define STET_|counted_assert"
       AND source MATCHES "${CHOSEN}"
    )
        list(APPEND chosen ${source})
    endif()
endforeach()
list(LENGTH chosen count)
if(count LESS 50 AND NOT CHOSEN)
    message(FATAL_ERROR "only ${count} unit tests are found that include no private header")
endif()
list(JOIN chosen "\n" chosen)
file(WRITE ${SCRATCH}/tests.txt "${chosen}\n")
file(WRITE ${SCRATCH}/implementation.cpp "#define STET_IMPLEMENTATION\n#include <all.hpp>\n")

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${SCRATCH}/build -G Ninja -DCMAKE_CXX_COMPILER=${compiler}
    -DSTET_ROOT=${ROOT} -DSTET_SINGLE=${SCRATCH}/include -DSTET_LIST=${SCRATCH}/tests.txt
    -DSTET_IMPLEMENTATION=${SCRATCH}/implementation.cpp
)
run(${CMAKE_COMMAND} --build ${SCRATCH}/build -j 2)
foreach(program tests_header_only tests_compiled_once)
    execute_process(
        COMMAND ${SCRATCH}/build/${program}
        WORKING_DIRECTORY ${SCRATCH}
        COMMAND_ERROR_IS_FATAL ANY
    )
endforeach()
message(STATUS "${count} files of unit tests on one header, in both modes")
