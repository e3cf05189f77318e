# Builds and tests with the Meson files: all but the unit tests, which CMake builds from the same sources.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
set(ENV{CXX} ${compiler})
foreach(
    step
    "setup;--buildtype=plain;${SCRATCH};${ROOT}"
    "compile;-C;${SCRATCH};-j2"
    "test;-C;${SCRATCH};--print-errorlogs;conformance"
    "install;-C;${SCRATCH};--no-rebuild;--destdir;${SCRATCH}/installed"
)
    execute_process(COMMAND ${MESON} ${step} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "meson ${step}: ${result}")
    endif()
endforeach()
