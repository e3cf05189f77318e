# Builds, tests and installs with the Meson files: an example and the conformance tests, or with LONG every example. CMake
# builds the unit tests from the same sources.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
set(ENV{CXX} ${compiler})
if(NOT LONG)
    set(some example_save_full stet_conformance)
endif()
foreach(
    step
    "setup;--buildtype=plain;${SCRATCH};${ROOT}"
    "compile;-C;${SCRATCH};-j2;${some}"
    "test;-C;${SCRATCH};--print-errorlogs;--no-rebuild;conformance"
    "install;-C;${SCRATCH};--no-rebuild;--destdir;${SCRATCH}/installed"
)
    execute_process(COMMAND ${MESON} ${step} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "meson ${step}: ${result}")
    endif()
endforeach()
