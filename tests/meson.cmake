# Builds and tests with the Meson files.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
set(ENV{CXX} ${compiler})
foreach(
    step
    "setup;--buildtype=plain;${SCRATCH};${ROOT}"
    "compile;-C;${SCRATCH};-j2"
    "test;-C;${SCRATCH};--print-errorlogs"
    "install;-C;${SCRATCH};--destdir;${SCRATCH}/installed"
)
    execute_process(COMMAND ${MESON} ${step} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "meson ${step}: ${result}")
    endif()
endforeach()
