# Builds and installs with the Meson files: an example, or with LONG all of them and the conformance tests, which run. CMake
# builds the same sources.
cmake_minimum_required(VERSION 3.25)
include(${FACTS})
file(REMOVE_RECURSE ${SCRATCH})
set(ENV{CXX} ${compiler})
if(LONG)
    set(test "test;-C;${SCRATCH};--print-errorlogs;--no-rebuild;conformance")
else()
    set(some example_save_full)
endif()
foreach(
    step
    "setup;--buildtype=plain;${SCRATCH};${ROOT}"
    "compile;-C;${SCRATCH};-j2;${some}"
    "${test}"
    "install;-C;${SCRATCH};--no-rebuild;--destdir;${SCRATCH}/installed"
)
    if(step STREQUAL "")
        continue()
    endif()
    execute_process(COMMAND ${MESON} ${step} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "meson ${step}: ${result}")
    endif()
endforeach()
